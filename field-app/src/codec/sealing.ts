/** Sealing a body (docs/journal-format.md §3): AES-256-GCM under a key of this one entry. */

import { concat, equal, Malformed, random } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { derive, sha256 } from "./hashing.ts";
import { bound, LARGEST_BODY } from "./header.ts";
import type { Beginning, Header } from "./header.ts";

export const SALT = 32;
const STEPS = [256, 512, 1024, 2048, 4096];
const ZERO_NONCE = new Uint8Array(12);
const TAG = 16;

/** Sealed bytes that this key does not open: another key, or changed bytes. */
export class CannotOpen extends Error {
  override readonly name = "CannotOpen";
}

/** Commitment to an epoch key: GCM by itself has none. */
export function keyId(epochKey: Bytes): Bytes {
  return derive(epochKey, new Uint8Array(32), "libertad key id v1");
}

export function paddedLength(size: number): number {
  return STEPS.find((step) => size <= step) ?? Math.ceil(size / 4096) * 4096;
}

/** ISO/IEC 7816-4 padding up to the next step. */
export function pad(data: Bytes): Bytes {
  const padded = new Uint8Array(paddedLength(data.length + 1));
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}

export function unpad(data: Bytes): Bytes {
  let end = data.length - 1;
  while (end >= 0 && data[end] === 0) end--;
  if (end < 0 || data[end] !== 0x80) throw new Malformed("body: padding is broken");
  return data.slice(0, end);
}

/** The sealed body and the header that it belongs to. `salt` is random but in test vectors. */
export async function sealBody(
  plain: Bytes,
  epochKey: Bytes,
  head: Beginning,
  salt: Bytes = random(SALT),
): Promise<{ sealed: Bytes; header: Header }> {
  if (plain.length > LARGEST_BODY / 2) throw new Malformed("body: too long; attach it as a file");
  if (!equal(keyId(epochKey), head.keyId)) throw new Malformed("body: the key is not the one of its id");
  const key = await gcm(entryKey(salt, epochKey), "encrypt");
  const params = { name: "AES-GCM", iv: ZERO_NONCE, additionalData: bound(head) };
  const sealed = concat(salt, new Uint8Array(await crypto.subtle.encrypt(params, key, pad(plain))));
  return { sealed, header: { ...head, bodyHash: sha256(sealed), length: sealed.length } };
}

/** The key of this one entry, from its salt. */
export function entryKey(salt: Bytes, epochKey: Bytes): Bytes {
  return derive(epochKey, salt, "libertad body v1");
}

/** CannotOpen for another key than the header commits to, and for bytes that are not the header's. */
export async function openBody(sealed: Bytes, epochKey: Bytes, head: Header): Promise<Bytes> {
  if (!equal(keyId(epochKey), head.keyId)) throw new CannotOpen("body: the key is not the one of its id");
  if (sealed.length !== head.length || !equal(sha256(sealed), head.bodyHash)) {
    throw new CannotOpen("body: bytes are not those of the header");
  }
  if (sealed.length < SALT + TAG) throw new CannotOpen("body: cut off");
  const key = await gcm(entryKey(sealed.slice(0, SALT), epochKey), "decrypt");
  const params = { name: "AES-GCM", iv: ZERO_NONCE, additionalData: bound(head) };
  let padded: ArrayBuffer;
  try {
    padded = await crypto.subtle.decrypt(params, key, sealed.slice(SALT));
  } catch {
    throw new CannotOpen("body: sealed to another header or changed");
  }
  return unpad(new Uint8Array(padded));
}

export function gcm(key: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]);
}
