/** Hand-over: whole, in its order, over links that end anywhere, to a node that is believed about the parcel alone. */

import { describe, expect, it } from "vitest";
import { bigEndian, concat, hex, utf8 } from "../../src/codec/bytes.ts";
import { inOrder } from "../../src/core/delivery.ts";
import { Ledger } from "../../src/core/ledger.ts";
import type { Photo } from "../../src/core/types.ts";
import type { Phone } from "../../src/core/phone.ts";
import { EXHIBIT, PASSPHRASE, PERSON, refusal, World } from "./world.ts";

const photo = (size: number): Photo => ({ content: new Uint8Array(size).fill(3), media: "image/jpeg", name: "a.jpg" });

function both(answer: Record<string, unknown>): string[] {
  return [...(answer["stored"] as string[]), ...(answer["known"] as string[])];
}

async function raid(phone: Phone, people: number, exhibits: number, photos = 0): Promise<void> {
  for (let at = 0; at < people; at++) await phone.meet({ values: PERSON });
  const items = Array.from({ length: exhibits }, (_, at) => {
    return { values: EXHIBIT, seal: `SVG ${at}`, photos: at < photos ? [photo(100_000)] : [] };
  });
  await phone.seize(items);
}

describe("handing over", () => {
  it("sends danger first, then people, exhibits, the rest, and photos after all reports", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.say("visit.record", { outcome: "people-found", people: 3 });
    await phone.seize([{ values: EXHIBIT, seal: "", photos: [photo(100_000)] }]);
    await phone.meet({ values: PERSON });
    await phone.meet({ values: { ...PERSON, danger: "yes" }, danger: "He comes back" });
    const stages: string[] = [];
    phone.subscribe((status) => {
      if (status.handingOver !== null) stages.push(status.handingOver.part);
    });
    expect(await phone.handOver()).toMatchObject({ outcome: "all", left: 0 });
    const verbs = world.node.entries.map((entry) => entry.body["verb"]);
    expect(verbs.slice(0, 6)).toEqual(["compartment.open", "person.meet", "person.danger", "compartment.open", "person.meet", "exhibit.seize"]);
    expect(stages).toEqual([...stages].sort((left, right) => (left === right ? 0 : left === "reports" ? -1 : 1)));
    expect(phone.status).toMatchObject({ lastHandOver: world.time, unsent: { entries: 0, photos: 0, bytes: 0, since: null } });
  });

  it("packs at most 64,000 bytes, and a photo's chunk alone", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await raid(phone, 60, 10, 2);
    expect(await phone.handOver()).toMatchObject({ outcome: "all" });
    const reports = world.node.parcels.filter((size) => size <= 64_000);
    expect(Math.max(...reports)).toBeGreaterThan(50_000);
    expect(Math.max(...world.node.parcels)).toBeLessThan(65_736);
  });

  it("goes on where it was cut, before the node read it or before it answered: all arrives, once", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await raid(phone, 40, 25, 3);
    const total = phone.status.unsent.entries;
    let calls = 0;
    world.node.cut = (at) => {
      if (++calls % 3 === 0) throw new Error(`cut ${at}`);
    };
    let report = await phone.handOver();
    let disk = machine;
    for (let attempt = 0; report.outcome === "cut" && attempt < 200; attempt++) {
      // Ended and opened again in between: nothing of it was in memory alone.
      disk = world.machine(disk.store.copy(), machine.parts);
      report = await (await world.open(disk)).handOver();
    }
    expect(report).toMatchObject({ outcome: "all", left: 0 });
    expect(world.node.entries).toHaveLength(total);
    expect(new Set(world.node.entries.map((entry) => entry.hash)).size).toBe(total);
  });

  it("tries again by itself with growing waits, and at once when the network is back", async () => {
    const world = new World();
    const machine = world.machine();
    const phone = await world.open(machine, false);
    await phone.enrol(phone.readCode(world.node.code()), hex(world.node.public), PASSPHRASE);
    const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
    await turn();
    let tried = 0;
    world.node.cut = (at, path) => {
      if (path.includes("hand-over") && at === "before") tried++;
      throw new Error("no network");
    };
    await phone.meet({ values: PERSON });
    world.time += 2000;
    machine.tick();
    await turn();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const next = phone.status.nextAttempt ?? 0;
      waits.push(next - world.time);
      world.time = next;
      machine.tick();
      await turn();
    }
    expect(waits.slice(0, 5).map((wait) => wait / 1000)).toEqual([5, 15, 60, 300, 900]);
    expect(tried).toBeGreaterThan(5);
    expect(phone.status.lastProblem).toContain("nothing is lost");
    world.node.cut = () => undefined;
    machine.back();
    for (let turns = 0; turns < 100 && phone.status.lastProblem !== ""; turns++) await turn();
    expect(phone.status).toMatchObject({ unsent: { entries: 0 }, nextAttempt: null, lastProblem: "" });
    await phone.close();
  });

  it("waits as long as the node asks, and says why", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.meet({ values: PERSON });
    world.node.status = { code: 503, after: 120 };
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "waits", left: 2 });
    expect(report.problem).toContain("nothing is lost");
    world.node.status = { code: 409, after: 0 };
    expect((await phone.handOver()).problem).toContain("update this app");
  });

  it("lists what the node keeps and what it refuses, with why, and keeps what was refused", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    world.node.verdict = (body) => {
      if (body["verb"] === "exhibit.seize") return { as: "waits", why: "a named officer releases it" };
      if (body["verb"] === "visit.record") return { as: "refused", why: "this team has no such visit" };
      return null;
    };
    await phone.seize([{ values: EXHIBIT, seal: "" }]);
    const visit = await phone.say("visit.record", { outcome: "found-empty" });
    expect(await phone.handOver()).toMatchObject({ outcome: "all", held: 1, refused: 1, left: 0 });
    const again = await world.restarted(machine);
    expect((await again.undelivered()).map(({ delivery, why }) => [delivery, why])).toEqual([
      ["refused", "this team has no such visit"],
      ["held", "a named officer releases it"],
    ]);
    expect(machine.store.tables.get("bodies")?.size, "its bytes are kept").toBe(1);
    expect([...(machine.store.tables.get("wraps")?.keys() ?? [])], "and its file's key").toEqual([world.node.files[1]?.id]);
    await again.unlock(PASSPHRASE);
    expect((await again.records()).find((record) => record.entry === visit.entry)).toMatchObject({ delivery: "refused" });
  });

  it("believes an answer about its parcel alone", async () => {
    const lies: ((answer: Record<string, unknown>) => Record<string, unknown>)[] = [
      (answer) => ({ ...answer, confirms: 99 }),
      (answer) => ({ ...answer, known: ["ab".repeat(32)] }),
      (answer) => ({ ...answer, ...Object.fromEntries(["stored", "known"].map((name) => [name, [...both(answer)]])) }),
      (answer) => ({ ...answer, chunks: ["ab".repeat(32)] }),
      (answer) => ({ ...answer, stored: "all" }),
      (answer) => ({ ...answer, recipients: [{ authority: "a1".repeat(16), key_id: "00".repeat(16), public: "00".repeat(1216), made: 9 }] }),
    ];
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const before = machine.store.copy().tables.get("outbox");
    for (const lie of lies) {
      world.node.lie = (answer) => ("stored" in answer ? lie(answer) : answer);
      expect(await phone.handOver(), String(lie)).toMatchObject({ outcome: "refused", delivered: 0, left: 2 });
      expect(machine.store.tables.get("outbox")).toEqual(before);
    }
    world.node.lie = (answer) => answer;
    expect(await phone.handOver()).toMatchObject({ outcome: "all", delivered: 2 });
  });

  it("does not send the same for ever to a node that takes nothing of it", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.meet({ values: PERSON });
    world.node.lie = (answer) => ("stored" in answer ? { ...answer, stored: [], known: [] } : answer);
    expect(await phone.handOver()).toMatchObject({ outcome: "waits", left: 2 });
    expect(world.node.parcels).toHaveLength(1);
  });

  it("passes over a photo whose entry the node holds, and brings it later", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await raid(phone, 1, 2, 2);
    world.node.passesOver = true;
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "waits", left: 2 });
    expect(report.problem).toContain("nothing is lost");
    world.node.passesOver = false;
    expect(await phone.handOver()).toMatchObject({ outcome: "all", left: 0 });
    expect(world.node.chunks.size).toBe(6);
  });

  it("does not let a log with a gap at the node hold up the others, nor a photo what is captured meanwhile", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    for (let at = 0; at < 60; at++) await phone.say("team.check_in", { state: "on-site" });
    await raid(phone, 2, 1, 1);
    world.node.gap = world.node.files[0]?.id ?? "";
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "waits", left: 60 });
    expect(world.node.of("person.meet")).toHaveLength(2);
    expect(world.node.chunks.size).toBe(3);
    world.node.gap = "";
    await phone.seize([{ values: EXHIBIT, seal: "", photos: [photo(300_000)] }]);
    const cut = world.node.cut;
    let captured: Promise<unknown> | null = null;
    world.node.cut = (at) => {
      if (world.node.chunks.size === 4 && at === "after") captured ??= phone.danger("They come back");
    };
    expect(await phone.handOver()).toMatchObject({ outcome: "all", left: 0 });
    expect(captured).not.toBeNull();
    await captured;
    expect(world.node.chunksAt.at(-1) ?? 0, "before the last chunk").toBe(world.node.entries.length);
    world.node.cut = cut;
  });

  it("tells a node whose key is another one, and loses nothing", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const other = new World();
    const moved = Object.assign(machine, { send: other.node.send });
    expect(moved.send).toBe(other.node.send);
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "refused", left: 2 });
    expect(report.problem).toContain("another key");
  });

  it("takes newer recipient keys for what is met next, and tells an app of another version", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    world.node.appVersion = "0.2.0";
    await phone.meet({ values: PERSON });
    await phone.handOver();
    expect(phone.status.update).toBe(true);
    expect(machine.store.tables.get("meta")?.get("phone")).toMatchObject({ recipients: [{ made: 1 }, { made: 1 }] });
  });

  it("opens and hands over with 5,000 entries held", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.say("team.check_in", { state: "on-site" });
    const [, first] = [...(machine.store.tables.get("outbox") ?? [])][0] ?? [];
    for (let row = 2; row <= 5000; row++) {
      machine.store.tables.get("outbox")?.set(String(row).padStart(12, "0"), { ...(first as object), entry: hex(bigEndian(row, 32)), state: "refused" });
    }
    await phone.close();
    const began = performance.now();
    const again = await world.restarted(machine);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(again.status.refused).toBe(4999);
    expect(await again.handOver()).toMatchObject({ delivered: 1 });
  });
});

