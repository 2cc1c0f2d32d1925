/** What is captured is stored whole, once, and so that the node opens it. */

import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../../src/codec/bytes.ts";
import { HOUR, valuesOf } from "./node.ts";
import { EXHIBIT, PASSPHRASE, PERSON, refusal, World } from "./world.ts";

describe("a person who is met", () => {
  it("has a file and a key of her own, which the node opens", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    const met = await phone.meet({ values: PERSON, danger: "He waits outside" }, { photos: [], source: "said" });
    expect(met.reference).toBe("P-GY-K7-001");
    expect(phone.status.unsent.entries).toBe(3);
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "all", delivered: 3, left: 0 });
    expect(world.node.entries.map((entry) => entry.body["verb"])).toEqual(["compartment.open", "person.meet", "person.danger"]);
    expect(valuesOf(world.node.of("person.meet")[0])).toMatchObject({ reference: "P-GY-K7-001", country: "GY", language: "spa" });
    expect(world.node.of("person.meet")[0]?.body).toMatchObject({ provenance: "generated", after: [] });
    expect(world.node.of("person.meet")[0]?.body["source"]).toBe("said");
    expect(world.node.of("person.danger")[0]?.body["source"] ?? "saw").toBe("saw");
    const second = await phone.meet({ values: PERSON });
    await phone.handOver();
    expect(second.reference).toBe("P-GY-K7-002");
    expect(new Set(world.node.entries.map((entry) => entry.compartment)).size).toBe(2);
  });

  it("is gone on with while the phone can read its record, and not longer", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    const met = await phone.meet({ values: PERSON });
    await phone.danger("She bleeds", met.subject);
    const taken = { kind: "passport", taken_by: "employer", state: "missing" };
    const property = await phone.say("property.taken", taken, { person: met.subject });
    expect(property.subject).not.toBe(met.subject);
    phone.lock();
    expect((await refusal(phone.say("person.state", { note: "x" }, { subject: met.subject }))).code).toBe("locked");
    expect((await phone.danger("again", met.subject)).verb, "said without her file").toBe("team.check_in");
    await phone.unlock(PASSPHRASE);
    await phone.danger("once more", met.subject);
    world.time += 13 * HOUR;
    await phone.say("person.state", { note: "beyond the lease, while it is only here" }, { subject: met.subject });
    world.time += 60 * HOUR;
    expect((await refusal(phone.say("person.state", { note: "x" }, { subject: met.subject }))).code).toBe("lease-ended");
    expect((await phone.danger("too late", met.subject)).verb).toBe("team.check_in");
    const other = await phone.meet({ values: PERSON });
    expect(other.signed).toBe(true);
    await phone.handOver();
    const [first, second] = world.node.of("person.danger").map((entry) => entry.compartment);
    expect(second).toBe(first);
    expect(valuesOf(world.node.of("property.taken")[0])).toMatchObject({ person: met.subject });
  });

  it("keeps the source of each word", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    const also = [{ verb: "person.state", values: { birth: { age_from: 16, age_to: 18, on: "2026-11-30" } }, source: "saw" }];
    await phone.meet({ values: PERSON, also }, { source: "said" });
    await phone.handOver();
    expect(world.node.entries.map((entry) => entry.body["source"] ?? "saw")).toEqual(["saw", "said", "saw"]);
  });
});

describe("the age as it looks", () => {
  it("holds for the day of the meeting by the operation's clock, not the phone's", async () => {
    const world = new World();
    world.node.shift = -8 * 365 * 24 * HOUR;
    const { phone } = await world.enrolled();
    const on = new Date(world.node.now()).toISOString().slice(0, 10);
    const also = [{ verb: "person.state", values: { birth: { age_from: 18, age_to: 120, on } }, source: "saw" }];
    await phone.meet({ values: PERSON, also });
    await phone.handOver();
    const [said] = world.node.of("person.state");
    const happened = said?.body["happened"] as { at: string } | undefined;
    expect(happened?.at.slice(0, 10)).not.toBe(on);
    expect(valuesOf(said)["birth"]).toMatchObject({ age_from: 18, on: happened?.at.slice(0, 10) });
  });
});

describe("danger to life", () => {
  it("is said where no team is known, and where there is no file at all, before everything else", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    expect((await phone.danger("They shoot")).verb).toBe("team.check_in");
    world.node.team = false;
    const teamless = await world.enrolled(1);
    await teamless.phone.meet({ values: PERSON });
    teamless.phone.lock();
    const lead = await teamless.phone.danger("They shoot");
    expect([lead.verb, lead.reference]).toEqual(["lead.report", "L-GY-K8-001"]);
    await teamless.phone.handOver();
    expect(world.node.entries[0]?.body["verb"]).toBe("lead.report");
    expect(valuesOf(world.node.entries[0])["summary"]).toBe("DANGER TO LIFE NOW: They shoot");
    world.node.files = [];
    const bare = await world.enrolled(2);
    expect((await bare.phone.danger("They shoot")).verb).toBe("person.meet");
    expect((await bare.phone.handOver()).outcome).toBe("all");
    expect(valuesOf(world.node.of("person.danger")[0])).toEqual({ words: "They shoot" });
    expect((await refusal(bare.phone.danger(" "))).code).toBe("values");
  });
});

