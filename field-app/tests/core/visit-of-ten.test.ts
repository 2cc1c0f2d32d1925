/** A whole visit by codes: ten people and five exhibits, as a night brings them, in one set that a phone can read. */

import { correction, generate } from "lean-qr";
import decode from "qr/decode.js";
import { describe, expect, it } from "vitest";
import { Collector, LARGEST_SET, MOST_FRAMES, toFrames } from "../../src/core/frames.ts";
import type { Phone } from "../../src/core/phone.ts";
import type { Photo } from "../../src/core/types.ts";
import { concat, random } from "../../src/codec/bytes.ts";
import { World } from "./world.ts";

const PEOPLE = [
  "Yusleidy Carolina Peña Marcano",
  "María de los Ángeles Rodríguez Guzmán",
  "Zoraida Jiménez",
  "Nerlande Jean-Baptiste",
  "Dayana Núñez Barrios",
  "Rosângela Conceição dos Santos",
  "Keisha Alleyne",
  "Wilmary Villanueva Ñáñez",
  "Luz",
  "Ana Belén Coché Ixcoy",
];
const PHOTO: Photo = { content: new Uint8Array(100_000).fill(3), media: "image/jpeg", name: "a.jpg" };

async function visitOfTen(phone: Phone, photos = 1): Promise<void> {
  phone.beginVisit();
  await phone.say("visit.record", { outcome: "people-found", people: 10 });
  for (const [at, text] of PEOPLE.entries()) {
    const state = { birth: { age_from: 15, age_to: 20, on: "2026-11-30" }, note: "Agreed to speak. Did not agree to a photo." };
    await phone.meet({
      values: { name: [{ text }], language: ["spa"], danger: at === 3 ? "yes" : "no", sex: "female", needs: ["interpreter"] },
      ...(at === 3 ? { danger: "The owner's brother waits at the landing with a gun" } : {}),
      also: [{ verb: "person.state", values: state, source: "saw" }],
    });
  }
  for (let at = 0; at < 5; at++) {
    const values = { kind: "mobile-phone", description: "Black phone, cracked, red case", where_found: "hut 2, under the bed", owner_agreed: "yes", witness: "Sgt. Indira Persaud" };
    await phone.seize([{ values, seal: `GPF 00${at}417`, photos: Array.from({ length: photos }, () => PHOTO) }]);
  }
}

describe("a visit of ten people and five exhibits", () => {
  it("goes in one set of at most 60 codes, and its answer comes back in one", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    await visitOfTen(first.phone);
    const entries = first.phone.status.unsent.entries;
    expect(entries).toBe(47);
    const shown = await first.phone.frames();
    expect(shown).toMatchObject({ entries, left: 0, sets: 0 });
    expect(shown.frames.length).toBeLessThanOrEqual(60);
    const missed = shown.frames.filter((_, at) => at !== 6 && at !== 41);
    let state = null;
    for (const frame of missed) state = await second.phone.takeFrame(frame);
    expect(state).toMatchObject({ done: null, missing: [7, 42] });
    const again = await first.phone.frames();
    expect(again.frames, "asked for again by number: they are of the same set").toEqual(shown.frames);
    for (const number of [7, 42]) state = await second.phone.takeFrame(again.frames[number - 1] ?? "");
    expect(state?.done).toMatchObject({ kind: "parcel", again: false });
    await second.phone.handOver();
    expect(world.node.entries).toHaveLength(entries);
    const answer = await second.phone.answerFrames();
    let read = null;
    for (const frame of answer?.frames ?? []) read = await first.phone.takeFrame(frame);
    expect(read?.done).toMatchObject({ kind: "answer", report: { delivered: entries } });
    expect(first.phone.status.unsent.entries).toBe(0);
  });

  it("with three photos of each exhibit goes in two sets: what is said of a photo goes by codes, the photo does not", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    await visitOfTen(first.phone, 3);
    for (const sets of [1, 0]) {
      const shown = await first.phone.frames(sets === 0);
      expect(shown.sets).toBe(sets);
      for (const frame of shown.frames) await second.phone.takeFrame(frame);
    }
    await second.phone.handOver();
    expect(world.node.of("attachment.add")).toHaveLength(15);
    expect(world.node.chunks.size).toBe(0);
    expect(first.phone.status.unsent).toMatchObject({ photos: 15 });
    expect(await first.phone.handOver()).toMatchObject({ outcome: "all", left: 0 });
    expect(world.node.chunks.size).toBe(15 * 3);
  });

  it("is read by the app's own decoder off a picture that is turned, blurred and noisy, from the densest code", () => {
    const { frames } = toFrames("parcel", concat(random(60_000), random(LARGEST_SET - 60_000)));
    expect(frames).toHaveLength(MOST_FRAMES);
    const collector = new Collector();
    for (const text of [frames[0], frames[9], frames[59]]) {
      const code = generate(text ?? "", { minCorrectionLevel: correction.L });
      expect(code.size, "version 28").toBeLessThanOrEqual(129);
      const read = decode(photographed(code.size, (x, y) => code.get(x, y)));
      expect(read).toBe(text);
      collector.take(read);
    }
  });
});

/** 1080 pixels square, as a phone held over another sees it: 5.9 pixels a module, 3 degrees askew, grey on grey. */
function photographed(size: number, dark: (x: number, y: number) => boolean) {
  const width = 1080;
  const pixel = (width * 0.75) / (size + 8);
  const [cos, sin] = [Math.cos(0.05), Math.sin(0.05)];
  let seed = 7;
  const noise = () => ((seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31 - 0.5) * 40;
  let grey = Float32Array.from({ length: width * width }, (_, at) => {
    const [u, v] = [(at % width) - width / 2, Math.floor(at / width) - width / 2];
    const x = Math.floor((cos * u + sin * v) / pixel + size / 2);
    const y = Math.floor((cos * v - sin * u) / pixel + size / 2);
    const outside = x < -4 || y < -4 || x >= size + 4 || y >= size + 4;
    return outside ? 110 : dark(x, y) ? 45 : 210;
  });
  for (const step of [1, width]) {
    const sharp = grey;
    grey = sharp.map((here, at) => ((sharp[at - step] ?? here) + 2 * here + (sharp[at + step] ?? here)) / 4);
  }
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [at, value] of grey.entries()) data.fill(Math.max(0, value + noise()), at * 4, at * 4 + 3);
  return { data, width, height: width };
}
