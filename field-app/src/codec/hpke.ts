/**
 * HPKE (RFC 9180), base mode, one message a key: X-Wing (KEM 0x647a), HKDF-SHA256, AES-256-GCM.
 *
 * X-Wing is ML-KEM-768 beside X25519 (draft-connolly-cfrg-xwing-kem): whoever breaks one has not broken it.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { bigEndian, bytes, concat, fromHex, Malformed, random, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { hmacSha256 } from "./hashing.ts";
import { gcm } from "./sealing.ts";

export const PUBLIC_KEY = 1184 + 32;
export const SECRET_KEY = 64 + 32;
export const ENCAPSULATED = 1088 + 32;
const ML_KEM = 1184;
const CIPHERTEXT = 1088;
const LABEL = fromHex("5c2e2f2f5e5c");
const SUITE = concat(utf8("HPKE"), [0x64, 0x7a, 0, 1, 0, 2]);
const NOTHING = new Uint8Array(0);

/** Sealed bytes that this key does not open. */
export class NotForUs extends Error {
  override readonly name = "NotForUs";
}

/** `enc || ciphertext`. `seed` (64 bytes: ML-KEM's, X25519's) is random but in test vectors. */
export async function seal(
  publicKey: Bytes,
  info: Bytes,
  plain: Bytes,
  seed: Bytes = random(64),
): Promise<Bytes> {
  const { enc, secret } = encapsulate(publicKey, seed);
  const { key, nonce } = schedule(secret, info);
  const params = { name: "AES-GCM", iv: nonce };
  return concat(enc, new Uint8Array(await crypto.subtle.encrypt(params, await gcm(key, "encrypt"), plain)));
}

/** `secretKey`: ML-KEM's seed of 64 bytes, then X25519's 32. NotForUs for anything that it does not open. */
export async function open(secretKey: Bytes, info: Bytes, sealed: Bytes): Promise<Bytes> {
  if (sealed.length < ENCAPSULATED + 16) throw new NotForUs("sealed: cut off");
  const { key, nonce } = schedule(decapsulate(secretKey, sealed.slice(0, ENCAPSULATED)), info);
  const params = { name: "AES-GCM", iv: nonce };
  try {
    const rest = sealed.slice(ENCAPSULATED);
    return new Uint8Array(await crypto.subtle.decrypt(params, await gcm(key, "decrypt"), rest));
  } catch {
    throw new NotForUs("sealed: for another key or something else, or changed");
  }
}

/** Malformed for a key that nothing can be sealed to: ML-KEM's own check, X25519 points of small order. */
export function encapsulate(publicKey: Bytes, seed: Bytes): { enc: Bytes; secret: Bytes } {
  if (publicKey.length !== PUBLIC_KEY || seed.length !== 64) throw new Malformed("recipient key: its length");
  const classic = publicKey.slice(ML_KEM);
  const ephemeral = seed.slice(32);
  try {
    const post = ml_kem768.encapsulate(publicKey.slice(0, ML_KEM), seed.slice(0, 32));
    const point = bytes(x25519.getPublicKey(ephemeral));
    const shared = x25519.getSharedSecret(ephemeral, classic);
    return {
      enc: concat(post.cipherText, point),
      secret: combine(post.sharedSecret, shared, point, classic),
    };
  } catch {
    throw new Malformed("recipient key: nothing can be sealed to it");
  }
}

function decapsulate(secretKey: Bytes, enc: Bytes): Bytes {
  if (secretKey.length !== SECRET_KEY) throw new Malformed("recipient key: its secret's length");
  const classic = secretKey.slice(64);
  const point = enc.slice(CIPHERTEXT);
  try {
    const post = ml_kem768.decapsulate(
      enc.slice(0, CIPHERTEXT),
      ml_kem768.keygen(secretKey.slice(0, 64)).secretKey,
    );
    const shared = x25519.getSharedSecret(classic, point);
    return combine(post, shared, point, bytes(x25519.getPublicKey(classic)));
  } catch {
    throw new NotForUs("sealed: no key is in it");
  }
}

/** The public key of a secret one. */
export function publicOf(secretKey: Bytes): Bytes {
  const post = ml_kem768.keygen(secretKey.slice(0, 64)).publicKey;
  return concat(post, x25519.getPublicKey(secretKey.slice(64)));
}

function combine(post: Uint8Array, classic: Uint8Array, point: Bytes, publicKey: Bytes): Bytes {
  return bytes(sha3_256(concat(post, classic, point, publicKey, LABEL)));
}

function schedule(shared: Bytes, info: Bytes): { key: Bytes; nonce: Bytes } {
  const context = concat(
    [0],
    extract(NOTHING, "psk_id_hash", NOTHING),
    extract(NOTHING, "info_hash", info),
  );
  const secret = extract(shared, "secret", NOTHING);
  return { key: expand(secret, "key", context, 32), nonce: expand(secret, "base_nonce", context, 12) };
}

function extract(salt: Bytes, label: string, input: Bytes): Bytes {
  return hmacSha256(salt, concat(utf8("HPKE-v1"), SUITE, utf8(label), input));
}

/** At most 32 bytes: one block. */
function expand(secret: Bytes, label: string, info: Bytes, size: number): Bytes {
  const labelled = concat(bigEndian(size, 2), utf8("HPKE-v1"), SUITE, utf8(label), info);
  return hmacSha256(secret, concat(labelled, [1])).slice(0, size);
}
