/**
 * What the app answers to a task of the node's (field-app/vectors/node.json, `task`): a person is met.
 *
 * All that is random in the app is made from the task's seed here, so that the answer can be made again.
 */

import { bytes, concat, fromHex, hex, utf8 } from "../src/codec/bytes.ts";
import { moment } from "../src/codec/body.ts";
import type { Body, Statement } from "../src/codec/body.ts";
import { Channel } from "../src/codec/channel.ts";
import { derive } from "../src/codec/hashing.ts";
import { deviceId, proveEnrolment } from "../src/codec/header.ts";
import type { Json } from "../src/codec/json.ts";
import { BEGINNING, openCompartment, write } from "../src/codec/log.ts";
import type { Entry } from "../src/codec/log.ts";
import * as parcel from "../src/codec/parcel.ts";
import { entryKey } from "../src/codec/sealing.ts";
import { signerOf } from "../src/codec/signing.ts";
import { subjectId } from "../src/codec/subjects.ts";
import { pack } from "../src/codec/wrap.ts";

export interface Task {
  readonly seed: string;
  readonly authority: string;
  readonly officer: string;
  readonly operation: string;
  readonly zone: string;
  readonly country: string;
  readonly reference: string;
  /** Milliseconds since 1970, and minutes from UTC there. */
  readonly at: number;
  readonly offset: number;
  readonly readers: readonly string[];
  readonly recipients: readonly { readonly authority: string; readonly key_id: string; readonly public: string }[];
  /** The node's Ed25519 public key. */
  readonly node: string;
}

export async function answer(task: Task): Promise<Record<string, unknown>> {
  const drawn = (label: string) => derive(fromHex(task.seed), new Uint8Array(32), label);
  const device = await signerOf(drawn("device"));
  const counting = subjectId(task.authority, drawn("counting").slice(0, 16));
  const personNonce = drawn("person").slice(0, 16);
  const person = subjectId(task.authority, personNonce);
  const recipients = task.recipients.map((recipient) => ({
    authority: recipient.authority,
    keyId: fromHex(recipient.key_id),
    publicKey: fromHex(recipient.public),
    made: 0,
  }));
  const spoken = (minutes: number) => ({
    operation: task.operation,
    authority: task.authority,
    officer: task.officer,
    happened: {
      at: moment(task.at + minutes * 60_000, task.offset),
      zone: task.zone,
      precision: "minute" as const,
    },
    clock: moment(task.at + minutes * 60_000 + 1250, task.offset),
  });
  const secrets = {
    key: drawn("epoch"),
    nonce: drawn("file"),
    seeds: recipients.map((_, at) => concat(drawn(`kem ${at} a`), drawn(`kem ${at} b`))),
  };
  const opening = { owner: task.authority, kind: "person", about: person, readers: task.readers };
  const opened = await openCompartment(opening, spoken(0), recipients, secrets);
  const say = (verb: string, minutes: number, statements: readonly Statement[], more: Partial<Body>): Body => ({
    ...spoken(minutes),
    verb,
    subject: person,
    statements,
    ...more,
  });
  let head = BEGINNING;
  const entries: (Entry & { name: string; plain: Body; salt: string; entry_key: string })[] = [];
  const add = async (body: Body) => {
    const salt = drawn(`salt ${head.seq}`);
    const written = await write(opened.compartment, head, body, device, salt);
    head = written.head;
    const key = hex(entryKey(salt, opened.compartment.key));
    entries.push({ ...written.entry, name: hex(written.name), plain: body, salt: hex(salt), entry_key: key });
    return hex(written.name);
  };
  await add(opened.body);
  const met = [
    asserted("reference", task.reference),
    asserted("counting", counting),
    asserted("country", task.country),
    asserted("name", { text: "Ana Lucía" }),
    asserted("birth", { age_from: 17, age_to: 19, on: "2018-04-05" }),
    asserted("language", "spa"),
    asserted("language", "wba"),
    asserted("danger", "yes"),
  ];
  const meeting = await add(say("person.meet", 1, met, { nonce: hex(personNonce), after: [] }));
  const renamed: Statement[] = [
    { field: "name", operator: "assert", value: { text: "Ana Luz", kind: "document" }, supersedes: [meeting] },
    { field: "language", operator: "retract", supersedes: [meeting] },
    asserted("note", "“two phones, one bag”"),
  ];
  await add(say("person.state", 9, renamed, { source: "document", after: [meeting] }));
  const carried = entries.map(({ header, signature, body }, idx) => ({ idx, header, signature, body }));
  const wraps = opened.wraps.map(pack);
  const packed = parcel.pack({ start: 0, end: carried.length, entries: carried, wraps, chunks: [], number: 1 });
  const channel = new Channel(drawn("device"), fromHex(task.node));
  return {
    device: {
      seed: hex(drawn("device")),
      public: hex(device.publicKey),
      id: hex(deviceId(device.publicKey)),
      proof: hex(await proveEnrolment(device, task.authority, task.operation)),
    },
    compartment: hex(opened.compartment.id),
    person,
    counting,
    epoch_key: hex(opened.compartment.key),
    seeds: secrets.seeds.map(hex),
    wraps: wraps.map(hex),
    entries: entries.map(({ header, signature, body, name, salt, entry_key }) => ({
      name,
      salt,
      entry_key,
      header: hex(header),
      signature: hex(signature),
      body: hex(body),
    })),
    parcel: hex(packed),
    message: hex(channel.seal("@", bytes(utf8("handed over")), drawn("nonce").slice(0, 24))),
  };
}

function asserted(field: string, value: Json): Statement {
  return { field, operator: "assert", value };
}
