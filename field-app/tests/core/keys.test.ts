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

describe("the lease", () => {
  it("ends: what can be read goes for good, and capturing goes on", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const part = machine.parts.held.get("lease");
    world.time += 12 * HOUR;
    await phone.meet({ values: PERSON });
    expect([phone.task(), await phone.records(), phone.status.readUntil]).toEqual([null, [], null]);
    expect(machine.parts.held.get("lease")).not.toEqual(part);
    expect(machine.store.tables.get("records")?.size).toBe(0);
    expect([...(machine.store.tables.get("meta")?.keys() ?? [])].filter((key) => /^(lease|session)/.test(key))).toEqual([]);
    world.time -= 11 * HOUR;
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    expect(await again.records(), "not by a clock that is set back").toEqual([]);
    expect(await again.handOver()).toMatchObject({ outcome: "all", delivered: 4 });
    expect(again.status.readUntil, "contact renews it").toBeGreaterThan(world.time);
    await again.meet({ values: PERSON });
    expect((await again.records()).length).toBe(1);
  });

  it("ends where the clock is set back, and is not opened by what was copied before", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    const copied = machine.store.copy();
    world.time -= HOUR;
    await phone.say("team.check_in", { state: "on-site" });
    expect(phone.status.readUntil).toBeNull();
    const thief = await world.open(new MemoryMachine(world.node.send, () => world.time + HOUR, copied, machine.parts));
    await thief.unlock(PASSPHRASE);
    expect(await thief.records(), "the part is overwritten").toEqual([]);
  });

  it("is not made longer by reading only, and setting the clock back between two starts", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.meet({ values: PERSON });
    world.time += 11 * HOUR;
    expect((await phone.records()).length).toBe(1);
    world.time -= 10.9 * HOUR;
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    expect(await again.records()).toEqual([]);
    expect(again.status.readUntil).toBeNull();
  });

  it("ends for the reader although its file cannot be overwritten yet, and capturing goes on", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const { overwrite } = machine.parts;
    machine.parts.overwrite = () => Promise.reject(new Error("no worker"));
    world.time += 13 * HOUR;
    expect((await phone.meet({ values: PERSON })).signed).toBe(true);
    expect([phone.task(), await phone.records()]).toEqual([null, []]);
    await expect(phone.unlock(PASSPHRASE)).rejects.toThrow("no worker");
    expect([phone.task(), await phone.records()]).toEqual([null, []]);
    machine.parts.overwrite = overwrite.bind(machine.parts);
    await phone.unlock(PASSPHRASE);
    expect(phone.status.readUntil).toBeNull();
  });

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
