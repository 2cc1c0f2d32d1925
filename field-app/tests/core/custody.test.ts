/** Custody between two phones by codes, without a network. */

import { describe, expect, it } from "vitest";
import { concat, hex, random } from "../../src/codec/bytes.ts";
import { deviceId } from "../../src/codec/header.ts";
import { signerOf } from "../../src/codec/signing.ts";
import { signedAnswer } from "../../src/core/custody.ts";
import { Collector, toFrames } from "../../src/core/frames.ts";
import type { Phone } from "../../src/core/phone.ts";
import type { Done, Offer } from "../../src/core/types.ts";
import { HOUR, valuesOf } from "./node.ts";
import { EXHIBIT, PASSPHRASE, refusal, World } from "./world.ts";

const OFFICERS = ["00", "01", "02"].map((pair) => pair.repeat(16));

async function scan(phone: Phone, frames: readonly string[]): Promise<Done> {
  for (const frame of frames) {
    const { done } = await phone.takeFrame(frame);
    if (done !== null) return done;
  }
  throw new Error("not whole");
}

function contentOf(frames: readonly string[]): Uint8Array<ArrayBuffer> {
  const collector = new Collector();
  for (const frame of frames) {
    const { whole } = collector.take(frame);
    if (whole !== null) return whole.content;
  }
  throw new Error("not whole");
}

async function offered(world = new World()) {
  const first = await world.enrolled(0);
  const second = await world.enrolled(1);
  // The first phone's task names the second once it was renewed.
  await first.phone.handOver();
  world.node.cut = () => {
    throw new Error("no network");
  };
  const saved = await first.phone.seize([{ values: EXHIBIT, seal: "SVG 1" }, { values: EXHIBIT, seal: "SVG 2" }]);
  const exhibits = saved.map((each, at) => ({ exhibit: each.subject, sealRead: `SVG ${at + 1}` }));
  const offer = await first.phone.offer(exhibits, OFFICERS[1] ?? "");
  return { world, first, second, saved, offer };
}

function accepting(offer: Offer, sealRead = (seal: string) => seal) {
  return offer.items.map((item) => ({ exhibit: item.exhibit, sealRead: sealRead(item.seal), sealState: "intact", accepted: true }));
}

