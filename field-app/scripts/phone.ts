/**
 * A phone without a screen, for tests and the scenario's replay: acts as JSON on standard input, results as JSON
 * on standard output. It drives the app's own core with a store in memory, kept in a file where one is named.
 *
 *     {"url": "http://127.0.0.1:8000", "state": "/tmp/phone.json", "now": 1522935600000,
 *      "acts": [{"do": "enrol", "code": "..."}, {"do": "people", "count": 40}, {"do": "exhibits", "count": 25},
 *               {"do": "handOver"}]}
 *
 * Without `acts`: enrols by `code`, meets `people`, seizes `exhibits`, hands over. An act that is refused has
 * `{"refused": code, "message": ...}` as its result, and ends the rest unless it says `"refusable": true`.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { stdin, stdout } from "node:process";
import { fromHex, hex, random } from "../src/codec/bytes.ts";
import type { Bytes } from "../src/codec/bytes.ts";
import type { Values } from "../src/forms/forms.ts";
import type { Meeting, Photo, SayOptions, Seizure } from "../src/core/types.ts";
import type { Acceptance } from "../src/core/types.ts";
import type { PartName, Reply, Table } from "../src/core/machine.ts";
import { MemoryMachine, MemoryParts, MemoryStore } from "../src/core/memory.ts";
import { Phone } from "../src/core/phone.ts";
import type { Counters } from "../src/core/rows.ts";
import { Refusal } from "../src/core/types.ts";

const PASSPHRASE = "river stone lamp orbit quiet maple";
const QUICK = { memory: 64, passes: 1, lanes: 1 };

interface Act {
  readonly do: string;
  readonly refusable?: boolean;
  readonly code?: string;
  readonly node?: string;
  readonly passphrase?: string;
  readonly count?: number;
  readonly photos?: number;
  readonly verb?: string;
  readonly values?: Values;
  readonly meeting?: Meeting;
  readonly items?: readonly unknown[];
  readonly words?: string;
  readonly person?: string;
  readonly entry?: string;
  readonly options?: SayOptions;
  readonly frames?: readonly string[];
  readonly content?: string;
  readonly to?: string;
  readonly offer?: string;
  readonly milliseconds?: number;
}

interface Asked {
  readonly url: string;
  readonly state?: string;
  /** Of the phone's clock at the start; it goes on from there. */
  readonly now?: number;
  /** Bytes that may be sent and answered before the link is cut, again and again. */
  readonly cut?: readonly number[];
  readonly acts?: readonly Act[];
  readonly code?: string;
  readonly people?: number;
  readonly exhibits?: number;
}

const parts: Buffer[] = [];
for await (const part of stdin) parts.push(Buffer.from(part as Uint8Array));
const asked = JSON.parse(Buffer.concat(parts).toString("utf-8")) as Asked;

const began = Date.now();
let shift = asked.now === undefined ? 0 : asked.now - began;
const cuts = [...(asked.cut ?? [])];
let since = 0;

async function send(path: string, body?: Bytes): Promise<Reply> {
  since += body?.length ?? 0;
  const [next] = cuts;
  if (next !== undefined && since >= next) {
    cuts.shift();
    since = 0;
    throw new Error("the link was cut");
  }
  const answer = await fetch(new URL(path, asked.url), {
    method: body === undefined ? "GET" : "POST",
    ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/octet-stream" } }),
  });
  const after = Number(answer.headers.get("Retry-After") ?? "0");
  return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()), after };
}

const machine = new MemoryMachine(send, () => Date.now() + shift, new MemoryStore(), new MemoryParts());
await restore();
const phone = await Phone.open(machine, { cost: QUICK, manual: true });
const acts: readonly Act[] = asked.acts ?? [
  { do: "enrol", ...(asked.code === undefined ? {} : { code: asked.code }) },
  { do: "people", count: asked.people ?? 0 },
  { do: "exhibits", count: asked.exhibits ?? 0 },
  { do: "handOver" },
];
const results: unknown[] = [];
for (const act of acts) {
  try {
    results.push((await perform(act)) ?? null);
  } catch (why) {
    if (!(why instanceof Refusal)) throw why;
    results.push({ refused: why.code, message: why.message, field: why.field });
    if (act.refusable !== true) break;
  }
}
await keep();
const told = { status: phone.status, results, records: await phone.records(), undelivered: await phone.undelivered() };
stdout.write(`${JSON.stringify(told, null, 1)}\n`);

