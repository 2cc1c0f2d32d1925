/** MessagePack as the exchange writes it: the shortest form of each value, names of maps as text. */

import { bigEndian, concat, fromUtf8, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { Reader } from "./reader.ts";

export type Packed = null | boolean | number | string | Bytes | readonly Packed[] | PackedMap;
export type PackedMap = ReadonlyMap<string, Packed>;

const DEEPEST = 8;

export function encode(value: Packed): Bytes {
  if (value === null) return Uint8Array.of(0xc0);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xc3 : 0xc2);
  if (typeof value === "number") return whole(value);
  if (typeof value === "string") {
    const text = utf8(value);
    if (text.length < 32) return concat([0xa0 | text.length], text);
    return concat(sized(text.length, 0xd9, 0xda, 0xdb), text);
  }
  if (value instanceof Uint8Array) return concat(sized(value.length, 0xc4, 0xc5, 0xc6), value);
  if (isMap(value)) {
    const items = [...value].flatMap(([name, part]) => [encode(name), encode(part)]);
    const head = value.size < 16 ? [0x80 | value.size] : sized(value.size, null, 0xde, 0xdf);
    return concat(head, ...items);
  }
  const head = value.length < 16 ? [0x90 | value.length] : sized(value.length, null, 0xdc, 0xdd);
  return concat(head, ...value.map(encode));
}

export function isMap(value: Packed | undefined): value is PackedMap {
  return value instanceof Map;
}

export function isList(value: Packed | undefined): value is readonly Packed[] {
  return Array.isArray(value);
}

function whole(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new Malformed("MessagePack: no whole number from 0 on");
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x100) return Uint8Array.of(0xcc, value);
  if (value < 0x10000) return concat([0xcd], bigEndian(value, 2));
  if (value < 0x100000000) return concat([0xce], bigEndian(value, 4));
  return concat([0xcf], bigEndian(value, 8));
}

function sized(size: number, one: number | null, two: number, four: number): Bytes {
  if (one !== null && size < 0x100) return Uint8Array.of(one, size);
  if (size < 0x10000) return concat([two], bigEndian(size, 2));
  return concat([four], bigEndian(size, 4));
}

/** Undo `encode`; Malformed for what a node never sends (negative numbers, fractions, deep nesting). */
export function decode(data: Bytes): Packed {
  const reader = new Reader(data, "MessagePack");
  const value = item(reader, 0);
  reader.end();
  return value;
}

function item(reader: Reader, depth: number): Packed {
  if (depth > DEEPEST) throw reader.fail("too deep");
  const first = reader.byte();
  if (first < 0x80) return first;
  if (first < 0x90) return map(reader, first & 15, depth);
  if (first < 0xa0) return list(reader, first & 15, depth);
  if (first < 0xc0) return fromUtf8(reader.take(first & 31));
  switch (first) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return reader.take(reader.number(1 << (first - 0xc4)));
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      return reader.number(1 << (first - 0xcc));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return fromUtf8(reader.take(reader.number(1 << (first - 0xd9))));
    case 0xdc:
    case 0xdd:
      return list(reader, reader.number(2 << (first - 0xdc)), depth);
    case 0xde:
    case 0xdf:
      return map(reader, reader.number(2 << (first - 0xde)), depth);
    default:
      throw reader.fail("a part of a kind that no message has");
  }
}

function list(reader: Reader, count: number, depth: number): readonly Packed[] {
  return Array.from({ length: reader.items(count) }, () => item(reader, depth + 1));
}

function map(reader: Reader, count: number, depth: number): PackedMap {
  const parts = new Map<string, Packed>();
  for (let left = reader.items(count); left > 0; left--) {
    const name = item(reader, depth + 1);
    if (typeof name !== "string" || parts.has(name)) throw reader.fail("a name that is none, or comes twice");
    parts.set(name, item(reader, depth + 1));
  }
  return parts;
}
