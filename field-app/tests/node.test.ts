/** What the node wrote is read, verified, opened, and written again to the same bytes. */

import { describe, expect, it } from "vitest";
import { encodeBody } from "../src/codec/body.ts";
import type { Body } from "../src/codec/body.ts";
import { concat, equal, fromHex, fromUtf8, hex, utf8 } from "../src/codec/bytes.ts";
import { Channel } from "../src/codec/channel.ts";
import * as header from "../src/codec/header.ts";
import * as hpke from "../src/codec/hpke.ts";
import { encode, Fraction } from "../src/codec/json.ts";
import * as messagepack from "../src/codec/messagepack.ts";
import * as parcel from "../src/codec/parcel.ts";
import { isNewer, readAnnouncement, recipientId } from "../src/codec/recipient.ts";
import * as sealing from "../src/codec/sealing.ts";
import { byNoble, byWebCrypto, signerOf } from "../src/codec/signing.ts";
import { fileId, subjectId } from "../src/codec/subjects.ts";
import * as wraps from "../src/codec/wrap.ts";
import { deframe, enframe } from "../src/codec/zstd.ts";
import { node } from "./vectors.ts";

describe("headers", () => {
  it.each(node.headers)("of number $seq are written to the node's bytes and read again", (stated) => {
    const head: header.Header = {
      device: fromHex(stated.device),
      compartment: fromHex(stated.compartment),
      seq: stated.seq,
      previous: fromHex(stated.previous),
      depends: stated.depends.map(fromHex),
      typeClass: stated.class,
      keyId: fromHex(stated.key_id),
      bodyHash: fromHex(stated.body_hash),
      length: stated.length,
    };
    expect(hex(header.encode(head))).toBe(stated.header);
    expect(hex(header.bound(head))).toBe(stated.bound);
    expect(hex(header.entryHash(fromHex(stated.header)))).toBe(stated.hash);
    expect(header.decode(fromHex(stated.header))).toEqual(head);
  });

  it("that the node refuses are refused", () => {
    expect(node.refused.length).toBeGreaterThan(20);
    for (const wrong of node.refused) expect(() => header.decode(fromHex(wrong)), wrong).toThrow();
  });

  it("that are longer than any node takes are not written", () => {
    const head = header.decode(fromHex(node.headers[0]?.header ?? ""));
    const depends = Array.from({ length: 130 }, (_, at) => new Uint8Array(32).fill(at));
    expect(() => header.encode({ ...head, depends })).toThrow("too long");
  });

  it("of every class of the node's can be written", () => {
    expect(node.classes.every((name) => node.headers.some((stated) => stated.class === name))).toBe(true);
  });
});

describe("signatures", () => {
  it.each(node.signing)("of device $device are made, by WebCrypto and by noble alike", async (stated) => {
    const exact = fromHex(stated.header);
    const seed = fromHex(stated.seed);
    for (const signer of [await byWebCrypto(seed), byNoble(seed), await signerOf(seed)]) {
      if (signer === null) throw new Error("Node.js 20 has Ed25519 in WebCrypto");
      expect(hex(signer.publicKey)).toBe(stated.public);
      expect(hex(await header.sign(exact, signer))).toBe(stated.signature);
      const proof = await header.proveEnrolment(signer, stated.authority, stated.operation);
      expect(hex(proof)).toBe(stated.proof);
    }
    expect(hex(header.deviceId(fromHex(stated.public)))).toBe(stated.device);
    expect(header.isSigned(exact, fromHex(stated.signature), fromHex(stated.public))).toBe(true);
    const changed = fromHex(stated.header);
    changed[3] = (changed[3] ?? 0) ^ 1;
    expect(header.isSigned(changed, fromHex(stated.signature), fromHex(stated.public))).toBe(false);
  });

  it("by a key of small order are none", () => {
    const zero = new Uint8Array(32);
    const identity = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
    const signature = Uint8Array.from([...identity, ...zero]);
    expect(header.isSigned(utf8("anything"), signature, identity)).toBe(false);
  });
});

describe("bodies", () => {
  it.each(node.padding)("of $size bytes are padded to $padded", ({ size, padded }) => {
    const plain = new Uint8Array(size).fill(7);
    expect(sealing.pad(plain).length).toBe(padded);
    expect(equal(sealing.unpad(sealing.pad(plain)), plain)).toBe(true);
  });

  const whole = node.bodies.filter(({ plain }) => plain.startsWith('{"verb"'));
  it.each(whole)("are written to the node's bytes: $plain", ({ plain }) => {
    const body = JSON.parse(plain) as Omit<Body, "statements"> & { statements: Statements };
    const statements = body.statements.map(([field, operator, value, supersedes]) => ({
      field,
      operator,
      value,
      supersedes,
    }));
    expect(fromUtf8(encodeBody({ ...body, statements }))).toBe(plain);
  });

  const fractions = node.bodies.filter(({ plain }) => plain.startsWith('{"place"'));
  it.each(fractions)("have fractions as the node writes them: $plain", ({ plain }) => {
    const { place } = JSON.parse(plain) as { place: { lat: number; lon: number; within_m: number } };
    const { lat, lon, within_m } = place;
    expect(encode({ place: { lat: new Fraction(lat), lon: new Fraction(lon), within_m } })).toBe(plain);
  });

  it("of both kinds are among the vectors", () => {
    expect([whole.length, fractions.length].every((count) => count > 3)).toBe(true);
    expect(whole.length + fractions.length).toBe(node.bodies.length);
  });
});

