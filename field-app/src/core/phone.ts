/** The real `Field`: keys, capture, delivery and custody behind one interface, and the status they make. */

import { bytes, hex, random } from "../codec/bytes.ts";
import { drawPassphrase } from "../keys/passphrase.ts";
import type { Cost } from "../keys/vault.ts";
import type { Values } from "../forms/forms.ts";
import { Capture } from "./capture.ts";
import { ReadableCopy } from "./copy.ts";
import { Courier } from "./courier.ts";
import { Drafts } from "./drafts.ts";
import type { Field } from "./field.ts";
import { Collector } from "./frames.ts";
import { Keeper, readCode } from "./keeper.ts";
import { Ledger } from "./ledger.ts";
import { APP, Link, notOurs } from "./link.ts";
import type { Machine, Room } from "./machine.ts";
import type { PlainRecord } from "./rows.ts";
import { statusOf, UNREADY } from "./status.ts";
import { Trade } from "./trade.ts";
import { Refusal } from "./types.ts";
import type {
  Acceptance,
  Delivery,
  Done,
  EnrolmentCode,
  HandOverReport,
  HandingOver,
  Language,
  Meeting,
  OwnRecord,
  Saved,
  SayOptions,
  Seizure,
  Status,
  Taken,
  Undelivered,
} from "./types.ts";
import { wordList } from "./words.ts";

export interface PhoneOptions {
  readonly language?: Language;
  /** For tests alone: Argon2id's cost. */
  readonly cost?: Cost;
  /** Without triggers of its own: a script asks for each hand-over. */
  readonly manual?: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Before the next attempt, after so many that failed in a row. */
const WAITS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];
const HEED = MINUTE;
const SOON = 2 * SECOND;

export class Phone implements Field {
  status: Status = UNREADY;
  private readonly listeners = new Set<(status: Status) => void>();
  private readonly ledger: Ledger;
  private readonly link: Link;
  private readonly copy: ReadableCopy;
  private readonly keeper: Keeper;
  private readonly capture: Capture;
  private readonly drafts: Drafts;
  private readonly courier: Courier;
  private readonly trade: Trade;
  private readonly collector = new Collector();
  private readonly language: Language;
  private room: Room = { persisted: false, installed: false, quota: 0, used: 0 };
  private handing: HandingOver | null = null;
  private problem = "";
  private failures = 0;
  private nextAttempt: number | null = null;
  private alone = false;
  private ended = false;
  private readonly givenUp: (() => void)[] = [];
  private stopAttempt: () => void = () => undefined;
  private stopSoon: () => void = () => undefined;

  private constructor(
    private readonly machine: Machine,
    private readonly options: PhoneOptions,
  ) {
    this.language = options.language ?? "en";
    this.ledger = new Ledger(machine);
    this.link = new Link(machine);
    this.copy = new ReadableCopy(this.ledger, (use) => this.keeper.reading(use));
    this.keeper = new Keeper(this.ledger, this.link, () => this.copy, options.cost);
    this.drafts = new Drafts(this.ledger, () => this.keeper.reading("own"));
    this.capture = new Capture(this.ledger, this.copy, this.keeper);
    this.trade = new Trade(this.ledger, this.capture, this.copy, this.keeper);
    this.courier = new Courier(this.ledger, this.link, {
      tell: (state) => {
        this.handing = state;
        this.changed();
      },
      contact: () => this.keeper.renew(),
    });
  }

  static async open(machine: Machine, options: PhoneOptions = {}): Promise<Phone> {
    const phone = new Phone(machine, options);
    await phone.begin();
    return phone;
  }

  private async begin(): Promise<void> {
    await this.ledger.load();
    await this.keeper.recall();
    await new Promise<void>((resolve) => {
      let waited = false;
      const waits = () => {
        waited = true;
        resolve();
      };
      const got = async () => {
        // What another tab wrote until now.
        if (waited) await this.ledger.load();
        this.alone = true;
        await this.keeper.heed().catch(() => undefined);
        resolve();
        this.changed();
        this.attempt();
      };
      this.givenUp.push(this.machine.hold("writer", () => void got(), waits));
    });
    await this.measure();
    this.givenUp.push(this.machine.onReturn(() => { this.attempt(); }));
    this.heedLater();
    this.changed();
  }

  private heedLater(): void {
    if (this.options.manual === true) return;
    this.givenUp.push(
      this.machine.later(HEED, () => {
        if (this.ended) return;
        const heed = this.alone ? this.keeper.note() : Promise.resolve();
        void heed.catch(() => undefined).then(() => this.measure()).then(() => { this.changed(); });
        this.heedLater();
      }),
    );
  }

