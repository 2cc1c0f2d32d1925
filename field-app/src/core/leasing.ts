/**
 * The readable copy: sealed to a key that ends with the lease, and that anybody on the phone can seal to.
 *
 * Its secret is of two things, the vault's and a part in a file of its own. What is captured while the app is
 * locked is sealed to its public half; when the lease ends the part is overwritten, and nothing of it opens any
 * more, with any passphrase.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { bytes, concat, Malformed, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { derive } from "../codec/hashing.ts";
import { CannotOpen, gcm } from "../codec/sealing.ts";

export const PART = 32;
const POINT = 32;
const CONTEXT = utf8("libertad field copy v1\0");
const NONCE = new Uint8Array(12);

export interface ReadKey {
  readonly publicKey: Bytes;
  readonly secret: Bytes;
}

export function readKey(agreement: Bytes, part: Bytes): ReadKey {
  if (agreement.length !== 32 || part.length !== PART) throw new Malformed("read key: its parts");
  const secret = derive(concat(agreement, part), utf8("libertad field lease"), "read");
  return { secret, publicKey: bytes(x25519.getPublicKey(secret)) };
}

/** `what` names what is sealed: it opens as nothing else. */
export async function sealTo(publicKey: Bytes, plain: Bytes, what: string): Promise<Bytes> {
  const once = random(32);
  const point = bytes(x25519.getPublicKey(once));
  const key = await keyOf(x25519.getSharedSecret(once, publicKey), point, publicKey, "encrypt");
  once.fill(0);
  const params = { name: "AES-GCM", iv: NONCE, additionalData: concat(CONTEXT, utf8(what)) };
  return concat(point, new Uint8Array(await crypto.subtle.encrypt(params, key, plain)));
}

export async function openWith(read: ReadKey, sealed: Bytes, what: string): Promise<Bytes> {
  if (sealed.length < POINT + 16) throw new CannotOpen("copy: cut off");
  const point = sealed.slice(0, POINT);
  try {
    const key = await keyOf(x25519.getSharedSecret(read.secret, point), point, read.publicKey, "decrypt");
    const params = { name: "AES-GCM", iv: NONCE, additionalData: concat(CONTEXT, utf8(what)) };
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed.slice(POINT)));
  } catch {
    throw new CannotOpen("copy: of a lease that has ended, or changed");
  }
}

function keyOf(shared: Uint8Array, point: Bytes, publicKey: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return gcm(derive(bytes(shared), concat(point, publicKey), "libertad field copy"), use);
}
