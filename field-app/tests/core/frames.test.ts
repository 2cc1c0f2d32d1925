/** Animated codes: any order, again and again, of one set; to the node by another phone, and the answer back. */

import { describe, expect, it } from "vitest";
import { hex, random, utf8 } from "../../src/codec/bytes.ts";
import { base45, Collector, fromBase45, toFrames } from "../../src/core/frames.ts";
import { EXHIBIT, PERSON, refusal, World } from "./world.ts";

/** As a camera reads them: in disorder, some twice. `random` numbers by a seed, so that a failure can be repeated. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const drawn = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const all = [...items, ...items.slice(0, Math.ceil(items.length / 3))];
  return all.map((item) => [drawn(), item] as const).sort(([left], [right]) => left - right).map(([, item]) => item);
}

describe("codes", () => {
  it("are in the signs that QR stores best, as RFC 9285 writes them", () => {
    expect(base45(utf8("AB"))).toBe("BB8");
    expect(base45(utf8("Hello!!"))).toBe("%69 VD92EX0");
    expect(base45(utf8("base-45"))).toBe("UJCLQE7W581");
    for (let size = 0; size < 40; size++) {
      const data = random(size);
      expect(hex(fromBase45(base45(data)) ?? new Uint8Array(0))).toBe(hex(data));
    }
    for (const bad of ["A", "GGW", "abc", "::", "AB:Z"]) expect(fromBase45(bad), bad).toBeNull();
    for (const frame of toFrames("offer", random(2000)).frames) expect(frame).toMatch(/^LFQ1:[0-9A-Z]{6}:\d+\/\d+:[0-9A-Z $%*+./:-]+$/);
  });

  it("come together in any order, however often each is read", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const content = random(1 + ((seed * 397) % 12_000));
      const { frames, set } = toFrames("parcel", content);
      const collector = new Collector();
      let whole = null;
      for (const frame of shuffled(frames, seed)) {
        const taken = collector.take(frame);
        expect(taken.set).toBe(set);
        if (taken.whole !== null) {
          whole = taken.whole;
          break;
        }
        expect(taken.missing).toHaveLength(taken.of - taken.have);
      }
      expect(hex(whole?.content ?? new Uint8Array(0)), `seed ${seed}`).toBe(hex(content));
    }
  });

  it("of two sets are not mixed, and what is none or was changed is refused", async () => {
    const [one, two] = [toFrames("parcel", random(2000)), toFrames("parcel", random(2000))];
    const collector = new Collector();
    collector.take(one.frames[0] ?? "");
    expect((await refusal(() => collector.take(two.frames[1] ?? ""))).code).toBe("mixed-sets");
    expect((await refusal(() => collector.take("https://example.org/"))).code).toBe("wrong-qr");
    expect((await refusal(() => collector.take(`LFQ1:${one.set}:9/5:AB`))).code).toBe("wrong-qr");
    expect(collector.take(one.frames[1] ?? "").have).toBe(2);
    const changed = one.frames.map((frame, at) => (at === 3 ? frame.replace(/.$/, (sign) => (sign === "0" ? "1" : "0")) : frame));
    collector.drop();
    const last = changed.pop() ?? "";
    for (const frame of changed) collector.take(frame);
    expect((await refusal(() => collector.take(last))).message).toContain("from the start");
    expect(collector.take(two.frames[0] ?? "").have, "and one begins again").toBe(1);
  });
});

describe("a hand-over by codes", () => {
  it("is carried by another phone, and the answer goes back to the first", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    for (let at = 0; at < 40; at++) await first.phone.meet({ values: PERSON });
    await first.phone.seize([{ values: EXHIBIT, seal: "" }]);
    const shown = await first.phone.frames();
    expect(shown.entries).toBeGreaterThan(30);
    expect(shown.entries + shown.left).toBe(first.phone.status.unsent.entries);
    expect(shown.frames.length).toBeLessThanOrEqual(60);
    expect(shown.sets).toBeGreaterThan(0);
    let done = null;
    for (const frame of shuffled(shown.frames, 7)) {
      const taken = await second.phone.takeFrame(frame);
      done ??= taken.done;
      if (taken.done !== null) break;
    }
    expect(done).toMatchObject({ kind: "parcel", again: false });
    const disk = JSON.stringify([...(second.machine.store.tables.get("carried") ?? [])]);
    expect(disk.includes("P-GY")).toBe(false);
    expect(await second.phone.answerFrames()).toBeNull();
    await second.phone.handOver();
    expect(world.node.entries).toHaveLength(shown.entries);
    const answer = await second.phone.answerFrames();
    let report = null;
    for (const frame of answer?.frames ?? []) report = (await first.phone.takeFrame(frame)).done;
    expect(report).toMatchObject({ kind: "answer", report: { delivered: shown.entries, left: shown.left } });
    expect(first.phone.status.unsent.entries).toBe(shown.left);
    expect((await first.phone.handOver()).outcome).toBe("all");
    const stranger = await world.enrolled(2);
    let refused = "";
    for (const frame of answer?.frames ?? []) {
      await stranger.phone.takeFrame(frame).catch((why: unknown) => (refused = String(why)));
    }
    expect(refused).toContain("another phone");
  });

  it("goes on with the next set before an answer came, and each entry is in one of them", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    for (let at = 0; at < 40; at++) await first.phone.meet({ values: PERSON });
    const waiting = first.phone.status.unsent.entries;
    let shown = await first.phone.frames();
    const again = shown;
    let entries = 0;
    for (let left = shown.sets; ; left--) {
      expect(shown.sets).toBe(left);
      entries += shown.entries;
      expect(entries + shown.left).toBe(waiting);
      for (const frame of shown.frames) await second.phone.takeFrame(frame);
      if (left === 0) break;
      shown = await first.phone.frames(true);
    }
    expect(entries).toBe(waiting);
    expect((await first.phone.frames(true)).entries, "and from the first again").toBe(again.entries);
    await second.phone.handOver();
    expect(world.node.entries).toHaveLength(waiting);
  });

  it("works while the keys are gone, and for a phone that is locked", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    await first.phone.meet({ values: PERSON });
    await first.phone.destroy();
    second.phone.lock();
    for (const frame of (await first.phone.frames()).frames) await second.phone.takeFrame(frame);
    await second.phone.handOver();
    expect(world.node.entries).toHaveLength(2);
  });
});