type Statements = [string, "assert" | "retract", string | null, string[]][];

describe("a log", () => {
  const { log, seed, compartment, epoch_key } = node.entries;

  it("is opened, and written again to the same bytes", async () => {
    const signer = await signerOf(fromHex(seed));
    let previous = "";
    for (const [seq, entry] of log.entries()) {
      const exact = fromHex(entry.header);
      const head = header.decode(exact);
      expect([head.seq, hex(head.previous), hex(head.compartment)]).toEqual([seq, previous, compartment]);
      const plain = await sealing.openBody(fromHex(entry.body), fromHex(epoch_key), head);
      expect(fromUtf8(plain)).toBe(entry.plain);
      expect(hex(sealing.entryKey(fromHex(entry.salt), fromHex(epoch_key)))).toBe(entry.entry_key);
      const again = await sealing.sealBody(plain, fromHex(epoch_key), head, fromHex(entry.salt));
      expect(hex(again.sealed)).toBe(entry.body);
      expect(hex(header.encode(again.header))).toBe(entry.header);
      expect(hex(await header.sign(exact, signer))).toBe(entry.signature);
      previous = hex(header.entryHash(exact));
    }
  });

  it("opens with no other key, and not where a byte was changed", async () => {
    const entry = log[0];
    if (entry === undefined) throw new Error("no log");
    const head = header.decode(fromHex(entry.header));
    const body = fromHex(entry.body);
    await expect(sealing.openBody(body, new Uint8Array(32), head)).rejects.toThrow("not the one of its id");
    await expect(sealing.sealBody(body, new Uint8Array(32), head)).rejects.toThrow("not the one of its id");
    body[40] = (body[40] ?? 0) ^ 1;
    await expect(sealing.openBody(body, fromHex(epoch_key), head)).rejects.toThrow("not those of the header");
    const moved = { ...head, seq: 1, previous: new Uint8Array(32) };
    await expect(sealing.openBody(fromHex(entry.body), fromHex(epoch_key), moved)).rejects.toThrow(
      "sealed to another header",
    );
  });
});

describe("ids", () => {
  it("prove who made them", () => {
    for (const stated of node.ids.subjects) {
      const { authority, nonce, file, prefix } = stated;
      expect(subjectId(authority, fromHex(nonce), file, fromHex(prefix))).toBe(stated.id);
    }
    for (const { owner, kind, about, nonce, id } of node.ids.files) {
      expect(fileId(owner, kind, about, nonce)).toBe(id);
    }
  });
});

describe("recipient keys", () => {
  const { recipient } = node;
  const device = fromHex(recipient.device);

  it("are read where the authority's own device announced them", () => {
    const read = readAnnouncement(fromHex(recipient.announcement), device, recipient.authority);
    expect(hex(read.publicKey)).toBe(recipient.public);
    expect(hex(read.keyId)).toBe(recipient.key_id);
    expect(hex(hpke.publicOf(fromHex(recipient.secret)))).toBe(recipient.public);
    expect(isNewer(read, { ...read, made: read.made - 1 })).toBe(false);
    expect(isNewer(null, read)).toBe(true);
  });

  it("are refused of another device or authority, and changed anywhere", () => {
    const announcement = fromHex(recipient.announcement);
    const { authority } = recipient;
    expect(() => readAnnouncement(announcement, device, "b".repeat(32))).toThrow("another device");
    const stranger = fromHex(node.signing[2]?.public ?? "");
    expect(() => readAnnouncement(announcement, stranger, authority)).toThrow("another device");
    for (const at of [0, 70, 150, 700, announcement.length - 1]) {
      const changed = announcement.slice();
      changed[at] = (changed[at] ?? 0) ^ 4;
      expect(() => readAnnouncement(changed, device, authority), `${at}`).toThrow();
    }
  });

  it("are refused under an id that is not their own, whoever signed", async () => {
    const signer = byNoble(fromHex(node.signing[1]?.seed ?? ""));
    const announced = async (id: string) => {
      const parts = [header.deviceId(device), recipient.authority, fromHex(id), fromHex(recipient.public), 1];
      const signed = messagepack.encode(parts);
      const signature = await signer.sign(concat(utf8("libertad recipient v1\0"), signed));
      return readAnnouncement(concat(signature, signed), device, recipient.authority);
    };
    expect((await announced(recipient.key_id)).made).toBe(1);
    await expect(announced("ab".repeat(16))).rejects.toThrow("not its own");
  });

  it("take nothing where nothing can be sealed to them", async () => {
    const key = fromHex(recipient.public);
    const unreduced = key.slice().fill(0xff, 0, 3);
    const small = key.slice().fill(0, 1184);
    for (const wrong of [unreduced, small, key.slice(1)]) {
      await expect(hpke.seal(wrong, utf8("x"), utf8("y"))).rejects.toThrow("recipient key");
    }
  });
});