  private async measure(): Promise<void> {
    this.room = await this.machine.room().catch(() => this.room);
  }

  private changed(): void {
    const { ledger, keeper, room, handing, problem, nextAttempt } = this;
    this.status = statusOf({ ledger, keeper, room, handing, problem, nextAttempt, alone: this.alone, app: APP });
    for (const listener of this.listeners) listener(this.status);
  }

  subscribe(listener: (status: Status) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.ended = true;
    this.stopAttempt();
    this.stopSoon();
    for (const giveUp of this.givenUp) giveUp();
    this.keeper.lock();
    this.capture.drop();
    await this.ledger.alone(() => Promise.resolve());
    this.machine.store.close();
  }

  /** Whatever writes goes through here: one tab alone, and the lease heeded before. */
  private async writing<T>(work: () => Promise<T>): Promise<T> {
    if (!this.alone) throw new Refusal("other-tab", "this app is open in another tab or window: go on there, or close it");
    // What can be read is forgotten whatever fails here; the file is overwritten by a later act.
    await this.keeper.heed().catch(() => undefined);
    try {
      return await work();
    } finally {
      this.changed();
    }
  }

  // -- enrolment and keys --------------------------------------------------------------

  readCode = readCode;
  node = () =>
    this.link.node().catch((why: unknown) => {
      throw notOurs(why);
    });
  drawPassphrase = async (language = this.language) => drawPassphrase(await wordList(language));
  invitation = (code: EnrolmentCode, node: string) => this.keeper.invitation(code, node);
  enrol = (code: EnrolmentCode, node: string, passphrase: string) =>
    this.writing(() => this.keeper.enrol(code, node, passphrase));
  unlock = async (passphrase: string) => {
    await this.writing(async () => {
      await this.keeper.unlock(passphrase);
      await this.drafts.load();
    });
    this.attempt();
  };
  lock(): void {
    this.keeper.lock();
    this.capture.drop();
    this.changed();
  }
  destroy = () =>
    this.writing(async () => {
      this.capture.drop();
      await this.keeper.destroy("");
    });

  // -- reading -------------------------------------------------------------------------

  task() {
    const until = this.ledger.phone?.lease?.until ?? 0;
    return until > this.ledger.counting.tick().counted ? this.keeper.task : null;
  }

  async records(): Promise<readonly OwnRecord[]> {
    if (this.alone) await this.keeper.note().catch(() => undefined);
    const delivery = this.deliveries();
    const shown = ({ entry, verb, subject, reference, values, at, corrects, photos }: PlainRecord, slip: boolean): OwnRecord => {
      const { state, why } = delivery.get(entry) ?? { state: "delivered" as const, why: "" };
      return { entry, verb, subject, reference, values, at, corrects, photos, delivery: state, why, slip };
    };
    const whole = await this.copy.records();
    const slips = [...(await this.copy.slips()).values()].filter(({ entry }) => !whole.has(entry));
    const all = [...whole.values(), ...slips].sort((left, right) => right.row - left.row);
    return all.map((record) => shown(record, !whole.has(record.entry)));
  }

  private deliveries(): Map<string, { state: Delivery; why: string }> {
    const found = new Map<string, { state: Delivery; why: string }>();
    for (const { entry, why } of this.ledger.told.values()) found.set(entry, { state: "held", why });
    for (const { entry, state, why } of this.ledger.outbox.values()) {
      if (state !== "photo") found.set(entry, { state, why });
    }
    return found;
  }

  undelivered(): Promise<readonly Undelivered[]> {
    const waiting = [...this.ledger.outbox.values()].map(({ entry, kind, at, size, state, why }): Undelivered => {
      return { entry, kind, at, bytes: size, delivery: state === "photo" ? "unsent" : state, why };
    });
    const held = [...this.ledger.told.values()].map(({ entry, kind, at, size, delivery, why }) => {
      return { entry, kind, at, bytes: size, delivery, why };
    });
    return Promise.resolve([...waiting, ...held].sort((left, right) => left.at - right.at));
  }

  // -- capture -------------------------------------------------------------------------

  newForm = () => hex(random(16));
  beginVisit = () => this.capture.beginVisit();
  say = (verb: string, values: Values, options: SayOptions = {}) =>
    this.saved(() => this.capture.say(verb, values, options));
  meet = (meeting: Meeting, options: SayOptions = {}) => this.saved(() => this.capture.meet(meeting, options));
  seize = (items: readonly Seizure[], options: SayOptions = {}) =>
    this.saved(() => this.capture.seize(items, options));
  danger(words: string, person?: string, options: SayOptions = {}): Promise<Saved> {
    if (person !== undefined) {
      return this.urgent(() =>
        this.capture.say("person.danger", { words }, { ...options, subject: person }).catch((why: unknown) => {
          // Her file is closed on this phone: it is said without it, rather than not.
          if (!(why instanceof Refusal) || (why.code !== "locked" && why.code !== "lease-ended")) throw why;
          return this.capture.danger(words, this.language, options);
        }),
      );
    }
    return this.urgent(() => this.capture.danger(words, this.language, options));
  }

