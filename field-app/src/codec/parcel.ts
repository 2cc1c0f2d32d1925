/** Parcels (docs/exchange-format.md, Ask and answer): what the app sends, and what it reads of an answer. */

import { Malformed } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import * as messagepack from "./messagepack.ts";
import type { Packed, PackedMap } from "./messagepack.ts";
import stated from "./format.json" with { type: "json" };
import { shortHeaders, shortWraps } from "./short.ts";
import { deframe, enframe } from "./zstd.ts";

/** What this app states to read: it comes with its node, and passes over what it does not know. */
export const FORMAT = stated.format;
const LARGEST_PACKED = 1_200_000;
const LARGEST_PLAIN = 4_000_000;
const MOST_ENTRIES = 4096;
const MOST_TOLD = 4096;

/** An entry as it travels; `idx` is its place in what is handed over. */
export interface Carried {
  readonly idx: number;
  readonly header: Bytes;
  readonly signature: Bytes;
  readonly body: Bytes | null;
}

export interface Parcel {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly Carried[];
  /** Keys of compartments, wrapped: they go before the entries that they open. */
  readonly wraps: readonly Bytes[];
  /** Chunks of attachments, sealed. */
  readonly chunks: readonly Bytes[];
  /** Number of the word, which the answer confirms; 0 where there is none. */
  readonly number: number;
}

/** What an answer says: which word it confirms, how much the node has, and what it wants or cannot use. */
export interface Answer {
  readonly confirms: number;
  readonly size: number;
  readonly format: number;
  readonly taken: number;
  readonly fills: readonly { readonly compartment: Bytes; readonly from: number }[];
  readonly recipients: readonly Bytes[];
}

export function pack(parcel: Parcel): Bytes {
  if (parcel.entries.length > MOST_ENTRIES || parcel.wraps.length > MOST_TOLD) {
    throw new Malformed("parcel: too many at once");
  }
  const parts = new Map<string, Packed>();
  const put = (to: Map<string, Packed>, name: string, value: Packed, empty: boolean) => {
    if (!empty) to.set(name, value);
  };
  put(parts, "a", parcel.start, parcel.start === 0);
  put(parts, "z", parcel.end, parcel.end === 0);
  const headers = shortHeaders(parcel.entries);
  const entries = parcel.entries.map(({ idx, signature, body }, at): Packed => [idx, headers[at] ?? null, signature, body]);
  put(parts, "e", entries, entries.length === 0);
  parts.set("v", FORMAT);
  const word = new Map<string, Packed>();
  put(word, "n", parcel.number, parcel.number === 0);
  put(word, "k", shortWraps(parcel.wraps, parcel.entries), parcel.wraps.length === 0);
  put(parts, "w", word, word.size === 0);
  put(parts, "c", parcel.chunks, parcel.chunks.length === 0);
  return enframe(messagepack.encode(parts));
}

/** Malformed for anything that is no parcel; a part of a newer version is passed over. */
export function unpack(data: Bytes): Answer {
  if (data.length > LARGEST_PACKED) throw new Malformed("answer: too long");
  const parts = messagepack.decode(deframe(data, LARGEST_PLAIN));
  if (!messagepack.isMap(parts)) throw new Malformed("answer: not of this version");
  const held = parts.get("w") ?? null;
  if (held !== null && !messagepack.isMap(held)) throw new Malformed("answer: its word");
  const word: PackedMap = held ?? new Map<string, Packed>();
  return {
    confirms: count(word, "c", 0),
    size: count(parts, "h", 0),
    format: count(parts, "v", 1),
    taken: count(word, "t", 0),
    fills: list(word, "w").map(fill),
    recipients: list(word, "r").map(binary),
  };
}

function count(parts: PackedMap, name: string, otherwise: number): number {
  const value = parts.get(name) ?? otherwise;
  if (typeof value !== "number") throw new Malformed(`answer: ${name} is no number`);
  return value;
}

function list(parts: PackedMap, name: string): readonly Packed[] {
  const value = parts.get(name) ?? [];
  if (!messagepack.isList(value) || value.length > MOST_TOLD) throw new Malformed(`answer: ${name} is no list`);
  return value;
}

function binary(value: Packed): Bytes {
  if (!(value instanceof Uint8Array)) throw new Malformed("answer: a part is not bytes");
  return value;
}

function fill(value: Packed): { compartment: Bytes; from: number } {
  if (!messagepack.isList(value)) throw new Malformed("answer: a fill");
  const [compartment, from] = value;
  if (!(compartment instanceof Uint8Array) || typeof from !== "number") throw new Malformed("answer: a fill");
  return { compartment, from };
}