describe("exhibits", () => {
  it("are seized several in a row, sealed, with photos, all or none", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const content = new Uint8Array(150_000).fill(7);
    const items = [
      { values: EXHIBIT, seal: "svg 118315", photos: [{ content, media: "image/jpeg" as const, name: "a.jpg" }] },
      { values: EXHIBIT, seal: "" },
    ];
    const saved = await phone.seize(items);
    expect(saved.map((each) => each.reference)).toEqual(["GY-K7-0001", "GY-K7-0002"]);
    expect(saved[0]?.hashes).toEqual([hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)))]);
    const before = machine.store.copy();
    const twice = [{ values: EXHIBIT, seal: "SVG-118316" }, { values: EXHIBIT, seal: "SVG118316" }];
    expect((await refusal(phone.seize(twice))).code).toBe("seal-used");
    expect((await refusal(phone.seize([{ values: EXHIBIT, seal: "SVG 118315" }]))).code).toBe("seal-used");
    expect(machine.store.tables.get("outbox")).toEqual(before.tables.get("outbox"));
    await phone.seize([{ values: EXHIBIT, seal: "SVG 118316" }]);
    expect(phone.status.unsent).toMatchObject({ photos: 1 });
    const report = await phone.handOver();
    expect(report).toMatchObject({ outcome: "all", left: 0 });
    expect(valuesOf(world.node.of("exhibit.seal")[0])).toMatchObject({ number: "SVG 118315" });
    const attached = valuesOf(world.node.of("attachment.add")[0]);
    expect(world.node.chunks.has(String(attached["digest"]))).toBe(true);
    expect(world.node.chunks.size).toBe(1 + Number(attached["chunks"]));
  });

  it("have several photos, each sealed as one is and there after a kill; a sixth is refused, and nothing is kept", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const photos = (count: number) => Array.from({ length: count }, (_, at) => ({ content: new Uint8Array(90_000).fill(at + 1), media: "image/jpeg" as const, name: `${at}.jpg` }));
    expect(await refusal(phone.seize([{ values: EXHIBIT, seal: "", photos: photos(6) }]))).toMatchObject({ code: "values", field: "photos" });
    expect(phone.status.unsent.entries).toBe(0);
    const [saved] = await phone.seize([{ values: EXHIBIT, seal: "SVG 118315", photos: photos(5) }]);
    expect(new Set(saved?.hashes).size).toBe(5);
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    expect((await again.records()).find((record) => record.subject === saved?.subject && record.verb === "exhibit.seize")?.photos).toBe(5);
    expect(again.status.unsent).toMatchObject({ entries: 7, photos: 5 });
    expect(await again.handOver()).toMatchObject({ outcome: "all", left: 0 });
    const attached = world.node.of("attachment.add").map(valuesOf);
    expect(attached.map((each) => [each["about"], each["name"]])).toEqual(photos(5).map(({ name }) => [saved?.subject, name]));
    for (const each of attached) expect(world.node.chunks.has(String(each["digest"]))).toBe(true);
    expect(world.node.chunks.size).toBe(5 * 3);
  });

  it("of one visit lie under one capture key, and those of the next under another", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    await phone.seize([{ values: EXHIBIT, seal: "" }]);
    await phone.seize([{ values: EXHIBIT, seal: "" }]);
    const wraps = () => (machine.store.tables.get("wraps")?.get(world.node.files[2]?.id ?? "") as { list: unknown[] }).list.length;
    expect(wraps()).toBe(1);
    phone.beginVisit();
    await phone.seize([{ values: EXHIBIT, seal: "" }]);
    expect(wraps()).toBe(2);
    expect((await phone.handOver()).outcome).toBe("all");
    expect(machine.store.tables.get("wraps")?.size).toBe(0);
  });
});

