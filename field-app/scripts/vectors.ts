/** Writes vectors/app.json: what the codec answers to the task in vectors/node.json. */

import { readFile, writeFile } from "node:fs/promises";
import { answer } from "./task.ts";
import type { Task } from "./task.ts";

const folder = new URL("../vectors/", import.meta.url);
const node = JSON.parse(await readFile(new URL("node.json", folder), "utf-8")) as { task: Task };
await writeFile(new URL("app.json", folder), `${JSON.stringify(await answer(node.task), null, 1)}\n`);
