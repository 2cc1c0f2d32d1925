/** The journal's format, byte for byte the node's (docs/journal-format.md, docs/exchange-format.md). */

export * from "./body.ts";
export { Channel, NotOurs } from "./channel.ts";
export { Malformed } from "./bytes.ts";
export type { Bytes } from "./bytes.ts";
export { Fraction } from "./json.ts";
export type { Json } from "./json.ts";
export * as header from "./header.ts";
export { BEGINNING, openCompartment, write } from "./log.ts";
export type { Compartment, Entry, Head, Opening } from "./log.ts";
export { NotForUs } from "./hpke.ts";
export * as parcel from "./parcel.ts";
export { isNewer, readAnnouncement, recipientId } from "./recipient.ts";
export type { Recipient } from "./recipient.ts";
export { CannotOpen, keyId, openBody } from "./sealing.ts";
export { signerOf } from "./signing.ts";
export type { Signer } from "./signing.ts";
export { fileId, subjectId } from "./subjects.ts";
export * as wraps from "./wrap.ts";