describe("wraps", () => {
  const secret = fromHex(node.wrap.secret);

  it("of the node's are opened, and bound to all of their parts", async () => {
    const wrapped = wraps.unpack(fromHex(node.wrap.packed));
    expect(hex(wraps.bound(wrapped))).toBe(node.wrap.info);
    expect(hex(await wraps.unwrap(wrapped, secret))).toBe(node.wrap.key);
    expect(hex(wraps.pack(wrapped))).toBe(node.wrap.packed);
    const { compartment, kid } = wrapped;
    for (const change of [
      { compartment: kid.slice(0, 16) },
      { number: 1 },
      { giver: "b".repeat(32) },
      { reader: "b".repeat(32) },
      { recipient: compartment },
    ]) {
      await expect(wraps.unwrap({ ...wrapped, ...change }, secret)).rejects.toThrow(hpke.NotForUs);
    }
  });

  it("are refused for another recipient key or epoch key than their ids name", async () => {
    const wrapped = wraps.unpack(fromHex(node.wrap.packed));
    const publicKey = hpke.publicOf(secret);
    await expect(wraps.wrap(wrapped, publicKey, new Uint8Array(32))).rejects.toThrow("commits");
    const other = hpke.publicOf(new Uint8Array(96).fill(9));
    await expect(wraps.wrap(wrapped, other, fromHex(node.wrap.key))).rejects.toThrow("recipient");
    expect(hex(recipientId(publicKey))).toBe(hex(wrapped.recipient));
  });

  it("that hold another key than their id commits to are refused", async () => {
    const wrapped = wraps.unpack(fromHex(node.wrap.packed));
    const other = new Uint8Array(32).fill(5);
    const sealed = await hpke.seal(hpke.publicOf(secret), wraps.bound(wrapped), other);
    await expect(wraps.unwrap({ ...wrapped, sealed }, secret)).rejects.toThrow("commits");
  });

  it("say the same key each time and never the same bytes", async () => {
    const wrapped = wraps.unpack(fromHex(node.wrap.packed));
    const made = await Promise.all(
      [0, 1].map(() => wraps.wrap(wrapped, hpke.publicOf(secret), fromHex(node.wrap.key))),
    );
    expect(new Set(made.map((each) => hex(each.sealed))).size).toBe(2);
    for (const each of made) expect(hex(await wraps.unwrap(each, secret))).toBe(node.wrap.key);
  });
});

describe("the channel", () => {
  const { channel } = node;
  const ours = new Channel(fromHex(channel.app_seed), fromHex(channel.node));

  it("seals to the node's bytes and opens its answer", () => {
    const { nonce, plain, sealed } = channel.ask;
    expect(hex(ours.seal("?", fromHex(plain), fromHex(nonce)))).toBe(sealed);
    const answered = ours.answered(fromHex(sealed), 0, fromHex(channel.answer.sealed));
    expect([hex(answered.plain), answered.last]).toEqual([channel.answer.plain, true]);
  });

  it("takes no answer to another question, at another place, changed, or sent back", () => {
    const sealed = fromHex(channel.answer.sealed);
    const ask = fromHex(channel.ask.sealed);
    expect(() => ours.answered(ask.slice(1), 0, sealed)).toThrow("another question");
    expect(() => ours.answered(ask, 1, sealed)).toThrow("another question");
    expect(() => ours.open("?", ask)).toThrow("another kind or direction");
    sealed[30] = (sealed[30] ?? 0) ^ 1;
    expect(() => ours.answered(ask, 0, sealed)).toThrow("changed on the way");
  });
});

describe("parcels", () => {
  it("of the node's are read", () => {
    const packed = fromHex(node.parcel.packed);
    expect(hex(deframe(packed, 4_000_000))).toBe(node.parcel.plain);
    const read = parcel.unpack(packed);
    expect([read.confirms, read.size, read.taken, read.recipients.length]).toEqual([
      node.parcel.confirms,
      node.parcel.size,
      node.parcel.taken,
      node.parcel.recipients,
    ]);
    expect(read.fills.map(({ compartment, from }) => ({ compartment: hex(compartment), from }))).toEqual(
      node.parcel.fills,
    );
    expect(read.format).toBe(node.format);
    expect(parcel.FORMAT).toBe(node.format);
  });

  it("that are cut off, or larger than they may be, are refused before memory is taken", () => {
    const packed = fromHex(node.parcel.packed);
    expect(() => parcel.unpack(packed.slice(0, -3))).toThrow("message");
    expect(() => deframe(packed, 100)).toThrow("larger");
    expect(() => parcel.unpack(enframe(utf8("plain words")))).toThrow();
    expect(() => parcel.unpack(new Uint8Array(3))).toThrow("no frame");
  });

  it("come through frames of any size", () => {
    for (const size of [0, 1, 255, 256, 131_072, 131_073, 400_000]) {
      const plain = Uint8Array.from({ length: size }, (_, at) => at % 251);
      expect(equal(deframe(enframe(plain), size), plain), `${size}`).toBe(true);
    }
  });
});