describe("custody between two phones", () => {
  it("is offered, compared in four words, accepted and answered; the node has both signatures", async () => {
    const { world, first, second, saved, offer } = await offered();
    const done = await scan(second.phone, offer.frames);
    if (done.kind !== "offer") throw new Error("no offer");
    expect(done.offer).toMatchObject({ known: true, from: { name: "Officer 0" }, words: offer.words, answered: false });
    expect(done.offer.words).toHaveLength(4);
    expect(done.offer.items.map((item) => [item.reference, item.seal])).toEqual([["GY-K7-0001", "SVG 1"], ["GY-K7-0002", "SVG 2"]]);
    const [taken, left] = accepting(offer);
    if (taken === undefined || left === undefined) throw new Error("two items");
    const answer = await second.phone.accept(done.offer.id, [taken, { ...left, accepted: false }]);
    const read = await scan(first.phone, answer.frames);
    if (read.kind !== "custodyAnswer") throw new Error("no answer");
    expect(read.answer).toMatchObject({ offer: offer.id, known: true, words: answer.words });
    expect(read.answer.items.map((item) => item.accepted)).toEqual([true, false]);
    expect(await first.phone.readAnswer(offer.id)).toEqual(read.answer);
    expect((await first.phone.offers())[0]).toMatchObject({ state: "answered" });
    world.node.cut = () => undefined;
    await second.phone.handOver();
    await first.phone.handOver();
    const accepted = world.node.of("custody.accept");
    const offers = world.node.of("custody.offer");
    expect(valuesOf(accepted[0])).toMatchObject({ offer: offers[0]?.hash, seal_read: "SVG 1" });
    expect(accepted[0]?.body).toMatchObject({ subject: saved[0]?.subject, after: [] });
    expect(accepted).toHaveLength(1);
    const gone = first.phone.offer([{ exhibit: saved[0]?.subject ?? "", sealRead: "" }], OFFICERS[2] ?? "");
    expect((await refusal(gone)).code).toBe("answered");
    const onwards = await second.phone.offer([{ exhibit: saved[0]?.subject ?? "", sealRead: "SVG 1" }], OFFICERS[2] ?? "");
    expect(onwards.items[0]?.reference, "who has it offers it on").toBe("GY-K7-0001");
  });

  it("is refused for oneself, for another officer, and for bytes that the phone did not sign", async () => {
    const { world, first, second, offer } = await offered();
    expect((await refusal(scan(first.phone, offer.frames))).code).toBe("own-offer");
    world.node.cut = () => undefined;
    const third = await world.enrolled(2);
    expect((await refusal(scan(third.phone, offer.frames))).code).toBe("other-officer");
    const content = contentOf(offer.frames);
    const forged = new TextDecoder().decode(content.slice(64)).replace("SVG 2", "SVG 9");
    const frames = toFrames("offer", concat(content.slice(0, 64), new TextEncoder().encode(forged))).frames;
    expect((await refusal(scan(second.phone, frames))).code).toBe("wrong-qr");
  });

  it("is answered once: the codes are shown again, another answer is refused on both sides", async () => {
    const { first, second, offer } = await offered();
    await scan(second.phone, offer.frames);
    const items = accepting(offer);
    const answer = await second.phone.accept(offer.id, items);
    expect((await refusal(second.phone.accept(offer.id, items))).code).toBe("answered");
    expect((await second.phone.accept(offer.id, [])).frames).toEqual(answer.frames);
    expect(await scan(second.phone, offer.frames)).toMatchObject({ offer: { answered: true } });
    await scan(first.phone, answer.frames);
    expect(await scan(first.phone, answer.frames), "the same answer again").toMatchObject({ kind: "custodyAnswer" });
    const thief = await first.phone.offers();
    expect(thief[0]?.answer?.items).toHaveLength(2);
    const accepts = [...second.machine.store.tables.get("outbox")?.values() ?? []];
    expect(accepts).toHaveLength(2);
  });

  it("is not answered by another officer, nor for an offer that this phone did not make", async () => {
    const world = new World();
    const { first, second, offer } = await offered(world);
    await scan(second.phone, offer.frames);
    const answer = await second.phone.accept(offer.id, accepting(offer));
    world.node.cut = () => undefined;
    const third = await world.enrolled(2);
    expect((await refusal(scan(third.phone, answer.frames))).code).toBe("unknown-offer");
    expect((await refusal(first.phone.readAnswer(offer.id))).code).toBe("unknown-offer");
    expect((await refusal(third.phone.readOffer(offer.id))).code).toBe("unknown-offer");
  });

  it("believes the officer's own answer alone, and the first of them", async () => {
    const { first, second, offer } = await offered();
    const signer = await signerOf(random(32));
    const device = { device: hex(deviceId(signer.publicKey)), public: hex(signer.publicKey) };
    const items = offer.items.map(({ exhibit }) => ({ exhibit, accepted: false, sealRead: "", sealState: "", entry: "" }));
    const said = (officer: string) => ({ v: 1 as const, offer: offer.id, language: "en" as const, from: { officer, ...device }, items });
    const frames = async (officer: string) => toFrames("custodyAnswer", await signedAnswer(said(officer), signer)).frames;
    expect((await refusal(scan(first.phone, await frames(OFFICERS[2] ?? "")))).code).toBe("other-officer");
    expect((await refusal(scan(first.phone, await frames(OFFICERS[1] ?? "")))).message).toContain("another phone");
    await scan(second.phone, offer.frames);
    const answer = await second.phone.accept(offer.id, accepting(offer));
    expect(await scan(first.phone, answer.frames)).toMatchObject({ answer: { known: true } });
    // No phone of this officer is known to the first: whoever answers is told as unknown, and counts once.
    const third = await first.phone.offer([{ exhibit: offer.items[0]?.exhibit ?? "", sealRead: "" }], OFFICERS[2] ?? "").catch(() => null);
    expect(third, "it was handed over").toBeNull();
    const [saved] = await first.phone.seize([{ values: EXHIBIT, seal: "" }]);
    const open = await first.phone.offer([{ exhibit: saved?.subject ?? "", sealRead: "" }], OFFICERS[2] ?? "");
    const unknown = async (accepted: boolean, exhibit = saved?.subject ?? "") => {
      const item = { exhibit, accepted, sealRead: "", sealState: "intact", entry: accepted ? "ab".repeat(32) : "" };
      const whole = { ...said(OFFICERS[2] ?? ""), offer: open.id, items: [item] };
      return toFrames("custodyAnswer", await signedAnswer(whole, signer)).frames;
    };
    expect((await refusal(scan(first.phone, await unknown(true, "ee".repeat(16))))).code).toBe("wrong-qr");
    expect(await scan(first.phone, await unknown(true))).toMatchObject({ answer: { known: false } });
    expect((await refusal(scan(first.phone, await unknown(false)))).code).toBe("answered");
  });

  it("tells a seal's number that was used on this phone for something else, and an item that was left out", async () => {
    const { second, offer } = await offered();
    await second.phone.seize([{ values: EXHIBIT, seal: "SVG-1" }]);
    await scan(second.phone, offer.frames);
    expect((await refusal(second.phone.accept(offer.id, accepting(offer)))).code).toBe("seal-used");
    expect((await refusal(second.phone.accept(offer.id, accepting(offer).slice(1)))).code).toBe("values");
    expect(second.phone.status.unsent.entries, "nothing of it is half-written").toBe(2);
    const answer = await second.phone.accept(offer.id, accepting(offer, () => ""));
    expect(answer.entries).toBe(2);
  });

  it("outlives a restart", async () => {
    const { world, first, offer } = await offered();
    const again = await world.restarted(first.machine);
    expect(await again.offers()).toEqual([]);
    await again.unlock(PASSPHRASE);
    expect(await again.offers()).toMatchObject([{ id: offer.id, frames: offer.frames, to: { name: "Officer 1" } }]);
  });

  it.each([13, 73])("goes on after %d hours without a network: offered, accepted, witnessed, answered, and handed on", async (hours) => {
    const { world, first, second, offer } = await offered();
    world.pass(hours * HOUR);
    const phones = await Promise.all([first, second].map(({ machine }) => world.restarted(machine)));
    const [giver, taker] = phones as [Phone, Phone];
    for (const phone of phones) await phone.unlock(PASSPHRASE);
    expect(giver.task()).toBeNull();
    expect(await giver.offers(), "an open offer is shown again").toMatchObject([{ frames: offer.frames, to: { name: "Officer 1" } }]);
    const kinds = [{ reference: "GY-K7-0002", kind: "mobile-phone", seal: "SVG 2" }, { reference: "GY-K7-0001", kind: "mobile-phone", seal: "SVG 1" }];
    expect(await giver.holdings()).toMatchObject(kinds);
    const things = (await giver.holdings()).map(({ exhibit, seal }) => ({ exhibit, sealRead: seal }));
    const late = await giver.offer(things, giver.colleagues().find(({ name }) => name === "Officer 1")?.id ?? "");
    const done = await scan(taker, late.frames);
    expect(done, "by a phone that it knows").toMatchObject({ kind: "offer", offer: { known: true, items: kinds } });
    const answer = await taker.accept(late.id, accepting(late));
    expect(await scan(giver, answer.frames)).toMatchObject({ kind: "custodyAnswer", answer: { known: true } });
    const seen = { taking: late.items[0]?.exhibit ?? "", agrees: "yes" };
    expect((await taker.say("custody.witness", seen, { subject: late.items[0]?.exhibit ?? "" })).signed).toBe(true);
    expect(await giver.holdings()).toEqual([]);
    expect(await taker.holdings(), "who has it hands it on").toHaveLength(2);
    const on = await taker.offer([{ exhibit: things[0]?.exhibit ?? "", sealRead: "SVG 2" }], OFFICERS[2] ?? "");
    expect(on.items).toMatchObject([kinds[0]]);
  });

  it("tells of a thing its reference, kind and seal, and nothing else", async () => {
    const { offer } = await offered();
    expect(new TextDecoder().decode(contentOf(offer.frames).slice(64))).not.toContain("cracked");
  });

  it("needs the keys of this phone, and a colleague whom the task names", async () => {
    const { first, offer } = await offered();
    const exhibits = [{ exhibit: offer.items[0]?.exhibit ?? "", sealRead: "" }];
    expect((await refusal(first.phone.offer(exhibits, "ff".repeat(16)))).code).toBe("values");
    expect((await refusal(first.phone.offer([{ exhibit: "ee".repeat(16), sealRead: "" }], OFFICERS[1] ?? ""))).code).toBe("values");
    first.phone.lock();
    expect((await refusal(first.phone.offer(exhibits, OFFICERS[1] ?? ""))).code).toBe("locked");
  });
});
