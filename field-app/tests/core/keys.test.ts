/** Enrolment, locking, the lease's end and destroying, as the whole phone does them. */

import { describe, expect, it } from "vitest";
import { hex } from "../../src/codec/bytes.ts";
import { Phone } from "../../src/core/phone.ts";
import { MemoryMachine } from "../../src/core/memory.ts";
import { HOUR } from "./node.ts";
import { EXHIBIT, PASSPHRASE, PERSON, QUICK, refusal, World } from "./world.ts";

function base64url(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

describe("enrolling", () => {
  it("takes a scanned code or a typed one, however it is written, and says what is none", async () => {
    const world = new World();
    const phone = await world.open(world.machine());
    const token = world.node.code();
    const groups = token.toLowerCase().replace(/(.{5})/g, "$1-").slice(0, -1);
    expect(phone.readCode(` ${groups} `)).toEqual({ token, node: null });
    const scanned = `LFE1:${token}:${base64url(world.node.public)}`;
    expect(phone.readCode(scanned)).toEqual({ token, node: hex(world.node.public) });
    expect((await refusal(() => phone.readCode("LFQ1:AAAAAA:1/2:XY"))).code).toBe("wrong-qr");
    expect((await refusal(() => phone.readCode(token.slice(1)))).code).toBe("wrong-code");
    expect(await phone.invitation(phone.readCode(scanned), hex(world.node.public))).toMatchObject({ officer: { name: "Officer 0" } });
    expect((await phone.drawPassphrase("es")).split(" ")).toHaveLength(6);
  });

  it("is gone on with where it was cut, with the same keys and the same code", async () => {
    for (const cut of ["before", "after"] as const) {
      const world = new World();
      const machine = world.machine();
      const phone = await world.open(machine);
      const code = phone.readCode(world.node.code());
      let asks = 0;
      world.node.cut = (at, path) => {
        if (path.includes("enrol") && at === cut && ++asks === 2) throw new Error("cut");
      };
      expect((await refusal(phone.enrol(code, hex(world.node.public), PASSPHRASE))).code).toBe("no-network");
      const again = await world.restarted(machine);
      expect(again.status.enrolled).toBe(false);
      expect((await refusal(again.enrol(code, hex(world.node.public), "another one"))).code).toBe("wrong-passphrase");
      await again.enrol(code, hex(world.node.public), PASSPHRASE);
      expect(world.node.devices.size).toBe(1);
      await again.meet({ values: PERSON });
      expect((await again.handOver()).outcome).toBe("all");
    }
  });

  it("refuses a code that was used, another node's key, and a browser that cannot overwrite", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    const used = world.node.code();
    const second = await world.open(world.machine());
    await second.enrol(second.readCode(used), hex(world.node.public), PASSPHRASE);
    const third = await world.open(world.machine());
    expect((await refusal(third.enrol(third.readCode(used), hex(world.node.public), PASSPHRASE))).code).toBe("unknown-code");
    const other = new World();
    const fresh = world.node.code();
    expect((await refusal(third.enrol(third.readCode(fresh), hex(other.node.public), PASSPHRASE))).code).toBe("bad-message");
    expect((await refusal(phone.enrol(phone.readCode(fresh), hex(world.node.public), PASSPHRASE))).code).toBe("already-enrolled");
    const unfit = Object.assign(new MemoryMachine(world.node.send, world.now), { unfit: "no such storage" });
    const none = await Phone.open(unfit, { cost: QUICK, manual: true });
    expect((await refusal(none.enrol(none.readCode(fresh), hex(world.node.public), PASSPHRASE))).code).toBe("no-opfs");
  });
});

describe("a grant", () => {
  it("is believed where it is this device's, of this node, with keys that are theirs", async () => {
    const lies: ((grant: Record<string, Record<string, unknown>>) => Record<string, unknown>)[] = [
      (grant) => ({ ...grant, device: { ...grant["device"], public: "ab".repeat(32) } }),
      (grant) => ({ ...grant, v: 2 }),
      (grant) => ({ ...grant, files: [{ id: "short", kind: "case", number: 0, is: "case" }] }),
      (grant) => ({ ...grant, recipients: [{ authority: "a1".repeat(16), key_id: "00".repeat(16), public: "00".repeat(1216), made: 1 }] }),
    ];
    for (const lie of [...lies, (grant: Record<string, unknown>) => ({ ...grant, node: { public: "cd".repeat(32), words: [] } })]) {
      const world = new World();
      const phone = await world.open(world.machine());
      const code = phone.readCode(world.node.code());
      world.node.lie = (answer) => ("lease" in answer ? lie(answer as never) : answer);
      const why = await refusal(phone.enrol(code, hex(world.node.public), PASSPHRASE));
      expect(["bad-message", "node-changed"]).toContain(why.code);
      expect(phone.status.enrolled).toBe(false);
      world.node.lie = (answer) => answer;
      await phone.enrol(code, hex(world.node.public), PASSPHRASE);
    }
  });
});