async function perform(act: Act): Promise<unknown> {
  const { options = {}, count = 0, values = {}, passphrase = PASSPHRASE } = act;
  switch (act.do) {
    case "enrol": {
      const code = phone.readCode(act.code ?? "");
      const node = act.node ?? code.node ?? (await phone.node()).public;
      await phone.enrol(code, node, passphrase);
      return { device: machine.store.tables.get("meta")?.get("phone"), task: phone.task() };
    }
    case "people": {
      const met = [];
      for (let at = 0; at < count; at++) met.push(await phone.meet(person(at)));
      return met;
    }
    case "exhibits": {
      const { references } = (machine.store.tables.get("meta")?.get("counters") ?? { references: {} }) as Pick<Counters, "references">;
      const first = references[""] ?? 0;
      const items = Array.from({ length: count }, (_, at): Seizure => exhibit(first + at, act.photos ?? 0));
      return phone.seize(items);
    }
    case "meet":
      return phone.meet(act.meeting ?? { values }, options);
    case "say":
      return phone.say(act.verb ?? "", values, options);
    case "seize":
      return phone.seize((act.items ?? []) as readonly Seizure[], options);
    case "danger":
      return phone.danger(act.words ?? "", act.person, options);
    case "correct":
      return phone.correct(act.entry ?? "", values, options);
    case "visit":
      return phone.beginVisit();
    case "handOver":
      return phone.handOver();
    case "lock":
      phone.lock();
      return null;
    case "unlock":
      return phone.unlock(passphrase);
    case "destroy":
      return phone.destroy();
    case "wait":
      shift += act.milliseconds ?? 0;
      return null;
    case "frames":
      return phone.frames();
    case "answerFrames":
      return phone.answerFrames();
    case "take": {
      let last: unknown = null;
      for (const text of act.frames ?? []) last = await phone.takeFrame(text);
      return last;
    }
    case "bundle": {
      const { name, content, entries } = await phone.bundle();
      return { name, entries, content: hex(content) };
    }
    case "readBundle":
      return phone.readBundle(fromHex(act.content ?? ""));
    case "offer":
      return phone.offer((act.items ?? []) as readonly { exhibit: string; sealRead: string }[], act.to ?? "", options);
    case "accept":
      return phone.accept(act.offer ?? "", (act.items ?? []) as readonly Acceptance[], options);
    default:
      throw new Error(`no such act: ${act.do}`);
  }
}

/** Generated: nobody who lives. */
function person(at: number): Meeting {
  const names = ["Ana", "Bety", "Carla", "Dora", "Elsa", "Flor", "Gloria", "Hilda"];
  const values = { name: [{ text: `${names[at % names.length] ?? ""} ${at + 1}` }], language: ["spa"], danger: at % 20 === 7 ? "yes" : "no" };
  return at % 20 === 7 ? { values, danger: "She bleeds and needs a doctor." } : { values };
}

function exhibit(at: number, photos: number): Seizure {
  const values = { kind: "mobile-phone", description: `Black phone ${at + 1}, cracked glass`, where_found: "hut 2" };
  const taken = Array.from({ length: photos }, (_, of): Photo => {
    return { content: random(60_000), media: "image/jpeg", name: `exhibit-${at + 1}-${of + 1}.jpg` };
  });
  return { values, seal: `SVG ${118_300 + at}`, photos: taken };
}

async function restore(): Promise<void> {
  if (asked.state === undefined) return;
  let text: string;
  try {
    text = await readFile(asked.state, "utf-8");
  } catch {
    return; // a new phone
  }
  const held = JSON.parse(text, revived) as { tables: Record<string, [string, unknown][]>; parts: [PartName, Bytes][] };
  for (const [name, rows] of Object.entries(held.tables)) machine.store.tables.set(name as Table, new Map(rows));
  for (const [name, part] of held.parts) machine.parts.held.set(name, part);
}

async function keep(): Promise<void> {
  if (asked.state === undefined) return;
  const tables = Object.fromEntries([...machine.store.tables].map(([name, rows]) => [name, [...rows]]));
  const text = JSON.stringify({ tables, parts: [...machine.parts.held] }, replaced);
  await writeFile(`${asked.state}.part`, text, { mode: 0o600 });
  await rename(`${asked.state}.part`, asked.state);
}

function replaced(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { bytes: hex(value) } : value;
}

function revived(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  const { bytes } = value as { bytes?: unknown };
  return typeof bytes === "string" ? fromHex(bytes) : value;
}
