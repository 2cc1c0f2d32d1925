/** What is typed and not saved: sealed as it is typed, there again after a kill, erased with what it became. */

import { describe, expect, it } from "vitest";
import { HOUR } from "./node.ts";
import { PASSPHRASE, PERSON, World } from "./world.ts";

const NAME = "open:meet";

describe("a draft", () => {
  it("is there after a kill at any write, as it was typed last or one change before", async () => {
    const typed = ["Z", "Zo", "Zoraida", "Zoraida Núñez"].map((name) => ({ name }));
    for (const when of ["before", "after"] as const) {
      for (let steps = 1; steps <= typed.length; steps++) {
        const world = new World();
        const { phone, machine } = await world.enrolled();
        let step = 0;
        machine.store[when] = () => {
          if (++step >= steps) throw new Error("killed");
        };
        const kept = [];
        for (const value of typed) kept.push(await phone.keepDraft(NAME, value));
        expect(kept.filter(Boolean)).toHaveLength(steps - 1);
        const again = await world.restarted(machine);
        expect(again.unfinished(), "nothing while locked").toEqual([]);
        await again.unlock(PASSPHRASE);
        const last = when === "after" ? typed.at(-1) : typed[steps - 2];
        expect(again.unfinished()).toEqual(last === undefined ? [] : [{ name: NAME, content: last }]);
      }
    }
  });

  it("is erased with what it became: never both, never neither", async () => {
    for (const when of ["before", "after"] as const) {
      const world = new World();
      const { phone, machine } = await world.enrolled();
      await phone.keepDraft(NAME, PERSON);
      machine.store[when] = () => {
        throw new Error("killed");
      };
      await phone.meet({ values: PERSON }, { drafts: [NAME] }).catch(() => null);
      const again = await world.restarted(machine);
      await again.unlock(PASSPHRASE);
      const saved = again.status.unsent.entries > 0;
      expect([saved, again.unfinished().length]).toEqual(when === "after" ? [true, 0] : [false, 1]);
    }
  });

  it("is sealed: a copied store tells nothing of it, and a locked app does not read it", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.close();
    const disk = world.machine(machine.store.copy(), machine.parts);
    const again = await world.open(disk);
    expect(await again.keepDraft("locked:1:meet", { name: "Quetzalcoatl" }), "written while locked").toBe(true);
    expect(again.unfinished()).toEqual([]);
    const rows = [...(disk.store.tables.get("drafts")?.values() ?? [])].map((row) => new TextDecoder().decode(row as Uint8Array));
    expect([rows.length, rows.join("").includes("Quetzalcoatl")]).toEqual([1, false]);
    await again.unlock(PASSPHRASE);
    expect(again.unfinished()).toEqual([{ name: "locked:1:meet", content: { name: "Quetzalcoatl" } }]);
    again.lock();
    expect(again.unfinished()).toEqual([]);
  });

  it("has its photos, as they were taken", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const photos = [1, 2].map((n) => ({ content: new Uint8Array(400_000).fill(n), media: "image/jpeg", at: n, none: null }));
    expect(await phone.keepDraft(NAME, { photos, note: "two" })).toBe(true);
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    expect(again.unfinished()).toEqual([{ name: NAME, content: { photos, note: "two" } }]);
    const many = Array.from({ length: 20 }, () => new Uint8Array(1_000_000));
    expect(await again.keepDraft(NAME, { many }), "bounded").toBe(false);
  });

  it("is one a name, and bounded", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    for (let n = 0; n < 30; n++) await phone.keepDraft(NAME, { n });
    expect(machine.store.tables.get("drafts")?.size).toBe(1);
    expect(await phone.keepDraft(NAME, { long: "x".repeat(64_000) })).toBe(false);
    const kept = [];
    for (let n = 0; n < 30; n++) kept.push(await phone.keepDraft(`locked:${n}:meet`, {}));
    expect(kept.filter(Boolean)).toHaveLength(23);
    await phone.dropDraft("locked:0:meet");
    expect(machine.store.tables.get("drafts")?.size).toBe(23);
    machine.store.full = true;
    expect(await phone.keepDraft(NAME, {}), "a full storage stops nobody from typing").toBe(false);
  });

  it("ends with own records, and with the keys", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.keepDraft(NAME, PERSON);
    world.pass(73 * HOUR);
    await phone.say("team.check_in", { state: "on-site" });
    expect(machine.store.tables.get("drafts")?.size).toBe(0);
    expect(await phone.keepDraft(NAME, PERSON), "what is typed on is kept").toBe(true);
    await phone.destroy();
    expect(machine.store.tables.get("drafts")?.size).toBe(0);
    expect(await phone.keepDraft(NAME, PERSON)).toBe(false);
  });
});
