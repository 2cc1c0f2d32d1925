/** Ed25519: by WebCrypto where the browser has it, else by noble. Both sign to the same bytes (RFC 8032). */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytes, concat, fromHex, Malformed } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

const PKCS8 = fromHex("302e020100300506032b657004220420");

/** A device's key in memory: it signs, and does not give its seed away again. */
export interface Signer {
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
}

export async function signerOf(seed: Bytes): Promise<Signer> {
  return (await byWebCrypto(seed)) ?? byNoble(seed);
}

/** The key as one that the browser keeps; null where it knows no Ed25519. */
export async function byWebCrypto(seed: Bytes): Promise<Signer | null> {
  const publicKey = publicOf(seed);
  try {
    const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8, seed), "Ed25519", false, ["sign"]);
    return {
      publicKey,
      sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, message)),
    };
  } catch {
    return null;
  }
}

export function byNoble(seed: Bytes): Signer {
  const kept = bytes(seed);
  return { publicKey: publicOf(seed), sign: (message) => Promise.resolve(bytes(ed25519.sign(message, kept))) };
}

function publicOf(seed: Bytes): Bytes {
  if (seed.length !== 32) throw new Malformed("seed: 32 bytes");
  return bytes(ed25519.getPublicKey(seed));
}

/** As libsodium judges: canonical, and no key of small order. */
export function verified(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
