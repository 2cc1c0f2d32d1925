/** The screens with the fake core: for tests and pictures, in no app that a node serves. `?state=…#screen`. */

import type { Status } from "../core/field.ts";
import { fakeField } from "../core/fake.ts";
import { begin } from "./begin.tsx";

declare global {
  interface Window {
    field: ReturnType<typeof fakeField>;
    /** What a camera would have read. */
    show(name: string): void;
  }
}
const HOUR = 3_600_000;
const asked = new URLSearchParams(location.search);
const state = asked.get("state") ?? "open";
const now = Date.now();

const STATES: Readonly<Record<string, Partial<Status>>> = {
  locked: { locked: true, tries: { wrong: 2, waitUntil: null } },
  restarted: { locked: true, canSign: false, unsigned: 3 },
  ended: { ended: "Revoked by Guyana Police Force on 9 April.", destroyed: true, locked: true, canSign: false, readUntil: null, captureUntil: null },
  destroyed: { destroyed: true, locked: true, canSign: false, readUntil: null, captureUntil: null },
  "other-tab": { otherTab: true },
  full: { storage: { persisted: false, installed: false, quota: 60_000_000, used: 52_000_000, low: true } },
  "lease-over": { readUntil: null, ownUntil: now + 55 * HOUR, captureUntil: now + 55 * HOUR },
  "clock-back": { clockBack: 26 * HOUR },
  "locked-back": { locked: true, clockBack: 26 * HOUR },
  opening: { ready: false },
};

const field = fakeField({ enrolled: state !== "new" });
window.field = field;

async function populate(): Promise<void> {
  const at = { source: "saw" };
  await field.say("headcount.record", { men: 2, women: 3, children: 1 }, at);
  await field.say("room.measure", { label: "Bunk house", length_m: 6, width_m: 4, sleeping: 9 }, at);
  await field.seize([{ values: { kind: "cash", description: "Cash, three kinds of note", where_found: "Office" }, seal: "GY-118465" }]);
}

window.show = (name) => {
  if (name === "read-offer") {
    const frames = field.readOffer("offer");
    field.takeFrame = async () => ({ set: "7K2M9P", have: 12, of: 12, missing: [], done: { kind: "offer", offer: await frames } });
    const input = document.querySelector<HTMLInputElement>("input[type=file]");
    const given = new DataTransfer();
    given.items.add(new File(["LFQ1:7K2M9P:1/12:O"], "offer.txt"));
    if (input !== null) input.files = given.files;
    input?.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

if (state !== "new") await populate();
if (state === "offering") {
  const seized = (await field.records()).filter((record) => record.verb === "exhibit.seize");
  const items = seized.map((record) => ({ exhibit: record.subject, sealRead: String(record.values["seal"] ?? "GY-118461") }));
  await field.offer(items, field.task()?.officers[1]?.id ?? "");
}
field.set(STATES[state] ?? {});
const language = asked.get("language") ?? "en";
const screen = location.hash.slice(1);
localStorage.setItem("daybook-language", language);
await begin(field, false, screen === "" ? undefined : { screen });