describe("locking", () => {
  it("closes what can be read at once, and captures on, signed", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.meet({ values: PERSON });
    phone.lock();
    expect([phone.task(), await phone.records(), phone.status.locked, phone.status.canSign]).toEqual([null, [], true, true]);
    const met = await phone.meet({ values: PERSON });
    expect(met.signed).toBe(true);
    expect((await phone.handOver()).delivered).toBe(4);
    await phone.unlock(PASSPHRASE);
    expect((await phone.records()).map((record) => record.reference)).toEqual(["P-GY-K7-002", "P-GY-K7-001"]);
    expect(phone.task()?.team?.name).toBe("Team Zarzamora");
  });

  it("after a restart captures without a signature, which is added in order at unlocking", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.say("team.check_in", { state: "on-site" });
    await phone.close();
    const again = await world.restarted(machine);
    expect(again.status).toMatchObject({ locked: true, canSign: false, enrolled: true });
    expect((await again.meet({ values: PERSON })).signed).toBe(false);
    await again.say("team.check_in", { state: "returned" });
    await again.danger("They shoot");
    expect(again.status.unsigned).toBe(4);
    const report = await again.handOver();
    expect(report, "what was signed goes").toMatchObject({ outcome: "all", delivered: 1, left: 0 });
    expect(report.problem).toContain("unlock");
    await again.unlock(PASSPHRASE);
    expect(again.status.unsigned).toBe(0);
    expect(await again.handOver()).toMatchObject({ outcome: "all", delivered: 4 });
    const states = world.node.of("team.check_in").map((entry) => entry.body["statements"] as [string, string, unknown][]);
    expect(states.map((each) => each.find(([field]) => field === "state")?.[2])).toEqual(["on-site", "returned", "on-the-way"]);
    expect((await again.records()).length, "and is read").toBe(4);
  });

  it("counts wrong passphrases, and the tenth destroys the keys; what was captured is delivered", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const again = await world.restarted(machine);
    const wait = [];
    for (let tried = 0; tried < 10; tried++) {
      const wrong = await refusal(again.unlock("wrong"));
      wait.push(wrong.wait);
      world.time += wrong.wait;
    }
    expect(wait[3]).toBeGreaterThan(0);
    expect(again.status).toMatchObject({ destroyed: true, readUntil: null });
    expect((await refusal(again.unlock(PASSPHRASE))).code).toBe("destroyed");
    expect((await refusal(again.meet({ values: PERSON }))).code).toBe("destroyed");
    expect(await again.handOver()).toMatchObject({ outcome: "all", delivered: 2 });
  });
});

async function seized() {
  const world = new World();
  const { phone, machine } = await world.enrolled();
  await phone.handOver();
  const [saved] = await phone.seize([{ values: EXHIBIT, seal: "SVG 1" }]);
  const met = await phone.meet({ values: PERSON });
  return { world, phone, machine, exhibit: saved?.subject ?? "", met };
}