describe("a capture", () => {
  it("is refused in words and leaves nothing where a value is wrong or the verb is not allowed", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    expect(await refusal(phone.say("visit.record", {}))).toMatchObject({ code: "values", field: "outcome" });
    expect((await refusal(phone.say("exhibit.seal", { number: "1" }))).code).toBe("values");
    expect((await refusal(phone.say("person.meet", PERSON))).code).toBe("not-allowed");
    world.node.files = [];
    const bare = await world.enrolled(1);
    expect((await refusal(bare.phone.seize([{ values: EXHIBIT, seal: "" }]))).code).toBe("no-file");
    expect(bare.phone.status.unsent.entries).toBe(0);
  });

  it("of one form is one entry, however often it is saved", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const form = phone.newForm();
    const [first, second] = await Promise.all([0, 1].map(() => phone.meet({ values: PERSON }, { form })));
    expect(second).toEqual(first);
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    expect(await again.meet({ values: PERSON }, { form })).toEqual(first);
    expect(again.status.unsent.entries).toBe(2);
  });

  it("goes on with a clock that is set back: none of its entries is dated before the last", async () => {
    const world = new World();
    world.node.shift = -8 * 365 * 24 * HOUR;
    const { phone } = await world.enrolled();
    await phone.say("team.check_in", { state: "on-site" });
    world.time -= 24 * HOUR;
    await phone.say("team.check_in", { state: "returned" });
    expect(phone.status.clockBack, "and the officer is told").toBe(24 * HOUR);
    await phone.handOver();
    const [first, second] = world.node.of("team.check_in").map((entry) => entry.body);
    expect(Date.parse(String(second?.["clock"]))).toBe(Date.parse(String(first?.["clock"])) + 1);
    const at = (body: Record<string, unknown> | undefined) => Date.parse((body?.["happened"] as { at: string }).at);
    expect(at(second) - at(first)).toBe(-24 * HOUR);
    expect(String(first?.["clock"])).toMatch(/^2018-.*-04:00$/);
  });

  it("is corrected by a new entry that names what it takes the place of", async () => {
    const world = new World();
    const { phone } = await world.enrolled();
    const visit = await phone.say("visit.record", { outcome: "people-found", people: 40 });
    await phone.correct(visit.entry, { people: 41, reasons: "counted again" });
    await phone.correct(visit.entry, { people: 42, reasons: "and again" });
    const met = await phone.meet({ values: { ...PERSON, with_whom: "alone" } });
    await phone.correct(met.entry, { with_whom: "a child", reasons: "the child was asleep" });
    expect((await phone.records()).map((record) => record.corrects)).toEqual([met.entry, "", visit.entry, visit.entry, ""]);
    await phone.handOver();
    const statements = world.node.of("visit.record").map((entry) => entry.body["statements"] as [string, string, unknown, string[]][]);
    const people = statements.map((each) => each.find(([field]) => field === "people"));
    expect(people.map((each) => each?.[2])).toEqual([40, 41, 42]);
    expect(people[1]?.[3]).toEqual([visit.entry]);
    expect(people[2]?.[3]).toEqual([world.node.of("visit.record")[1]?.hash]);
    expect(world.node.of("person.meeting")).toHaveLength(1);
  });

  it("of a count that is made again is said whole, and names what it takes back", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const visit = phone.beginVisit();
    const first = await phone.say("headcount.record", { men: 10, women: 20 });
    const second = await phone.correct(first.entry, { men: 11, children: 2 });
    await phone.meet({ values: PERSON });
    const again = await world.restarted(machine);
    await again.unlock(PASSPHRASE);
    const recorded = await again.say("visit.record", { outcome: "people-found", people: 13 });
    expect([second.subject, recorded.subject]).toEqual([first.subject, visit]);
    await again.handOver();
    const [, counted] = world.node.of("headcount.record");
    const said = Object.fromEntries((counted?.body["statements"] as [string, string, unknown, string[]][]).map(([field, ...rest]) => [field, rest]));
    expect(said["men"]).toEqual(["assert", 11, [first.entry]]);
    expect(said["women"]).toEqual(["retract", null, [first.entry]]);
    expect(said["children"]).toEqual(["assert", 2, []]);
    for (const verb of ["headcount.record", "person.meet"]) expect(valuesOf(world.node.of(verb)[0])["visit"]).toBe(visit);
    expect(world.node.of("visit.record")[0]?.body).toMatchObject({ subject: visit });
  });

  it("leaves nothing of a person in the clear", async () => {
    const world = new World();
    const { phone, machine } = await world.enrolled();
    const met = await phone.meet({ values: PERSON, danger: "Zoraida sangra" });
    await phone.seize([{ values: { ...EXHIBIT, description: "Zafiro azul" }, seal: "SVG1", photos: [{ content: utf8("Zinnia".repeat(100)), media: "image/jpeg", name: "Zinnia.jpg" }] }]);
    await phone.offer([{ exhibit: (await phone.records())[1]?.subject ?? "", sealRead: "" }], "01".repeat(16));
    const found: string[] = [];
    const look = (value: unknown): string => {
      if (value instanceof Uint8Array) return `${hex(value)} ${String.fromCharCode(...value.slice(0, 100_000))}`;
      if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, part]) => `${name} ${look(part)}`).join(" ");
      return String(value);
    };
    for (const [name, rows] of machine.store.tables) {
      for (const [key, value] of rows) {
        const text = `${key} ${look(value)}`;
        for (const word of ["Zoraida", "Zafiro", "Zinnia", "Zarzamora", "Dos perros", "Mesa Zeta", "Officer 0", "river stone"]) {
          if (text.includes(word) || text.includes(hex(utf8(word)))) found.push(`${name}: ${word}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(met.reference).not.toBe("");
  });
});
