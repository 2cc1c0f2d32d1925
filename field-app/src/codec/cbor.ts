/** Deterministic CBOR (RFC 8949 §4.2), as far as headers and wraps need it: numbers, bytes, texts, arrays. */

import { bigEndian, concat, fromUtf8, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { Reader } from "./reader.ts";

export type Cbor = number | string | Bytes | readonly Cbor[];

const NUMBER = 0;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const DEEPEST = 4;

export function encode(value: Cbor): Bytes {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) throw new Malformed("CBOR: no whole number from 0 on");
    return head(NUMBER, value);
  }
  if (typeof value === "string") {
    const text = utf8(value);
    return concat(head(TEXT, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(head(BYTES, value.length), value);
  return concat(head(ARRAY, value.length), ...value.map(encode));
}

function head(major: number, value: number): Bytes {
  const kind = major << 5;
  if (value < 24) return Uint8Array.of(kind | value);
  if (value < 0x100) return Uint8Array.of(kind | 24, value);
  if (value < 0x10000) return concat([kind | 25], bigEndian(value, 2));
  if (value < 0x100000000) return concat([kind | 26], bigEndian(value, 4));
  return concat([kind | 27], bigEndian(value, 8));
}

/** Undo `encode`; Malformed for any other bytes, longer forms of the same value among them. */
export function decode(data: Bytes): Cbor {
  const reader = new Reader(data, "CBOR");
  const value = item(reader, 0);
  reader.end();
  return value;
}

const SHORTEST = [0, 24, 0x100, 0x10000, 0x100000000];

function item(reader: Reader, depth: number): Cbor {
  const first = reader.byte();
  const major = first >> 5;
  const short = first & 31;
  if (short > 27) throw reader.fail("not in deterministic form");
  const size = short < 24 ? 0 : 1 << (short - 24);
  const value = size === 0 ? short : reader.number(size);
  if (size > 0 && value < (SHORTEST[short - 23] ?? 0)) throw reader.fail("not in deterministic form");
  switch (major) {
    case NUMBER:
      return value;
    case BYTES:
      return reader.take(value);
    case TEXT:
      return fromUtf8(reader.take(value));
    case ARRAY:
      if (depth === DEEPEST) throw reader.fail("too deep");
      return Array.from({ length: reader.items(value) }, () => item(reader, depth + 1));
    default:
      throw reader.fail("a part of a kind that no header has");
  }
}
