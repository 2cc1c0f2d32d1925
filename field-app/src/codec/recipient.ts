/** An authority's recipient key, as its device announced it (docs/exchange-format.md, Recipient keys). */

import { concat, equal, Malformed, random, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { sha256 } from "./hashing.ts";
import { deviceId } from "./header.ts";
import { encapsulate, PUBLIC_KEY } from "./hpke.ts";
import * as messagepack from "./messagepack.ts";
import { verified } from "./signing.ts";

const CONTEXT = utf8("libertad recipient v1\0");
const KEY_ID = utf8("libertad recipient key id v1\0");
const SIGNATURE = 64;
const LARGEST = 65_536;

export interface Recipient {
  readonly authority: string;
  readonly keyId: Bytes;
  readonly publicKey: Bytes;
  /** Milliseconds since 1970. */
  readonly made: number;
}

export function recipientId(publicKey: Bytes): Bytes {
  return sha256(KEY_ID, publicKey).slice(0, 16);
}

/**
 * Verify an announcement by the device (its Ed25519 public key) that the app was told at enrolment.
 * Malformed for any other device's, another authority's, and a key that nothing can be sealed to.
 */
export function readAnnouncement(data: Bytes, device: Bytes, authority: string): Recipient {
  if (data.length <= SIGNATURE || data.length > LARGEST) throw new Malformed("announcement: its length");
  const signed = data.slice(SIGNATURE);
  const parts = messagepack.decode(signed);
  if (!messagepack.isList(parts) || parts.length !== 5) throw new Malformed("announcement: not of five parts");
  const [by, whose, keyId, publicKey, made] = parts;
  if (!(by instanceof Uint8Array) || !equal(by, deviceId(device)) || whose !== authority) {
    throw new Malformed("announcement: of another device or authority");
  }
  if (!verified(data.slice(0, SIGNATURE), concat(CONTEXT, signed), device)) {
    throw new Malformed("announcement: its signature");
  }
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY) {
    throw new Malformed("announcement: its key");
  }
  if (!(keyId instanceof Uint8Array) || !equal(keyId, recipientId(publicKey))) {
    throw new Malformed("announcement: the key has an id that is not its own");
  }
  if (typeof made !== "number") throw new Malformed("announcement: its time");
  encapsulate(publicKey, random(64));
  return { authority, keyId, publicKey, made };
}

/** Whether `next` takes the place of what is known: only if it was made later. */
export function isNewer(known: Recipient | null, next: Recipient): boolean {
  if (known !== null && known.authority !== next.authority) throw new Malformed("two authorities' keys");
  return known === null || next.made > known.made;
}
