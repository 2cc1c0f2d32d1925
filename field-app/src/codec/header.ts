/** The header of an entry (docs/journal-format.md §2): its exact bytes are signed, stored and sent. */

import { bytes, compare, concat, equal, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import { sha256 } from "./hashing.ts";
import { verified } from "./signing.ts";
import type { Signer } from "./signing.ts";

export const VERSION = 1;
export const LARGEST_HEADER = 4096;
export const LARGEST_BODY = 1 << 20;
export const NO_PREVIOUS: Bytes = new Uint8Array(0);
const CONTEXT = utf8("libertad entry v1\0");
const DEVICE = utf8("libertad device v1\0");
const CLASS = /^[a-z][a-z-]{0,23}$/;

/** What a body's seal is bound to: all but the body's own hash and length. */
export interface Beginning {
  readonly device: Bytes;
  readonly compartment: Bytes;
  readonly seq: number;
  readonly previous: Bytes;
  readonly depends: readonly Bytes[];
  readonly typeClass: string;
  readonly keyId: Bytes;
}

export interface Header extends Beginning {
  readonly bodyHash: Bytes;
  readonly length: number;
}

function beginning(head: Beginning): cbor.Cbor[] {
  const { device, compartment, seq, previous, depends, typeClass, keyId } = head;
  return [VERSION, device, compartment, seq, previous, [...depends], typeClass, keyId];
}

/** Deterministic CBOR of parts 0 to 7. */
export function bound(head: Beginning): Bytes {
  return cbor.encode(beginning(head));
}

/** The exact bytes; Malformed for a header that no node would take. */
export function encode(head: Header): Bytes {
  check(head);
  const exact = cbor.encode([...beginning(head), head.bodyHash, head.length]);
  if (exact.length > LARGEST_HEADER) throw new Malformed("header: too long");
  return exact;
}

function check(head: Header): void {
  const sized: [string, Bytes, number][] = [
    ["device", head.device, 16],
    ["compartment", head.compartment, 16],
    ["key id", head.keyId, 32],
    ["body hash", head.bodyHash, 32],
    ["previous", head.previous, head.seq === 0 ? 0 : 32],
    ...head.depends.map((hash): [string, Bytes, number] => ["a dependency", hash, 32]),
  ];
  for (const [part, value, size] of sized) {
    if (value.length !== size) throw new Malformed(`header: ${part} has the wrong length`);
  }
  if (!Number.isSafeInteger(head.seq) || head.seq < 0) throw new Malformed("header: sequence number");
  if (!CLASS.test(head.typeClass)) throw new Malformed("header: its class is no name");
  if (!Number.isSafeInteger(head.length) || head.length < 1 || head.length > LARGEST_BODY) {
    throw new Malformed("header: body length out of range");
  }
  const ordered = head.depends.every((hash, at) => at === 0 || compare(head.depends[at - 1] ?? hash, hash) < 0);
  if (!ordered) throw new Malformed("header: dependencies are not sorted and unique");
}

/** Parse and check; Malformed says which part breaks the format. */
export function decode(data: Bytes): Header {
  if (data.length > LARGEST_HEADER) throw new Malformed("header: too long");
  const parts = cbor.decode(data);
  if (!Array.isArray(parts) || parts.length !== 10) throw new Malformed("header: not an array of ten parts");
  const [version, device, compartment, seq, previous, depends, typeClass, keyId, bodyHash, length] =
    parts as readonly cbor.Cbor[];
  if (version !== VERSION) throw new Malformed(`header: version is not ${VERSION}: update this app`);
  const head: Header = {
    device: binary(device, "device"),
    compartment: binary(compartment, "compartment"),
    seq: whole(seq, "sequence number"),
    previous: binary(previous, "previous"),
    depends: list(depends).map((hash) => binary(hash, "a dependency")),
    typeClass: typeof typeClass === "string" ? typeClass : "",
    keyId: binary(keyId, "key id"),
    bodyHash: binary(bodyHash, "body hash"),
    length: whole(length, "length"),
  };
  if (!equal(encode(head), data)) throw new Malformed("header: bytes are not in deterministic form");
  return head;
}

function binary(value: cbor.Cbor | undefined, part: string): Bytes {
  if (!(value instanceof Uint8Array)) throw new Malformed(`header: ${part} is not bytes`);
  return bytes(value);
}

function whole(value: cbor.Cbor | undefined, part: string): number {
  if (typeof value !== "number") throw new Malformed(`header: ${part} is no number`);
  return value;
}

function list(value: cbor.Cbor | undefined): readonly cbor.Cbor[] {
  if (!Array.isArray(value)) throw new Malformed("header: dependencies are no list");
  return value as readonly cbor.Cbor[];
}

/** An entry's name: SHA-256 of its exact header bytes. */
export function entryHash(exact: Bytes): Bytes {
  return sha256(exact);
}

export function deviceId(publicKey: Bytes): Bytes {
  return sha256(DEVICE, publicKey).slice(0, 16);
}

/** Ed25519 over the context string and the exact header bytes. */
export function sign(exact: Bytes, device: Signer): Promise<Bytes> {
  return device.sign(concat(CONTEXT, exact));
}

export function isSigned(exact: Bytes, signature: Bytes, publicKey: Bytes): boolean {
  return verified(signature, concat(CONTEXT, exact), publicKey);
}

/** What a new device signs with its own key when it is enrolled: `proof` in `device.enrol`. */
export function proveEnrolment(device: Signer, authority: string, operation: string): Promise<Bytes> {
  return device.sign(concat(DEVICE, utf8(`${authority}\0${operation}`)));
}
