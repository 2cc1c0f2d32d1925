/** A wrap: an epoch key sealed to one reading authority (docs/exchange-format.md, Wrap). */

import { concat, equal, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import * as hpke from "./hpke.ts";
import * as messagepack from "./messagepack.ts";
import { recipientId } from "./recipient.ts";
import { keyId } from "./sealing.ts";

const CONTEXT = utf8("libertad wrap v1\0");
const SEALED = hpke.ENCAPSULATED + 32 + 16;
const MOST_EPOCHS = 2 ** 32;
const LONGEST_NAME = 64;

export interface Plain {
  readonly compartment: Bytes;
  readonly kid: Bytes;
  /** Of the epoch: 0 is the key that the compartment was opened with. */
  readonly number: number;
  readonly recipient: Bytes;
  readonly giver: string;
  readonly reader: string;
}

export interface Wrap extends Plain {
  readonly sealed: Bytes;
}

/** HPKE's `info`: all plain parts are bound to the seal. */
export function bound(plain: Plain): Bytes {
  const { compartment, kid, number, recipient, giver, reader } = plain;
  return concat(CONTEXT, cbor.encode([compartment, kid, number, recipient, giver, reader]));
}

/** Seal an epoch key to a recipient key; Malformed where one of them is not the one that its id names. */
export async function wrap(plain: Plain, publicKey: Bytes, epochKey: Bytes, seed?: Bytes): Promise<Wrap> {
  if (!equal(recipientId(publicKey), plain.recipient)) throw new Malformed("wrap: another recipient key");
  if (!equal(keyId(epochKey), plain.kid)) throw new Malformed("wrap: another key than its id commits to");
  checkForm({ ...plain, sealed: new Uint8Array(SEALED) });
  return { ...plain, sealed: await hpke.seal(publicKey, bound(plain), epochKey, seed) };
}

/** Open one sealed to a key of ours; NotForUs, or Malformed where it holds another key than it says. */
export async function unwrap(wrapped: Wrap, secretKey: Bytes): Promise<Bytes> {
  checkForm(wrapped);
  const key = await hpke.open(secretKey, bound(wrapped), wrapped.sealed);
  if (key.length !== 32 || !equal(keyId(key), wrapped.kid)) {
    throw new Malformed("wrap: another key than its id commits to");
  }
  return key;
}

/** As it travels. */
export function pack(wrapped: Wrap): Bytes {
  const { compartment, kid, number, recipient, giver, reader, sealed } = wrapped;
  return messagepack.encode([compartment, kid, number, recipient, giver, reader, sealed]);
}

export function unpack(data: Bytes): Wrap {
  const parts = messagepack.decode(data);
  if (!messagepack.isList(parts) || parts.length !== 7) throw new Malformed("wrap: not of seven parts");
  const [compartment, kid, number, recipient, giver, reader, sealed] = parts;
  if (
    !(compartment instanceof Uint8Array) ||
    !(kid instanceof Uint8Array) ||
    typeof number !== "number" ||
    !(recipient instanceof Uint8Array) ||
    typeof giver !== "string" ||
    typeof reader !== "string" ||
    !(sealed instanceof Uint8Array)
  ) {
    throw new Malformed("wrap: a part has another form");
  }
  const wrapped = { compartment, kid, number, recipient, giver, reader, sealed };
  checkForm(wrapped);
  return wrapped;
}

function checkForm(wrapped: Wrap): void {
  const { compartment, kid, number, recipient, giver, reader, sealed } = wrapped;
  const fits =
    compartment.length === 16 &&
    kid.length === 32 &&
    recipient.length === 16 &&
    sealed.length === SEALED &&
    number >= 0 &&
    number < MOST_EPOCHS &&
    [giver, reader].every((name) => name.length > 0 && name.length <= LONGEST_NAME);
  if (!fits) throw new Malformed("wrap: a part has the wrong size");
}
