/** Bytes and the few things that are done to them. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that are not of the format; the message names the part. Nothing of them is believed. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LONE = /\p{Surrogate}/u;
const HEX = /^(?:[0-9a-f]{2})*$/;

/** A copy with a buffer of its own, as WebCrypto wants it. */
export function bytes(from: ArrayLike<number>): Bytes {
  return Uint8Array.from(from);
}

export function concat(...parts: readonly ArrayLike<number>[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** UTF-8. A half of a surrogate pair has no bytes: it is refused and not replaced. */
export function utf8(text: string): Bytes {
  if (LONE.test(text)) throw new Malformed("text: half a sign");
  return bytes(ENCODER.encode(text));
}

export function fromUtf8(data: Uint8Array): string {
  try {
    return DECODER.decode(data);
  } catch {
    throw new Malformed("text: not UTF-8");
  }
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Lower-case hexadecimal only: an id has one form. */
export function fromHex(text: string): Bytes {
  if (!HEX.test(text)) throw new Malformed("not lower-case hexadecimal");
  return bytes(text.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? []);
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Bytewise, as hashes are sorted. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A whole number in so many bytes, big-endian. */
export function bigEndian(value: number, size: number): Bytes {
  const out = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0; at--) {
    out[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

export function random(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}