describe("what waits for a signature", () => {
  it("holds back what follows it in its log, and nothing else", async () => {
    const world = new World();
    const ledger = new Ledger(world.machine());
    const row = (entry: string, file: string, state: "unsent" | "unsigned") => {
      return { entry, file, kind: "case", rank: 3, at: 1, size: 1, state, why: "", chunks: [] };
    };
    const rows = [row("a", "x", "unsent"), row("b", "x", "unsigned"), row("c", "x", "unsent"), row("d", "y", "unsent")];
    for (const [at, each] of rows.entries()) ledger.outbox.set(`00${at}`, each);
    expect(inOrder(ledger).map((each) => each.entry)).toEqual(["a", "d"]);
  });

  it("is signed at the next contact where the store was full at unlocking", async () => {
    const world = new World();
    const { machine } = await world.enrolled();
    const disk = world.machine(machine.store.copy(), machine.parts);
    const phone = await world.open(disk);
    await phone.meet({ values: PERSON });
    disk.store.before = (changes) => {
      if (changes.some((change) => change.table === "bodies")) throw new Error("the disk is broken");
    };
    expect((await refusal(phone.unlock(PASSPHRASE))).code).toBe("storage");
    disk.store.before = () => undefined;
    expect(await phone.handOver()).toMatchObject({ outcome: "all", delivered: 2 });
  });
});

