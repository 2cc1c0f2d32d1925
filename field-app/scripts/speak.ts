/** Answers tasks: a JSON array on standard input, a JSON array on standard output. Run by the node's tests. */

import { stdin, stdout } from "node:process";
import { answer } from "./task.ts";
import type { Task } from "./task.ts";

const parts: Buffer[] = [];
for await (const part of stdin) parts.push(Buffer.from(part as Uint8Array));
const tasks = JSON.parse(Buffer.concat(parts).toString("utf-8")) as Task[];
const answers = await Promise.all(tasks.map(answer));
stdout.write(`${JSON.stringify(answers, null, 1)}\n`);
