/** What the app writes: the committed vectors are made again, and nothing random is left out of them. */

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { answer } from "../scripts/task.ts";
import { encodeBody, moment } from "../src/codec/body.ts";
import { bytes, fromHex, hex, utf8 } from "../src/codec/bytes.ts";
import * as cbor from "../src/codec/cbor.ts";
import { encode } from "../src/codec/json.ts";
import { openCompartment } from "../src/codec/log.ts";
import * as messagepack from "../src/codec/messagepack.ts";
import { app, node } from "./vectors.ts";

describe("the app's vectors", () => {
  it("are what the codec answers to the node's task", async () => {
    expect(await answer(node.task)).toEqual(app);
  });

  it("name in the header what an entry takes the place of", async () => {
    const first = app.entries[1]?.name ?? "none";
    expect(app.entries.map((entry) => entry.header.split(first).length - 1)).toEqual([0, 0, 2]);
  });
});

describe("a compartment", () => {
  const said = {
    authority: node.task.authority,
    officer: node.task.officer,
    happened: { at: moment(0, 0), zone: "UTC", precision: "minute" as const },
    clock: moment(0, 0),
  };
  const opening = { owner: node.task.authority, kind: "person", about: "1".repeat(32), readers: [] };

  it("gets a fresh key each time", async () => {
    const made = await Promise.all([0, 1].map(() => openCompartment(opening, said, [])));
    expect(new Set(made.map(({ compartment }) => hex(compartment.key))).size).toBe(2);
    expect(new Set(made.map(({ compartment }) => hex(compartment.id))).size).toBe(2);
  });

  it("gives its key to nobody who does not read it", async () => {
    const stranger = {
      authority: "b".repeat(32),
      keyId: new Uint8Array(16),
      publicKey: new Uint8Array(1216),
      made: 0,
    };
    await expect(openCompartment(opening, said, [stranger])).rejects.toThrow("does not read it");
  });
});

describe("values", () => {
  it("of a time are written as the node does", () => {
    expect(moment(1522935600000, -240)).toBe("2018-04-05T09:40:00-04:00");
    expect(moment(1522935600120, 330)).toBe("2018-04-05T19:10:00.120000+05:30");
    expect(moment(1522935600000, 0)).toBe("2018-04-05T13:40:00Z");
    expect(() => moment(0.5, 0)).toThrow();
  });

  it("that no bytes stand for are refused", () => {
    expect(() => utf8("\ud83d")).toThrow("half a sign");
    expect(() => encode(0.5)).toThrow("fraction");
    expect(() => cbor.encode(-1)).toThrow();
    expect(() => cbor.encode(2 ** 53)).toThrow();
    expect(() => messagepack.encode(1.5)).toThrow();
    expect(() => fromHex("0G")).toThrow();
    expect(() => fromHex("ABCD")).toThrow();
  });

  it("of MessagePack come back as they went, in every size", () => {
    const texts = [0, 31, 32, 255, 256, 65_536].map((size) => "a".repeat(size));
    const numbers = [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
    const blobs = [0, 255, 256, 65_536].map((size) => new Uint8Array(size));
    const lists = [0, 15, 16, 65_536].map((size) => Array.from({ length: size }, () => 1));
    const whole = [texts, numbers, blobs, lists, null, true, false, new Map([["x", new Map([["y", 1]])]])];
    expect(messagepack.decode(messagepack.encode(whole))).toEqual(whole);
  });

  it("that say they are longer than what came are refused at once", () => {
    for (const claim of ["dd7fffffff", "df7fffffff", "c6ffffffff", "dbffffffff", "9bffffffffffffffff", "5bffffffffffffffff"]) {
      const data = bytes(fromHex(claim));
      expect(() => messagepack.decode(data), claim).toThrow();
      expect(() => cbor.decode(data), claim).toThrow();
    }
    expect(() => messagepack.decode(fromHex("c403aabb"))).toThrow("cut off");
    expect(() => messagepack.decode(fromHex("82a16101a16102"))).toThrow("comes twice");
    expect(() => cbor.decode(fromHex("1805")), "a longer form of 5").toThrow("deterministic");
    expect(() => cbor.decode(fromHex("0000"))).toThrow("follows");
    const deep = new Uint8Array(10_000).fill(0x91);
    expect(() => messagepack.decode(deep)).toThrow("too deep");
    expect(() => cbor.decode(new Uint8Array(10_000).fill(0x81))).toThrow("too deep");
  });

  it("of a body leave out what is as usual", () => {
    const body = {
      verb: "x.y",
      subject: "1",
      authority: "2",
      officer: "3",
      happened: { at: moment(0, 0), zone: "UTC", precision: "minute" as const },
      clock: moment(0, 0),
    };
    const usual = { ...body, operation: "", source: "saw", interpreter: "", nonce: "", proof: "", statements: [] };
    expect(hex(encodeBody({ ...usual, provenance: "" }))).toBe(hex(encodeBody(body)));
  });
});

describe("what is built", () => {
  const read = (name: string) => readFile(new URL(`../build/${name}`, import.meta.url), "utf-8");

  it.each(["speak.mjs", "app.js", "core.js"])("in %s asks for nothing that the node's policy refuses", async (name) => {
    const built = await read(name);
    expect(built.length).toBeGreaterThan(10_000);
    expect(built.match(/\beval\s*\(|new Function\b|WebAssembly/g)).toBeNull();
  });

  it("for browsers leaves most of 150 kB to the screens", async () => {
    expect(gzipSync(await read("app.js")).length).toBeLessThan(70_000);
    expect(gzipSync(await read("core.js")).length).toBeLessThan(90_000);
  });
});
