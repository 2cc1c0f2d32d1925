/** Handing over: to the node, by codes, by a file; and what this phone carries for another. */

import { bigEndian, bytes, concat, equal, fromHex, hex, Malformed, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { Reader } from "../codec/reader.ts";
import { applyAnswer, inOrder, MOST, packPhoto, packReports } from "./delivery.ts";
import type { Applied, Packed } from "./delivery.ts";
import { LARGEST_SET, toFrames } from "./frames.ts";
import { isCarried, put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { handOverRequest, isHandOver, notOurs, openAnswer, SMALLEST } from "./link.ts";
import type { Link, Request } from "./link.ts";
import type { Carried, SentSet } from "./rows.ts";
import { Refusal } from "./types.ts";
import type { Bundle, Done, FrameSet, HandOverReport, HandingOver, ReadBundle } from "./types.ts";

const BUNDLE = utf8("libertad field bundle 1\n");
const LENGTH = 4;
/** What a set adds to each parcel, and a little. */
const ADDED = LENGTH + SMALLEST + 16;
/** Where less is left in a set, no parcel is begun for it. */
const WORTH = 3000;
const MOST_SETS = 200;
/** Sets that were shown and can be asked for again as they were. */
const MOST_SHOWN = 8;
const MOST_ANSWERS = 50;

export interface Progress {
  tell(state: HandingOver | null): void;
  /** At contact, once the reports are there. */
  contact(): Promise<void>;
}

export class Courier {
  private running: Promise<HandOverReport> | null = null;

  constructor(
    private readonly ledger: Ledger,
    private readonly link: Link,
    private readonly progress: Progress,
  ) {}

  /** One at a time: whoever asks meanwhile gets the report of the one under way. */
  handOver(): Promise<HandOverReport> {
    this.running ??= this.deliver().finally(() => {
      this.running = null;
      this.progress.tell(null);
    });
    return this.running;
  }

  private async deliver(): Promise<HandOverReport> {
    const count = { delivered: 0, held: 0, refused: 0 };
    const report = (outcome: HandOverReport["outcome"], problem = ""): HandOverReport => ({
      outcome,
      ...count,
      left: this.waiting(),
      problem,
    });
    if (this.ledger.phone === null) return report("nothing");
    const began = this.waiting();
    let problem = "";
    // Entries and chunks that the node passed over: sent again by the next hand-over, and not by this one.
    const passed = new Set<string>();
    try {
      const reports = () => this.ledger.alone(() => packReports(this.ledger, passed));
      await this.stage(reports, count, passed);
      problem = await this.contact();
      await this.deliverCarried();
      // What is captured meanwhile goes before the next photo.
      const photos = async () => (await reports()) ?? (await this.ledger.alone(() => packPhoto(this.ledger, passed)));
      await this.stage(photos, count, passed);
      if (passed.size > 0) problem ||= "the node cannot use some of it yet; it waits on this phone, and nothing is lost";
    } catch (why) {
      if (!(why instanceof Refusal)) throw why;
      const outcome = why.code === "no-network" ? "cut" : why.code === "busy" ? "waits" : "refused";
      this.wait = why.wait;
      return report(outcome, why.code === "bad-message" ? await this.whyUnread(why) : why.message);
    }
    this.wait = 0;
    if ([...this.ledger.outbox.values()].some((row) => row.state === "unsigned")) {
      problem ||= "unlock the app: what was captured after it was closed waits for its signature";
    }
    return report(this.waiting() > 0 ? "waits" : began === 0 ? "nothing" : "all", problem);
  }

  /** A lease that is not renewed holds up no photo; what is wrong with it is told. */
  private async contact(): Promise<string> {
    try {
      await this.progress.contact();
      return "";
    } catch (why) {
      if (!(why instanceof Refusal) || why.code === "no-network" || why.code === "busy") throw why;
      return why.message;
    }
  }

  /** A node that was set up anew reads nothing that was sealed to the old one. */
  private async whyUnread(why: Refusal): Promise<string> {
    const found = await this.link.node().catch(() => null);
    if (found === null || found.public === this.ledger.enrolled().node) return why.message;
    return "the node has another key than the one that you compared; nothing is lost. Ask your desk before you go on";
  }

  private lastCarried = 0;
  /** Entries of the sets that were shown since the first. */
  private shown = new Set<string>();
  /** By their entries: what is asked for again by number is of the same set. */
  private readonly drawn = new Map<string, { set: string; frames: readonly string[] }>();

  /** What the node asked to wait (ms). */
  wait = 0;

  private waiting(): number {
    return [...this.ledger.outbox.values()].filter((row) => row.state === "unsent" || row.state === "photo").length;
  }

  private async stage(
    next: () => Promise<Packed | null>,
    count: { delivered: number; held: number; refused: number },
    passed: Set<string>,
  ): Promise<void> {
    let sent = 0;
    for (;;) {
      const packed = await next();
      if (packed === null) return;
      const part = packed.sent.entries.length > 0 ? "reports" : "photos";
      this.progress.tell({ sent, total: sent + this.left(part), part });
      const applied = await this.exchange(packed);
      count.delivered += applied.delivered;
      count.held += applied.held;
      count.refused += applied.refused;
      sent += packed.sent.entries.length + packed.sent.chunks.length - applied.left.length;
      for (const name of applied.left) passed.add(name);
      // With a chunk the rest of its photo: the node does not use its entry yet.
      for (const { chunks } of this.ledger.outbox.values()) {
        if (applied.left.some((name) => chunks.includes(name))) for (const name of chunks) passed.add(name);
      }
    }
  }

  private left(part: "reports" | "photos"): number {
    if (part === "reports") return [...this.ledger.outbox.values()].filter((row) => row.state === "unsent").length;
    return [...this.ledger.outbox.values()].reduce((sum, row) => sum + (row.state === "photo" ? row.chunks.length : 0), 0);
  }

  private async exchange(packed: Packed): Promise<Applied> {
    const request = this.requestOf(packed);
    const answer = await this.link.handOver(request.body);
    return this.ledger.alone(() => this.applied(request, packed.sent, answer));
  }

  private requestOf(packed: Packed): Request {
    return handOverRequest(this.ledger.enrolled().node, packed.bytes);
  }

  private async applied(request: { seed: Bytes; ask: Bytes }, sent: Packed["sent"], answer: Bytes): Promise<Applied> {
    try {
      const plain = openAnswer(request.seed, this.ledger.enrolled().node, request.ask, answer);
      return await applyAnswer(this.ledger, sent, plain);
    } catch (why) {
      throw notOurs(why);
    }
  }

  // -- by codes and by file ------------------------------------------------------------

  /** `next`: what no set since the first has; from the first again where each had its turn. */
  async frames(next = false): Promise<FrameSet> {
    if (!next) this.shown = new Set();
    let packs = await this.packSet(this.shown);
    if (packs.length === 0 && this.shown.size > 0) {
      this.shown = new Set();
      packs = await this.packSet(this.shown);
    }
    if (packs.length === 0) throw new Refusal("values", "nothing waits to be handed over");
    const named = entriesOf(packs);
    const drawn = await this.draw(packs, named.join(" "));
    for (const name of named) this.shown.add(name);
    const taken = new Set(this.shown);
    const left = inOrder(this.ledger).filter((row) => !taken.has(row.entry)).length;
    let sets = 0;
    for (let more = await this.packSet(taken); more.length > 0; more = await this.packSet(taken)) {
      sets++;
      for (const name of entriesOf(more)) taken.add(name);
    }
    return { ...drawn, entries: named.length, left, sets };
  }

  private async draw(packs: readonly Packed[], name: string): Promise<{ set: string; frames: readonly string[] }> {
    const before = this.drawn.get(name);
    if (before !== undefined) return before;
    const parts: Bytes[] = [];
    for (const packed of packs) parts.push(sized((await this.remembered(packed)).body));
    const drawn = toFrames("parcel", concat(...parts));
    if (this.drawn.size >= MOST_SHOWN) this.drawn.clear();
    this.drawn.set(name, drawn);
    return drawn;
  }

  /** As many parcels as fit in the codes of one set; none where nothing waits. */
  private async packSet(after: ReadonlySet<string>): Promise<readonly Packed[]> {
    const packs: Packed[] = [];
    const taken = new Set(after);
    let room = LARGEST_SET - 1;
    while (packs.length === 0 || room > WORTH) {
      const most = Math.min(MOST, room - ADDED);
      const packed = await this.ledger.alone(() => packReports(this.ledger, taken, most));
      if (packed === null || packed.bytes.length + ADDED > room) break;
      packs.push(packed);
      room -= packed.bytes.length + ADDED;
      for (const name of packed.sent.entries) taken.add(name);
    }
    return packs;
  }

  /** The seed of a parcel that goes by another way is kept, so that its answer opens when it comes back. */
  private async remembered(packed: Packed): Promise<Request> {
    const request = this.requestOf(packed);
    const row: SentSet = { seed: request.seed, ask: request.ask.slice(0, 24), at: this.ledger.machine.now(), parcel: packed.sent };
    const old = await this.ledger.store.all("sets");
    const oldest = [...old].sort(([, left], [, right]) => (left as SentSet).at - (right as SentSet).at);
    const surplus = oldest.slice(0, Math.max(0, old.length - MOST_SETS)).map(([key]) => remove("sets", key));
    await this.ledger.alone(() => this.ledger.commit([put("sets", nameOf(request.body), row), ...surplus]));
    return request;
  }

  async bundle(): Promise<Bundle> {
    const parts: Bytes[] = [BUNDLE];
    const taken = new Set<string>();
    let entries = 0;
    const add = async (packed: Packed) => {
      parts.push(sized((await this.remembered(packed)).body));
      for (const name of [...packed.sent.entries, ...packed.sent.chunks]) taken.add(name);
      entries += packed.sent.entries.length;
    };
    const next = async () =>
      (await this.ledger.alone(() => packReports(this.ledger, taken))) ??
      (await this.ledger.alone(() => packPhoto(this.ledger, taken)));
    for (let packed = await next(); packed !== null; packed = await next()) await add(packed);
    if (parts.length === 1) throw new Refusal("values", "nothing waits to be handed over");
    const day = new Date(this.ledger.machine.now()).toISOString().slice(0, 16).replace(/[-:T]/g, "");
    return { name: `field-${this.ledger.enrolled().code}-${day}.bin`, content: concat(...parts), entries };
  }

  async readBundle(content: Bytes): Promise<ReadBundle> {
    if (!equal(content.slice(0, BUNDLE.length), BUNDLE)) {
      throw new Refusal("foreign-bundle", "this file is no hand-over of this app");
    }
    const bodies = parcelsOf(content.slice(BUNDLE.length));
    if (bodies === null) {
      throw new Refusal("foreign-bundle", "this file was cut off, or holds something else than sealed parcels; nothing was taken from it. Have it sent again");
    }
    let again = 0;
    for (const body of bodies) if (await this.carry(body, "")) again++;
    return { parcels: bodies.length, bytes: bodies.reduce((sum, body) => sum + body.length, 0), again };
  }

  // -- for another phone ---------------------------------------------------------------

  async taken(kind: "parcel" | "answer", content: Bytes): Promise<Done> {
    if (kind === "parcel") {
      const bodies = parcelsOf(content);
      if (bodies === null) throw new Refusal("wrong-qr", "these codes hold no parcel");
      let again = true;
      for (const body of bodies) again = (await this.carry(body, nameOf(content))) && again;
      return { kind: "parcel", bytes: content.length, again };
    }
    return { kind: "answer", report: await this.readAnswer(content) };
  }

  /** Whether it was here already. A parcel of this phone's own is carried as any other: the node knows both. */
  private carry(body: Bytes, set: string): Promise<boolean> {
    return this.ledger.alone(async () => {
      this.ledger.enrolled();
      const name = nameOf(body);
      if ((await this.ledger.store.get("carried", name)) !== undefined) return true;
      this.lastCarried = Math.max(this.ledger.machine.now(), this.lastCarried + 1);
      const row: Carried = { body, set, at: this.lastCarried, answer: null, problem: "" };
      await this.ledger.commit([put("carried", name, row)]);
      this.ledger.carried++;
      return false;
    });
  }

  private async deliverCarried(): Promise<void> {
    const rows = (await this.ledger.store.all("carried")) as readonly (readonly [string, Carried])[];
    // As they came: a file's log may begin in one set and go on in the next, and a gap is not taken.
    const waiting = rows.filter(([, row]) => isCarried(row)).sort(([, left], [, right]) => left.at - right.at);
    for (const [at, [name, row]] of waiting.entries()) {
      this.progress.tell({ sent: at, total: waiting.length, part: "carried" });
      let after: Carried;
      try {
        after = { ...row, body: bytes([]), answer: await this.link.handOver(row.body) };
      } catch (why) {
        if (!(why instanceof Refusal) || why.code !== "bad-message") throw why;
        // Of another node, or made by nobody: it is not tried again, and holds up nothing else.
        after = { ...row, body: bytes([]), problem: why.message };
      }
      await this.ledger.alone(async () => {
        await this.ledger.commit([put("carried", name, after)]);
        this.ledger.carried--;
      });
    }
    const done = rows.filter(([, row]) => !isCarried(row));
    const old = [...done].sort(([, left], [, right]) => left.at - right.at).slice(0, Math.max(0, done.length - MOST_ANSWERS));
    if (old.length > 0) await this.ledger.alone(() => this.ledger.commit(old.map(([key]) => remove("carried", key))));
  }

  /** The answers to the set of codes that was answered last, each with its parcel's name, for its phone to scan. */
  async answerFrames(): Promise<FrameSet | null> {
    const rows = (await this.ledger.store.all("carried")) as readonly (readonly [string, Carried])[];
    const answered = rows.filter(([, row]) => row.answer !== null).sort(([, left], [, right]) => right.at - left.at);
    const newest = answered[0];
    if (newest === undefined) return null;
    const of = newest[1].set === "" ? [newest] : answered.filter(([, row]) => row.set === newest[1].set);
    const content = concat(...of.map(([name, row]) => sized(concat(fromHex(name), row.answer ?? bytes([])))));
    if (content.length > LARGEST_SET - 1) return null;
    return { ...toFrames("answer", content), entries: 0, left: 0, sets: 0 };
  }

  private async readAnswer(content: Bytes): Promise<HandOverReport> {
    const count = { delivered: 0, held: 0, refused: 0 };
    let known = false;
    for (const part of partsOf(content) ?? []) {
      const name = hex(part.slice(0, 32));
      const row = (await this.ledger.store.get("sets", name)) as SentSet | undefined;
      if (row === undefined) continue;
      known = true;
      const applied = await this.ledger.alone(async () => {
        const told = await this.applied(row, row.parcel, part.slice(32));
        await this.ledger.commit([remove("sets", name)]);
        return told;
      });
      count.delivered += applied.delivered;
      count.held += applied.held;
      count.refused += applied.refused;
    }
    if (!known) throw new Refusal("wrong-qr", "this answer is for a parcel of another phone");
    this.drawn.clear();
    const left = this.waiting();
    return { outcome: left === 0 ? "all" : "waits", ...count, left, problem: "" };
  }
}

function entriesOf(packs: readonly Packed[]): readonly string[] {
  return packs.flatMap((packed) => packed.sent.entries);
}

function sized(part: Bytes): Bytes {
  return concat(bigEndian(part.length, LENGTH), part);
}

/** Undo `sized` of several, one after the other; null where something is cut off, or there is none. */
function partsOf(content: Bytes): readonly Bytes[] | null {
  const parts: Bytes[] = [];
  try {
    const reader = new Reader(content, "parcels");
    while (!reader.done) parts.push(reader.take(reader.number(LENGTH)));
  } catch (why) {
    if (!(why instanceof Malformed)) throw why;
    return null;
  }
  return parts.length === 0 ? null : parts;
}

function parcelsOf(content: Bytes): readonly Bytes[] | null {
  const parts = partsOf(content);
  return parts?.every(isHandOver) === true ? parts : null;
}

function nameOf(body: Bytes): string {
  return hex(sha256(body));
}
