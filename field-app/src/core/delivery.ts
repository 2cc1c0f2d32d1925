/** Parcels of what waits, and what an answer changes: each applied whole, and only about what was in it. */

import { hex, random } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import * as parcel from "../codec/parcel.ts";
import { list, object, recipient } from "./grant.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import type { Body, Sent, StoredRecipient, Told, Waiting, Wraps } from "./rows.ts";
import { Refusal } from "./types.ts";

/** Packed bytes of a parcel of entries. */
export const MOST = 64_000;
/** More never fit. */
const MOST_ENTRIES = 120;
const ENTRY = 16;
const WRAP = 4;
const FRAME = 96;

export interface Packed {
  readonly bytes: Bytes;
  readonly sent: Sent;
}

export interface Applied {
  readonly delivered: number;
  readonly held: number;
  readonly refused: number;
  /** Entries and chunks of which the answer says nothing: they are sent again. */
  readonly left: readonly string[];
  readonly appVersion: string;
}

interface Row extends Waiting {
  readonly key: string;
}

/** Danger first, then people, exhibits, the rest; what an entry follows in its log goes before it. */
export function inOrder(ledger: Ledger): readonly Row[] {
  const rows = [...ledger.outbox].map(([key, row]) => ({ ...row, key })).filter((row) => row.state === "unsent");
  rows.sort((left, right) => (left.key < right.key ? -1 : 1));
  const urgency = new Map<string, number>();
  for (const row of [...rows].reverse()) {
    const rank = Math.min(row.rank, urgency.get(row.file) ?? row.rank);
    urgency.set(row.file, rank);
    urgency.set(row.key, rank);
  }
  // Not beyond an entry that waits for its signature: those after it in its log wait with it.
  const stopped = new Map<string, string>();
  for (const [key, row] of ledger.outbox) {
    if (row.state === "unsigned" && key < (stopped.get(row.file) ?? "~")) stopped.set(row.file, key);
  }
  return rows
    .filter((row) => row.key < (stopped.get(row.file) ?? "~"))
    .sort((left, right) => (urgency.get(left.key) ?? 9) - (urgency.get(right.key) ?? 9) || (left.key < right.key ? -1 : 1));
}

/** The next parcel of reports; null where none waits. `after`: entries that an earlier one carries. */
export async function packReports(
  ledger: Ledger,
  after: ReadonlySet<string> = new Set(),
  most = MOST,
): Promise<Packed | null> {
  const next = inOrder(ledger)
    .filter((row) => !after.has(row.entry))
    .slice(0, MOST_ENTRIES);
  const kept = new Map(
    await Promise.all([...new Set(next.map((row) => row.file))].map(async (file) => [file, await wrapsOf(ledger, file)] as const)),
  );
  const chosen: Row[] = [];
  const files = new Map<string, readonly Bytes[]>();
  let size = FRAME;
  for (const row of next) {
    const wraps = files.has(row.file) ? [] : (kept.get(row.file) ?? []);
    const more = row.size + ENTRY + wraps.reduce((sum, wrap) => sum + wrap.length + WRAP, 0);
    if (chosen.length > 0 && size + more > most) break;
    size += more;
    chosen.push(row);
    if (!files.has(row.file)) files.set(row.file, wraps);
  }
  if (chosen.length === 0) return null;
  const number = drawNumber();
  const bodies = await Promise.all(chosen.map(({ key }) => ledger.store.get("bodies", key)));
  const entries = bodies.map((value, idx): parcel.Carried => {
    if (value === undefined) throw new Refusal("storage", "this phone's store is damaged: an entry is named and is not there");
    const { header, signature, body } = value as Body;
    return { idx, header, signature, body };
  });
  const wraps = [...files.values()].flat();
  const bytes = parcel.pack({ start: 0, end: entries.length, entries, wraps, chunks: [], number });
  const named = [...files].map(([file, packed]) => ({ file, names: packed.map(nameOf) })).filter(({ names }) => names.length > 0);
  return { bytes, sent: { number, entries: chosen.map((row) => row.entry), chunks: [], wraps: named } };
}

/** The next chunk of a photo, alone in its parcel; null where none waits. Its entry is delivered already. */
export async function packPhoto(ledger: Ledger, after: ReadonlySet<string> = new Set()): Promise<Packed | null> {
  for (const row of ledger.outbox.values()) {
    if (row.state !== "photo") continue;
    const name = row.chunks.find((each) => !after.has(each));
    if (name === undefined) continue;
    const data = (await ledger.store.get("chunks", name)) as Bytes | undefined;
    if (data === undefined) throw new Refusal("storage", "this phone's store is damaged: a photo is named and is not there");
    const number = drawNumber();
    const bytes = parcel.pack({ start: 0, end: 0, entries: [], wraps: [], chunks: [data], number });
    return { bytes, sent: { number, entries: [], chunks: [name], wraps: [] } };
  }
  return null;
}

async function wrapsOf(ledger: Ledger, file: string): Promise<readonly Bytes[]> {
  return ((await ledger.store.get("wraps", file)) as Wraps | undefined)?.list ?? [];
}

/** Of a parcel: its answer names it. Drawn, because a counter would be one more thing to write. */
function drawNumber(): number {
  return random(4).reduce((sum, byte) => sum * 256 + byte, 0) + 1;
}