describe("a file that another phone carries", () => {
  it("holds everything, photos too; the carrier reads nothing of it, and the node knows it afterwards", async () => {
    const world = new World();
    const first = await world.enrolled(0);
    const second = await world.enrolled(1);
    await raid(first.phone, 30, 4, 1);
    const { content, entries } = await first.phone.bundle();
    expect(entries).toBe(first.phone.status.unsent.entries);
    expect(new TextDecoder().decode(content.slice(0, 24))).toBe("libertad field bundle 1\n");
    const read = await second.phone.readBundle(content);
    expect(read).toMatchObject({ again: 0 });
    expect(await second.phone.readBundle(content)).toMatchObject({ again: read.parcels });
    expect(second.phone.status.carried).toBe(read.parcels);
    await second.phone.handOver();
    expect(second.phone.status.carried).toBe(0);
    expect(world.node.entries).toHaveLength(entries);
    const report = await first.phone.handOver();
    expect(report).toMatchObject({ outcome: "all", delivered: entries });
    expect(world.node.entries, "and nothing came twice").toHaveLength(entries);
  });

  it("is refused where it is another file, is cut off, or holds something else; one of another node holds up nothing", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const { content } = await phone.bundle();
    const carrier = await world.enrolled(1);
    for (const bad of [utf8("%PDF-1.4"), content.slice(0, -5), concat(content.slice(0, 24), bigEndian(3, 4), utf8("abc"))]) {
      expect((await refusal(carrier.phone.readBundle(bad))).code).toBe("foreign-bundle");
    }
    expect(carrier.phone.status.carried).toBe(0);
    const other = await new World().enrolled();
    await other.phone.meet({ values: PERSON });
    await carrier.phone.readBundle((await other.phone.bundle()).content);
    await carrier.phone.readBundle(content);
    await carrier.phone.handOver();
    expect(world.node.entries).toHaveLength(2);
    expect(carrier.phone.status.carried).toBe(0);
    expect((await refusal(carrier.phone.bundle())).code).toBe("values");
  });
});