  /** At once, whatever was tried before. */
  private async urgent<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.writing(work);
    this.attempt();
    return result;
  }

  async correct(entry: string, values: Values, options: SayOptions = {}): Promise<Saved> {
    const records = await this.copy.records();
    const earlier = records.get(entry);
    if (earlier === undefined) throw this.keeper.closed("to correct it; or it is corrected at your desk");
    return this.saved(() => this.capture.correct(this.correctionOf(earlier.verb), earlier, values, options));
  }
  correctionOf = (verb: string) => (verb === "person.meet" ? "person.meeting" : verb);

  private async saved<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.writing(work);
    this.soon();
    return result;
  }

  /** Once nothing more was saved for a moment. While attempts fail, their own waits hold. */
  private soon(): void {
    if (this.failures > 0) return;
    this.stopSoon();
    this.stopSoon = this.machine.later(SOON, () => {
      void this.measure().then(() => {
        this.attempt();
      });
    });
  }

  // -- drafts --------------------------------------------------------------------------

  unfinished = () => this.drafts.all();
  async keepDraft(name: string, content: unknown): Promise<boolean> {
    return this.alone && (await this.drafts.keep(name, content).catch(() => false));
  }
  async dropDraft(name: string): Promise<void> {
    if (this.alone) await this.drafts.drop(name);
  }

  // -- handing over --------------------------------------------------------------------

  async handOver(): Promise<HandOverReport> {
    if (!this.alone) {
      return { outcome: "otherTab", delivered: 0, held: 0, refused: 0, left: this.status.unsent.entries, problem: "" };
    }
    await this.keeper.signWaiting();
    const report = await this.courier.handOver();
    const failed = report.outcome === "cut" || report.outcome === "waits" || report.outcome === "refused";
    this.failures = failed ? this.failures + 1 : 0;
    this.problem = report.problem;
    this.stopAttempt();
    this.nextAttempt = null;
    const { failures } = this;
    if (failures > 0 && !this.ended && this.options.manual !== true) {
      const wait = Math.max(this.courier.wait, WAITS[Math.min(failures, WAITS.length) - 1] ?? MINUTE);
      this.nextAttempt = this.machine.now() + wait;
      this.stopAttempt = this.machine.later(wait, () => { this.attempt(); });
    }
    await this.measure();
    this.changed();
    return report;
  }

  /** By itself: what goes wrong stands in the status. */
  private attempt(): void {
    if (this.options.manual === true || this.ended || !this.alone || this.ledger.phone === null) return;
    void this.handOver().catch((why: unknown) => {
      this.problem = why instanceof Error ? why.message : String(why);
      this.changed();
    });
  }

  frames = (next = false) => this.writing(() => this.courier.frames(next));
  bundle = () => this.writing(() => this.courier.bundle());
  readBundle = (content: Uint8Array) => this.saved(() => this.courier.readBundle(bytes(content)));
  answerFrames = () => this.courier.answerFrames();
  dropFrames(): void {
    this.collector.drop();
  }
  async takeFrame(text: string): Promise<Taken> {
    const { whole, ...state } = this.collector.take(text);
    if (whole === null) return { ...state, done: null };
    const { kind, content } = whole;
    const done = await this.writing(async (): Promise<Done> => {
      if (kind === "offer") return { kind, offer: await this.trade.takeOffer(content) };
      if (kind === "custodyAnswer") return { kind, answer: await this.trade.takeAnswer(content) };
      return this.courier.taken(kind, content);
    });
    if (kind === "parcel") this.attempt();
    return { ...state, done };
  }

  // -- custody -------------------------------------------------------------------------

  offer = (
    exhibits: readonly { readonly exhibit: string; readonly sealRead: string }[],
    to: string,
    options: SayOptions = {},
  ) => this.saved(() => this.trade.offer(exhibits, to, this.language, options));
  offers = () => this.trade.offers();
  holdings = () => this.trade.holdings();
  colleagues = () => this.keeper.circle?.officers ?? [];
  readOffer = (id: string) => this.trade.readOffer(id);
  accept = (offer: string, items: readonly Acceptance[], options: SayOptions = {}) =>
    this.saved(() => this.trade.accept(offer, items, options));
  readAnswer = (offer: string) => this.trade.readAnswer(offer);
}