/** Throws a Refusal for an answer that is about anything else than the parcel; then nothing was changed. */
export async function applyAnswer(ledger: Ledger, sent: Sent, plain: Record<string, unknown>): Promise<Applied> {
  const lie = () => new Refusal("bad-message", "the answer speaks of something else than was sent; nothing was taken from it");
  if (plain["v"] !== 1) throw new Refusal("version", "the node is of another version: update this app where there is a network");
  if (plain["confirms"] !== sent.number) throw lie();
  const asked = new Set(sent.entries);
  const settled = new Map<string, { as: "delivered" | "held" | "refused"; why: string }>();
  const settle = (entry: string, as: "delivered" | "held" | "refused", why: string) => {
    if (!asked.has(entry) || settled.has(entry)) throw lie();
    settled.set(entry, { as, why });
  };
  for (const name of ["stored", "known"]) for (const entry of list(plain[name])) settle(String(entry), "delivered", "");
  const reasoned: [string, "held" | "refused"][] = [["held", "held"], ["waits", "held"], ["refused", "refused"]];
  for (const [name, as] of reasoned) {
    for (const each of list(plain[name])) {
      const { entry, why } = object(each, name);
      settle(String(entry), as, String(why ?? ""));
    }
  }
  const here = new Set(list(plain["chunks"]).map(String));
  if ([...here].some((name) => !sent.chunks.includes(name))) throw lie();
  const recipients = list(plain["recipients"]).map(recipient);
  const app = object(plain["app"] ?? {}, "app");
  const appVersion = typeof app["version"] === "string" ? app["version"] : "";
  const changes: Change[] = [];
  const count = { delivered: 0, held: 0, refused: 0 };
  const keys = new Map([...ledger.outbox].map(([key, row]) => [row.entry, key]));
  const refusedFiles = new Set<string>();
  for (const [entry, { as, why }] of settled) {
    const key = keys.get(entry);
    const row = key === undefined ? undefined : ledger.outbox.get(key);
    // Settled before by another answer: a parcel goes by QR and by the network.
    if (key === undefined || row === undefined || row.state === "photo") continue;
    count[as]++;
    if (as === "refused") {
      refusedFiles.add(row.file);
      changes.push(put("outbox", key, { ...row, state: "refused", why } satisfies Waiting));
      continue;
    }
    changes.push(remove("bodies", key));
    // The node has signed for it: beyond the lease only its slip is read here.
    if (ledger.phone?.lease === null) changes.push(remove("records", key));
    if (row.chunks.length > 0) changes.push(put("outbox", key, { ...row, state: "photo" } satisfies Waiting));
    else changes.push(remove("outbox", key));
    const told: Told = { entry, kind: row.kind, at: row.at, size: row.size, delivery: "held", why };
    if (as === "held") changes.push(put("told", entry, told));
    else if (ledger.told.has(entry)) changes.push(remove("told", entry));
  }
  if (here.size > 0) {
    for (const [key, row] of ledger.outbox) {
      const left = row.chunks.filter((name) => !here.has(name));
      if (left.length === row.chunks.length) continue;
      if (left.length === 0 && row.state === "photo") changes.push(remove("outbox", key));
      else changes.push(put("outbox", key, { ...row, chunks: left }));
    }
    for (const name of here) changes.push(remove("chunks", name));
  }
  changes.push(...(await withoutWraps(ledger, sent, settled, refusedFiles)));
  const newer = renewed(ledger.phone?.recipients ?? [], recipients);
  if (newer !== null && ledger.phone !== null) changes.push(put("meta", "phone", { ...ledger.phone, recipients: newer }));
  const lastHandOver = ledger.machine.now();
  changes.push(put("meta", "contact", { lastHandOver, appVersion: appVersion || ledger.contact.appVersion }));
  await ledger.commit(changes);
  const left = [...sent.entries.filter((entry) => !settled.has(entry)), ...sent.chunks.filter((name) => !here.has(name))];
  return { ...count, left, appVersion };
}

/** Wraps that the node has: those of files of which it took an entry, and refused none. */
async function withoutWraps(
  ledger: Ledger,
  sent: Sent,
  settled: ReadonlyMap<string, unknown>,
  refused: ReadonlySet<string>,
): Promise<readonly Change[]> {
  const taken = new Set([...ledger.outbox.values()].filter((row) => settled.has(row.entry)).map((row) => row.file));
  const changes: Change[] = [];
  for (const { file, names } of sent.wraps) {
    if (refused.has(file) || !taken.has(file)) continue;
    const left = (await wrapsOf(ledger, file)).filter((wrap) => !names.includes(nameOf(wrap)));
    changes.push(left.length === 0 ? remove("wraps", file) : put("wraps", file, { list: left }));
  }
  return changes;
}

function renewed(known: readonly StoredRecipient[], next: readonly StoredRecipient[]): readonly StoredRecipient[] | null {
  const newer = next.filter((each) => {
    const old = known.find((one) => one.authority === each.authority);
    return old === undefined || each.made > old.made;
  });
  if (newer.length === 0) return null;
  const replaced = new Set(newer.map((each) => each.authority));
  return [...known.filter((each) => !replaced.has(each.authority)), ...newer];
}

/** Add the signatures that a locked phone could not: in the order in which it wrote. */
export async function signWaiting(ledger: Ledger, sign: (exact: Bytes) => Promise<Bytes>): Promise<void> {
  const changes: Change[] = [];
  for (const [key, row] of ledger.outbox) {
    if (row.state !== "unsigned") continue;
    const body = (await ledger.store.get("bodies", key)) as Body | undefined;
    if (body === undefined) continue;
    changes.push(put("bodies", key, { ...body, signature: await sign(body.header) }));
    changes.push(put("outbox", key, { ...row, state: "unsent" } satisfies Waiting));
  }
  if (changes.length > 0) await ledger.commit(changes);
}

function nameOf(wrap: Bytes): string {
  return hex(sha256(wrap));
}