describe("reading", () => {
  it("of the task ends after twelve hours, and what this officer recorded stays", async () => {
    const { world, phone, machine, met } = await seized();
    const [lease, own] = [machine.parts.held.get("lease"), machine.parts.held.get("own")];
    world.pass(12 * HOUR);
    await phone.say("person.state", { note: "She is thirsty" }, { subject: met.subject });
    expect([phone.task(), phone.status.readUntil]).toEqual([null, null]);
    expect(machine.parts.held.get("lease")).not.toEqual(lease);
    expect(machine.parts.held.get("own"), "one key's end touches no other").toEqual(own);
    expect(machine.store.tables.get("meta")?.has("lease")).toBe(false);
    const again = await world.restarted(machine);
    expect(await again.records(), "not without the passphrase").toEqual([]);
    await again.unlock(PASSPHRASE);
    expect(again.task()).toBeNull();
    const named = (await again.records()).find((record) => record.verb === "person.meet");
    expect(named).toMatchObject({ slip: false, values: PERSON });
    expect(await again.handOver()).toMatchObject({ outcome: "all" });
    expect(again.task()?.team?.name, "contact opens the task again").toBe("Team Zarzamora");
  });

  it("of own records ends beyond the lease once the node has signed for them: reference, kind and seal stay", async () => {
    const { world, phone, machine, exhibit, met } = await seized();
    world.pass(11 * HOUR);
    world.node.lie = (answer) => ("lease" in answer ? { v: 2 } : answer);
    await phone.handOver();
    expect((await phone.records()).every(({ slip }) => !slip), "the lease runs").toBe(true);
    const late = await phone.meet({ values: PERSON });
    world.pass(2 * HOUR);
    await phone.say("team.check_in", { state: "on-site" });
    const records = await phone.records();
    expect(records.find((record) => record.entry === late.entry)).toMatchObject({ slip: false, values: PERSON });
    const slips = records.filter(({ slip }) => slip);
    expect(slips.map(({ subject, reference, values }) => ({ subject, reference, values }))).toEqual([
      { subject: met.subject, reference: "P-GY-K7-001", values: {} },
      { subject: exhibit, reference: "", values: { number: "SVG 1" } },
      { subject: exhibit, reference: "GY-K7-0001", values: { kind: "mobile-phone" } },
    ]);
    await phone.handOver();
    expect((await phone.records()).find((record) => record.entry === late.entry)).toMatchObject({ slip: true });
    expect(machine.store.tables.get("records")?.size).toBe(0);
  });

  it("of own records ends after 72 hours: reference, kind and seal stay, and what comes next is read again", async () => {
    const { world, phone, machine, exhibit, met } = await seized();
    const own = machine.parts.held.get("own");
    const copied = machine.store.copy();
    world.pass(72 * HOUR);
    await phone.say("team.check_in", { state: "on-site" });
    const records = await phone.records();
    expect(records.filter(({ slip }) => slip).map(({ subject }) => subject)).toEqual([met.subject, exhibit, exhibit]);
    expect(records.map(({ verb, slip }) => [verb, slip])[0]).toEqual(["team.check_in", false]);
    expect(machine.parts.held.get("own")).not.toEqual(own);
    const thief = await world.open(new MemoryMachine(world.node.send, () => world.time - 71 * HOUR, copied, machine.parts));
    await thief.unlock(PASSPHRASE);
    expect((await thief.records()).every(({ slip }) => slip), "nor by what was copied before: the part is overwritten").toBe(true);
    expect(JSON.stringify(await thief.records())).not.toContain("cracked");
  });

  it("is ended whole by withdrawal and by the tenth wrong passphrase, at once", async () => {
    for (const end of ["withdrawn", "tenth"] as const) {
      const { world, machine } = await seized();
      const parts = new Map(machine.parts.held);
      const again = await world.restarted(machine);
      if (end === "withdrawn") {
        await again.unlock(PASSPHRASE);
        await again.keepDraft("open:meet", { name: "half" });
        world.node.ended = "the phone was reported lost";
        await again.handOver();
      } else {
        for (let tried = 0; tried < 10; tried++) world.time += (await refusal(again.unlock("wrong"))).wait;
      }
      expect(again.status).toMatchObject({ destroyed: true, readUntil: null, ownUntil: null });
      expect([await again.records(), await again.holdings(), again.colleagues(), again.unfinished()]).toEqual([[], [], [], []]);
      for (const [name, part] of parts) expect(machine.parts.held.get(name), name).not.toEqual(part);
    }
  });

  it("of the task ends for the reader although its file cannot be overwritten yet, and capturing goes on", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const { overwrite } = machine.parts;
    machine.parts.overwrite = () => Promise.reject(new Error("no worker"));
    world.time += 73 * HOUR;
    expect((await phone.meet({ values: PERSON })).signed).toBe(true);
    expect([phone.task(), (await phone.records()).filter(({ slip }) => !slip)]).toEqual([null, []]);
    await expect(phone.unlock(PASSPHRASE)).rejects.toThrow("no worker");
    expect(phone.task()).toBeNull();
    machine.parts.overwrite = overwrite.bind(machine.parts);
    await phone.unlock(PASSPHRASE);
    expect(phone.status.readUntil).toBeNull();
  });
});

