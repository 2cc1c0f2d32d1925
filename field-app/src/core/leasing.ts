/**
 * Keys by which this phone reads what it keeps, each with an end of its own, and with a public half to which a
 * locked app seals what it cannot read.
 *
 * - task: what others said. Its secret is of the vault's and of a part in a file, overwritten when the lease ends.
 * - own: what this officer recorded. The same with a file of its own, so that neither key's end touches the other.
 * - custody: reference, kind and seal, offers and whom they may be made to. Of the vault's secret alone: it ends
 *   with this phone's keys.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { bytes, concat, Malformed, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { derive } from "../codec/hashing.ts";
import { CannotOpen, gcm } from "../codec/sealing.ts";

export const PART = 32;
const NO_PART = bytes([]);
const POINT = 32;
const CONTEXT = utf8("libertad field copy v1\0");
const NONCE = new Uint8Array(12);

export type Use = "task" | "own" | "custody";

export interface ReadKey {
  readonly publicKey: Bytes;
  readonly secret: Bytes;
}

export function readKey(use: Use, agreement: Bytes, part: Bytes = NO_PART): ReadKey {
  const size = use === "custody" ? 0 : PART;
  if (agreement.length !== 32 || part.length !== size) throw new Malformed("read key: its parts");
  const secret = derive(concat(agreement, part), utf8("libertad field reading"), use);
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
    throw new CannotOpen("copy: of a key that has ended, or changed");
  }
}

function keyOf(shared: Uint8Array, point: Bytes, publicKey: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return gcm(derive(bytes(shared), concat(point, publicKey), "libertad field copy"), use);
}
