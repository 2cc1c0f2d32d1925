/** Writing entries: one log per compartment, under a key that is dropped once its last entry is sealed. */

import { compare, fromHex, hex, Malformed, random } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { encodeBody } from "./body.ts";
import type { Body } from "./body.ts";
import * as header from "./header.ts";
import type { Recipient } from "./recipient.ts";
import { keyId, sealBody } from "./sealing.ts";
import type { Signer } from "./signing.ts";
import { fileId } from "./subjects.ts";
import { wrap } from "./wrap.ts";
import type { Wrap } from "./wrap.ts";

/** An entry as it is kept and sent: sealed and signed, and nothing in the clear but its header. */
export interface Entry {
  readonly header: Bytes;
  readonly signature: Bytes;
  readonly body: Bytes;
}

/** How far a log is: the next number, and the name of the entry before it. */
export interface Head {
  readonly seq: number;
  readonly previous: Bytes;
}

export const BEGINNING: Head = { seq: 0, previous: header.NO_PREVIOUS };

/** A compartment that is open for writing. The key lives here and nowhere else. */
export interface Compartment {
  readonly id: Bytes;
  readonly kind: string;
  readonly key: Bytes;
}

/** Seal and sign one entry. The next head is to be stored with the entry, in one transaction. */
export async function write(
  compartment: Compartment,
  head: Head,
  body: Body,
  device: Signer,
  salt?: Bytes,
): Promise<{ entry: Entry; name: Bytes; head: Head }> {
  const beginning: header.Beginning = {
    device: header.deviceId(device.publicKey),
    compartment: compartment.id,
    seq: head.seq,
    previous: head.previous,
    depends: superseded(body),
    typeClass: compartment.kind,
    keyId: keyId(compartment.key),
  };
  const { sealed, header: complete } = await sealBody(encodeBody(body), compartment.key, beginning, salt);
  const exact = header.encode(complete);
  const name = header.entryHash(exact);
  return {
    entry: { header: exact, signature: await header.sign(exact, device), body: sealed },
    name,
    head: { seq: head.seq + 1, previous: name },
  };
}

/** What an entry takes the place of is in its header as well: it cannot come before it. */
function superseded(body: Body): Bytes[] {
  const names = new Set((body.statements ?? []).flatMap((statement) => statement.supersedes ?? []));
  return [...names].map(fromHex).sort(compare);
}

export interface Opening {
  readonly owner: string;
  readonly kind: string;
  readonly about: string;
  readonly readers: readonly string[];
}

/**
 * A new compartment under a fresh key, and the body of the entry that opens it. The key is wrapped to each
 * recipient at once: what the device keeps of it afterwards is the wraps.
 */
export async function openCompartment(
  opening: Opening,
  said: Omit<Body, "verb" | "subject" | "statements" | "nonce" | "after">,
  recipients: readonly Recipient[],
  secrets: { key: Bytes; nonce: Bytes; seeds?: readonly Bytes[] } = { key: random(32), nonce: random(32) },
): Promise<{ compartment: Compartment; body: Body; wraps: readonly Wrap[] }> {
  const { owner, kind, about } = opening;
  const readers = [...new Set([owner, ...opening.readers])].sort();
  const nonce = hex(secrets.nonce);
  const id = fileId(owner, kind, about, nonce);
  const compartment = { id: fromHex(id), kind, key: secrets.key };
  if (recipients.some((recipient) => !readers.includes(recipient.authority))) {
    throw new Malformed("opening: a key for somebody who does not read it");
  }
  const statements = [
    { field: "kind", operator: "assert" as const, value: kind },
    { field: "owner", operator: "assert" as const, value: owner },
    ...(about === "" ? [] : [{ field: "about", operator: "assert" as const, value: about }]),
    ...readers.map((reader) => ({ field: "reader", operator: "assert" as const, value: reader })),
  ];
  const wraps = await Promise.all(
    recipients.map((recipient, at) =>
      wrap(
        {
          compartment: compartment.id,
          kid: keyId(compartment.key),
          number: 0,
          recipient: recipient.keyId,
          giver: owner,
          reader: recipient.authority,
        },
        recipient.publicKey,
        compartment.key,
        secrets.seeds?.[at],
      ),
    ),
  );
  const body: Body = { ...said, verb: "compartment.open", subject: id, statements, nonce, after: [] };
  return { compartment, body, wraps };
}