describe("the time that counts", () => {
  it("is the monotonic clock's while the app runs: a clock set back ends nothing and gives nothing", async () => {
    const { world, phone } = await seized();
    world.time -= 24 * HOUR;
    await phone.say("team.check_in", { state: "on-site" });
    expect(phone.task()?.team?.name).toBe("Team Zarzamora");
    expect((await phone.records()).every(({ slip }) => !slip)).toBe(true);
    expect(phone.status.clockBack, "and the officer is told").toBe(24 * HOUR);
    for (let hour = 0; hour < 12; hour++) {
      expect(phone.task(), `hour ${hour}`).not.toBeNull();
      world.time -= HOUR;
      world.ran += HOUR;
    }
    expect(phone.task()).toBeNull();
  });

  it("does not stand still while the phone sleeps", async () => {
    const { world, phone } = await seized();
    world.time += 12 * HOUR;
    expect(phone.task()).toBeNull();
  });

  it("never falls across a restart, and a clock before the last noted moment costs a quarter of an hour a start", async () => {
    const { world, phone, machine } = await seized();
    world.pass(11 * HOUR);
    expect((await phone.records()).length).toBeGreaterThan(0);
    await phone.close();
    world.time -= 10.9 * HOUR;
    let disk = machine;
    for (let start = 1; start < 4; start++) {
      disk = world.machine(disk.store.copy(), disk.parts);
      const again = await world.open(disk);
      expect((again.status.readUntil ?? 0) - world.time).toBe(HOUR - (start * HOUR) / 4);
      expect(again.status.clockBack).toBe(10.9 * HOUR);
      await again.unlock(PASSPHRASE);
      expect(again.task()?.team?.name).toBe("Team Zarzamora");
      await again.close();
    }
    const last = await world.restarted(disk);
    await last.unlock(PASSPHRASE);
    expect([last.task(), last.status.readUntil]).toEqual([null, null]);
    expect((await last.records()).every(({ slip }) => !slip), "own records stay").toBe(true);
    await last.handOver();
    expect([last.status.clockBack, last.task()?.team?.name], "contact sets it right").toEqual([0, "Team Zarzamora"]);
  });

  it("counts a clock that is set right again once", async () => {
    const { world, phone, machine } = await seized();
    await phone.close();
    world.time -= 40 * 365 * 24 * HOUR; // a battery that was empty
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    world.time += 40 * 365 * 24 * HOUR + HOUR;
    await again.say("team.check_in", { state: "on-site" });
    expect((again.status.readUntil ?? 0) - world.time).toBe(12 * HOUR - HOUR / 4 - HOUR);
  });
});

describe("the lease", () => {
  it("goes on at contact, and what was written under it stays readable", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    await phone.meet({ values: PERSON });
    world.time += 11 * HOUR;
    await phone.handOver();
    world.time += 11 * HOUR;
    expect((await phone.records()).length).toBe(1);
  });

  it("ends with access: lease, copy and keys go, and what was captured is delivered", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.handOver();
    world.node.ended = "the phone was reported lost";
    await phone.handOver();
    expect(phone.status).toMatchObject({ destroyed: true, ended: "the phone was reported lost", canSign: false });
    const again = await world.restarted(machine);
    expect((await refusal(again.unlock(PASSPHRASE))).code).toBe("destroyed");
  });
});

describe("destroying", () => {
  it("leaves captures deliverable, and another enrolment possible once they are delivered", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.seize([{ values: EXHIBIT, seal: "SVG 1" }]);
    await phone.destroy();
    expect(phone.status).toMatchObject({ destroyed: true, locked: true, canSign: false, captureUntil: null });
    const again = await world.restarted(machine);
    const enrol = () => again.enrol(again.readCode(world.node.code(1)), hex(world.node.public), "other words");
    expect((await refusal(enrol())).code).toBe("already-enrolled");
    expect((await again.handOver()).outcome).toBe("all");
    await enrol();
    const [saved] = await again.seize([{ values: EXHIBIT, seal: "SVG 1" }]);
    expect(saved?.reference).toBe("GY-K8-0001");
    expect((await again.handOver()).outcome).toBe("all");
  });

  it("keeps what nobody can sign any more, and says so", async () => {
    const world = new World();
    const { machine } = await world.enrolled();
    const again = await world.restarted(machine);
    await again.meet({ values: PERSON });
    await again.destroy();
    expect(again.status).toMatchObject({ refused: 2, unsigned: 0 });
    expect((await again.undelivered())[0]?.why).toContain("before it could be signed");
  });
});

describe("two tabs", () => {
  it("do not both write: the second says so, and goes on when the first ends", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const second = await world.open(machine, false);
    expect(second.status).toMatchObject({ otherTab: true, enrolled: true });
    expect((await refusal(second.meet({ values: PERSON }))).code).toBe("other-tab");
    expect((await second.handOver()).outcome).toBe("otherTab");
    await phone.meet({ values: PERSON });
    await phone.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(second.status).toMatchObject({ otherTab: false });
    await second.unlock(PASSPHRASE);
    expect((await second.meet({ values: PERSON })).reference).toBe("P-GY-K7-002");
    await second.close();
  });
});
