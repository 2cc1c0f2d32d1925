/** The app ends anywhere: what was acknowledged is there and arrives once, what was not is there whole or not at all. */

import { describe, expect, it } from "vitest";
import type { MemoryMachine } from "../../src/core/memory.ts";
import type { Phone } from "../../src/core/phone.ts";
import type { Saved } from "../../src/core/types.ts";
import { EXHIBIT, PASSPHRASE, PERSON, refusal, World } from "./world.ts";

class Killed extends Error {}

/** Whatever is asked of disk or network from the n-th time on fails, as after a kill: before it is done, or after. */
function killAt(world: World, machine: MemoryMachine, steps: number, when: "before" | "after"): void {
  let step = 0;
  const die = (at: "before" | "after") => {
    if (at === "before") step++;
    if (step > steps || (step === steps && at === when)) throw new Killed(`at ${steps}`);
  };
  machine.store.before = () => {
    die("before");
  };
  machine.store.after = () => {
    die("after");
  };
  world.node.cut = die;
}

async function scenario(phone: Phone, saved: Saved[]): Promise<void> {
  saved.push(await phone.meet({ values: PERSON, danger: "He waits" }));
  const content = new Uint8Array(70_000).fill(5);
  const photos = [{ content, media: "image/jpeg" as const, name: "a.jpg" }];
  saved.push(...(await phone.seize([{ values: EXHIBIT, seal: "SVG 1", photos }, { values: EXHIBIT, seal: "SVG 2" }])));
  await phone.handOver();
  saved.push(await phone.say("team.check_in", { state: "on-site" }));
  phone.lock();
  saved.push(await phone.meet({ values: PERSON }));
  await phone.unlock(PASSPHRASE);
  await phone.handOver();
}

describe("a kill", () => {
  it.each(["before", "after"] as const)("%s any write or answer loses nothing that was acknowledged, and doubles nothing", async (when) => {
    let ended = 0;
    // After a step the disk is as before the next one: that is asked of some, that it is so.
    for (let steps = 1; ; steps += when === "before" ? 1 : 5) {
      const world = new World();
      const { phone, machine } = await world.enrolled();
      const saved: Saved[] = [];
      killAt(world, machine, steps, when);
      const whole = await scenario(phone, saved).then(() => true, () => false);
      const alive = (await refusal(phone.say("team.check_in", { state: "silent" })).catch(() => null)) === null;
      if (whole && alive) break;
      ended++;
      world.node.cut = () => undefined;
      const disk = machine.store.copy();
      const again = await world.open(world.machine(disk, machine.parts));
      await again.unlock(PASSPHRASE);
      const next = await again.meet({ values: PERSON });
      const numbers = saved.map((each) => each.reference).filter((reference) => reference.startsWith("P-"));
      expect(numbers.includes(next.reference), "no number is given twice").toBe(false);
      const report = await again.handOver();
      expect(report, `${when} step ${steps}`).toMatchObject({ outcome: "all", left: 0, refused: 0 });
      const there = world.node.entries.map((entry) => entry.hash);
      expect(new Set(there).size).toBe(there.length);
      for (const each of [...saved, next]) expect(there, `${when} step ${steps}`).toContain(each.entry);
      // Whole or not at all: each person's file has its meeting, each seal its exhibit, each photo its chunks.
      expect(world.node.of("compartment.open")).toHaveLength(world.node.of("person.meet").length);
      expect(world.node.of("exhibit.seal")).toHaveLength(world.node.of("exhibit.seize").length);
      expect(world.node.chunks.size).toBe(world.node.of("attachment.add").length * 3);
      expect(again.status.unsent).toMatchObject({ entries: 0, photos: 0 });
      expect(disk.tables.get("chunks")?.size).toBe(0);
    }
    expect(ended).toBeGreaterThan(when === "before" ? 12 : 3);
  });
});

describe("a storage that is full", () => {
  it("is told in words, nothing is half-written, and later all goes on", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.seize([{ values: EXHIBIT, seal: "" }]);
    phone.beginVisit();
    const before = machine.store.copy();
    machine.store.full = true;
    for (let attempt = 0; attempt < 2; attempt++) {
      expect((await refusal(phone.seize([{ values: EXHIBIT, seal: "SVG 3" }]))).code).toBe("quota");
      expect((await refusal(phone.meet({ values: PERSON }))).code).toBe("quota");
    }
    expect(machine.store.tables).toEqual(before.tables);
    machine.store.full = false;
    expect((await phone.seize([{ values: EXHIBIT, seal: "SVG 3" }]))[0]?.reference).toBe("GY-K7-0002");
    expect((await phone.meet({ values: PERSON })).reference).toBe("P-GY-K7-001");
    expect((await phone.records()).length).toBe(4);
    expect((await phone.handOver()).outcome, "under keys that were stored").toBe("all");
  });

  it("warns before it is full, and where it may be emptied by the browser", async () => {
    const world = new World();
    const machine = world.machine();
    machine.space = { persisted: false, installed: false, quota: 20_000_000, used: 1_000_000 };
    const { phone } = await world.enrolled(0, machine);
    expect(phone.status.storage).toMatchObject({ low: true, persisted: false, installed: false });
  });
});
