/** SHA-256 and HKDF as the journal's format names them (docs/journal-format.md §3). */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytes, concat, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

export function sha256(...parts: readonly Uint8Array[]): Bytes {
  return bytes(digest(concat(...parts)));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  return bytes(hmac(digest, key, message));
}

/** HKDF-SHA256 (RFC 5869), one block of 32 bytes. */
export function derive(key: Uint8Array, salt: Uint8Array, info: string): Bytes {
  return hmacSha256(hmacSha256(salt, key), concat(utf8(info), [1]));
}
