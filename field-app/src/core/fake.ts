/** A field in memory with generated people and things: for screens that are built, tested and photographed. */

import type { Values } from "../forms/forms.ts";
import { hex, random } from "../codec/bytes.ts";
import type { Field } from "./field.ts";
import { Refusal } from "./types.ts";
import type {
  Delivery,
  EnrolmentCode,
  FrameSet,
  HandOverReport,
  Holding,
  Invitation,
  Meeting,
  NodeInfo,
  Offer,
  OwnRecord,
  ReadAnswer,
  ReadOffer,
  Saved,
  SayOptions,
  Seizure,
  Status,
  Taken,
  Task,
  Undelivered,
  Unfinished,
} from "./types.ts";

const HOUR = 3_600_000;
const id = () => hex(random(16));
const name = () => hex(random(32));

const WORDS = ["river", "anchor", "velvet", "copper", "ladder", "orange", "timber", "garden"];
export const FAKE_PASSPHRASE = "river anchor velvet copper ladder orange";

export function fakeTask(now: number): Task {
  const country = "GY";
  const authority = { id: id(), name: "Guyana Police Force", kind: "police", country, zone: "America/Guyana" };
  const colleague = (officer: string) => ({ id: id(), name: officer, authority: authority.id, authority_name: authority.name });
  const officers = [colleague("Cpl. D. Ramsaroop"), colleague("Sgt. M. Adams")];
  return {
    authority,
    officer: { id: id(), name: "Insp. K. Persaud", role: "team-lead" },
    operation: { id: id(), name: "Generated exercise", generated: true },
    team: { id: id(), name: "Team Mazaruni 2", every_minutes: 60, state: "on-site", next_due: now + HOUR / 2 },
    site: {
      id: id(),
      name: "Camp above the third fall",
      kind: "mine",
      country,
      place: "East bank, above the landing",
      position: { lat: 6.41, lon: -60.28 },
      ways_in: ["By boat, landing on the east bank; the path is flooded until May."],
      notes: ["Two dogs at the kitchen. The pump house is locked from outside."],
    },
    window: { begins: now - 4 * HOUR, ends: now + 44 * HOUR },
    officers,
    phones: officers.map((each) => ({ device: id(), public: name(), officer: each.id, name: each.name })),
    country,
    dangerContact: "Duty desk, +592 226 0000 (generated)",
    verbs: ["person.meet", "person.danger", "exhibit.seize", "visit.record", "team.check_in"],
    clock: 0,
  };
}

export interface FakeOptions {
  readonly now?: () => number;
  /** With a task, people and exhibits; without: a phone that nobody has enrolled. */
  readonly enrolled?: boolean;
  readonly status?: Partial<Status>;
}

export function fakeField(options: FakeOptions = {}): FakeField {
  return new FakeField(options);
}

export class FakeField implements Field {
  status: Status;
  private readonly listeners = new Set<(status: Status) => void>();
  private readonly now: () => number;
  private readonly held: Task;
  private kept: OwnRecord[] = [];
  private made: Offer[] = [];
  private counts = { person: 2, exhibit: 1 };

  constructor(options: FakeOptions) {
    this.now = options.now ?? Date.now;
    const now = this.now();
    this.held = fakeTask(now);
    const enrolled = options.enrolled ?? true;
    this.status = {
      ready: true,
      enrolled,
      locked: false,
      canSign: enrolled,
      unsigned: 0,
      destroyed: false,
      ended: "",
      readUntil: enrolled ? now + 8 * HOUR : null,
      ownUntil: enrolled ? now + 68 * HOUR : null,
      clockBack: 0,
      captureUntil: enrolled ? now + 68 * HOUR : null,
      unsent: { entries: 0, photos: 0, bytes: 0, since: null },
      lastHandOver: enrolled ? now - 3 * HOUR : null,
      handingOver: null,
      nextAttempt: null,
      lastProblem: "",
      storage: { persisted: true, installed: true, quota: 2_000_000_000, used: 4_000_000, low: false },
      tries: { wrong: 0, waitUntil: null },
      device: enrolled ? { code: "K7", until: now + 240 * HOUR } : null,
      update: false,
      otherTab: false,
      clockOff: 0,
      generated: true,
      held: 0,
      refused: 0,
      carried: 0,
      ...options.status,
    };
    if (enrolled) this.populate();
  }

  private populate(): void {
    const at = this.now();
    const add = (verb: string, reference: string, values: Values, ago: number, delivery: Delivery, why = "") => {
      const record = { entry: name(), verb, subject: id(), reference, values, at: at - ago, delivery, why };
      this.kept.push({ ...record, corrects: "", photos: verb === "exhibit.seize" ? 1 : 0, slip: false });
    };
    add("person.meet", "P-GY-K7-001", { name: [{ text: "Marisol" }], danger: "no", language: ["spa"] }, 2 * HOUR, "delivered");
    add("person.meet", "P-GY-K7-002", { name: [{ text: "Yuleidy" }], danger: "yes", needs: ["doctor"] }, HOUR, "unsent");
    const phone = { kind: "mobile-phone", description: "Black phone, cracked glass" };
    add("exhibit.seize", "GY-K7-0001", phone, HOUR / 2, "held", "its file's key has not come yet");
    this.recount();
  }

  subscribe(listener: (status: Status) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Any state, for a picture of it. */
  set(change: Partial<Status>): void {
    this.status = { ...this.status, ...change };
    for (const listener of this.listeners) listener(this.status);
  }

  close = () => Promise.resolve();

  readCode(text: string) {
    const scanned = /^LFE1:([0-9A-HJKMNP-TV-Z]{20}):([\w-]{43})$/.exec(text.trim());
    const token = scanned?.[1] ?? text.toUpperCase().replace(/[\s-]/g, "");
    if (!/^[0-9A-HJKMNP-TV-Z]{20}$/.test(token)) throw new Refusal("wrong-code", "this is not an enrolment code");
    return { token, node: scanned ? name() : null };
  }
  node = (): Promise<NodeInfo> => Promise.resolve({ public: name(), words: WORDS, app: "0.1.0" });
  drawPassphrase = () => Promise.resolve(FAKE_PASSPHRASE);
  /** A code of zeros alone is one that the node does not know. */
  invitation(code?: EnrolmentCode): Promise<Invitation> {
    if (code !== undefined && /^0+$/.test(code.token)) {
      return Promise.reject(new Refusal("unknown-code", "the node does not know this code"));
    }
    return Promise.resolve({
      authority: this.held.authority,
      operation: this.held.operation,
      officer: this.held.officer,
      until: this.now() + 240 * HOUR,
    });
  }
  enrol(): Promise<void> {
    const now = this.now();
    const lease = { readUntil: now + 12 * HOUR, ownUntil: now + 72 * HOUR, captureUntil: now + 72 * HOUR };
    this.set({ enrolled: true, canSign: true, device: { code: "K7", until: now + 240 * HOUR }, ...lease });
    return Promise.resolve();
  }

  unlock(passphrase: string): Promise<void> {
    if (passphrase.trim().toLowerCase() !== FAKE_PASSPHRASE) {
      const wrong = this.status.tries.wrong + 1;
      const wait = wrong < 3 ? 0 : 5000;
      this.set({ tries: { wrong, waitUntil: wait > 0 ? this.now() + wait : null } });
      return Promise.reject(new Refusal("wrong-passphrase", `not the passphrase; ${10 - wrong} tries are left`, "", wait));
    }
    this.set({ locked: false, canSign: true, unsigned: 0, tries: { wrong: 0, waitUntil: null } });
    return Promise.resolve();
  }
  lock(): void {
    this.set({ locked: true });
  }
  destroy(): Promise<void> {
    this.kept = [];
    this.set({ destroyed: true, locked: true, canSign: false, readUntil: null, ownUntil: null, captureUntil: null });
    return Promise.resolve();
  }

  task(): Task | null {
    return this.readable() ? this.held : null;
  }
  private readable(): boolean {
    const { readUntil } = this.status;
    return this.open() && readUntil !== null && readUntil > this.now();
  }
  private open(): boolean {
    const { enrolled, locked, destroyed } = this.status;
    return enrolled && !locked && !destroyed;
  }
  /** Beyond the lease those that were delivered are slips; beyond the own key's time all are. */
  records(): Promise<readonly OwnRecord[]> {
    if (!this.open()) return Promise.resolve([]);
    const { ownUntil } = this.status;
    const whole = (record: OwnRecord) => this.readable() || (ownUntil !== null && record.delivery !== "delivered");
    const slip = (record: OwnRecord): OwnRecord => {
      const { kind = "" } = record.values;
      return { ...record, values: kind === "" ? {} : { kind }, at: 0, photos: 0, slip: true };
    };
    const known = this.kept.filter((record) => whole(record) || record.reference !== "");
    return Promise.resolve(known.map((record) => (whole(record) ? record : slip(record))).reverse());
  }
  undelivered(): Promise<readonly Undelivered[]> {
    const waiting = this.kept.filter((record) => record.delivery !== "delivered");
    return Promise.resolve(
      waiting.map(({ entry, verb, at, delivery, why }) => {
        const kind = verb.startsWith("person") ? "person" : "case";
        return { entry, kind, at, bytes: 1300, delivery, why };
      }),
    );
  }

  newForm = id;
  beginVisit = id;
  private keep(verb: string, reference: string, values: Values, options: SayOptions): Saved {
    const subject = options.subject ?? id();
    const delivery = this.status.canSign ? ("unsent" as const) : ("unsigned" as const);
    const photos = options.photos?.length ?? 0;
    const entry = name();
    const at = this.now();
    this.kept.push({ entry, verb, subject, reference, values, at, delivery, why: "", corrects: "", photos, slip: false });
    this.recount();
    const hashes = (options.photos ?? []).map(name);
    return { entry, verb, subject, reference, hashes, signed: this.status.canSign };
  }
  private recount(): void {
    const waiting = this.kept.filter((record) => record.delivery === "unsent" || record.delivery === "unsigned");
    const photos = waiting.reduce((sum, record) => sum + record.photos, 0);
    const since = waiting.length > 0 ? Math.min(...waiting.map((record) => record.at)) : null;
    const unsent = { entries: waiting.length, photos, bytes: waiting.length * 1300 + photos * 400_000, since };
    const counted = (delivery: Delivery) => this.kept.filter((record) => record.delivery === delivery).length;
    this.set({ unsent, held: counted("held"), refused: counted("refused"), unsigned: counted("unsigned") });
  }
  say = (verb: string, values: Values, options: SayOptions = {}) => Promise.resolve(this.keep(verb, "", values, options));
  meet(meeting: Meeting, options: SayOptions = {}): Promise<Saved> {
    const reference = `P-GY-K7-${String(++this.counts.person).padStart(3, "0")}`;
    return Promise.resolve(this.keep("person.meet", reference, meeting.values, options));
  }
  danger(words: string, person?: string, options: SayOptions = {}): Promise<Saved> {
    if (person !== undefined) return this.say("person.danger", { words }, { ...options, subject: person });
    return this.say("team.check_in", { state: "on-site", danger: true, note: words }, options);
  }
  seize(items: readonly Seizure[], options: SayOptions = {}): Promise<readonly Saved[]> {
    return Promise.resolve(
      items.map((item) => {
        const reference = `GY-K7-${String(++this.counts.exhibit).padStart(4, "0")}`;
        const values = { ...item.values, seal: item.seal };
        return this.keep("exhibit.seize", reference, values, { ...options, photos: item.photos ?? [] });
      }),
    );
  }
  correct(entry: string, values: Values, options: SayOptions = {}): Promise<Saved> {
    const earlier = this.kept.find((record) => record.entry === entry);
    if (earlier === undefined) return Promise.reject(new Refusal("not-allowed", "there is no such entry on this phone"));
    return this.say(this.correctionOf(earlier.verb), values, { ...options, subject: earlier.subject });
  }
  correctionOf = (verb: string) => (verb === "person.meet" ? "person.meeting" : verb);

  private typed: readonly Unfinished[] = [];
  unfinished = () => (this.open() ? this.typed : []);
  keepDraft(name: string, content: unknown): Promise<boolean> {
    this.typed = [...this.typed.filter((each) => each.name !== name), { name, content }];
    return Promise.resolve(true);
  }
  dropDraft(name: string): Promise<void> {
    this.typed = this.typed.filter((each) => each.name !== name);
    return Promise.resolve();
  }

  async handOver(): Promise<HandOverReport> {
    const total = this.status.unsent.entries;
    for (let sent = 0; sent <= total; sent++) {
      this.set({ handingOver: { sent, total, part: "reports" } });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.kept = this.kept.map((record) =>
      record.delivery === "unsent" ? { ...record, delivery: "delivered" as const } : record,
    );
    this.recount();
    this.set({ handingOver: null, lastHandOver: this.now(), lastProblem: "" });
    return { outcome: "all", delivered: total, held: 0, refused: 0, left: 0, problem: "" };
  }
  private set_(prefix: string, entries: number, count = 12, repeated = 28): FrameSet {
    const frames = Array.from({ length: count }, (_, at) => `LFQ1:7K2M9P:${at + 1}/${count}:${prefix}${"A7B9 C2/D".repeat(repeated)}`);
    return { set: "7K2M9P", frames, entries, left: 0, sets: 0 };
  }
  /** Two sets, one after the other. */
  private second = false;
  frames(next = false): Promise<FrameSet> {
    this.second = next && !this.second;
    const set = this.second ? this.set_("R", 4) : this.set_("P", 20, 58, 230);
    return Promise.resolve(this.second ? set : { ...set, left: 4, sets: 1 });
  }
  private scanned = new Set<string>();
  takeFrame(text: string): Promise<Taken> {
    if (!text.startsWith("LFQ1:")) return Promise.reject(new Refusal("wrong-qr", "this code is not one of this app"));
    this.scanned.add(text);
    const have = Math.min(12, this.scanned.size);
    const missing = Array.from({ length: 12 - have }, (_, at) => have + at + 1);
    const done = have === 12 ? ({ kind: "parcel", bytes: 31_000, again: false } as const) : null;
    return Promise.resolve({ set: "7K2M9P", have, of: 12, missing, done });
  }
  dropFrames(): void {
    this.scanned.clear();
  }
  answerFrames = () => Promise.resolve(null);
  bundle = () => Promise.resolve({ name: "handover-K7.bin", content: random(32_000), entries: 20 });
  readBundle = () => Promise.resolve({ parcels: 1, bytes: 31_000, again: 0 });

  offer(exhibits: readonly { exhibit: string; sealRead: string }[], to: string): Promise<Offer> {
    const person = this.held.officers.find((officer) => officer.id === to) ?? this.held.officers[0];
    if (person === undefined) return Promise.reject(new Refusal("unknown-offer", "choose an officer"));
    const items = exhibits.map(({ exhibit, sealRead }, at) => {
      const record = this.kept.find((each) => each.subject === exhibit);
      const kind = String(record?.values["kind"] ?? "papers");
      return { exhibit, reference: record?.reference ?? `GY-K7-000${at + 1}`, kind, seal: sealRead };
    });
    const offer: Offer = {
      id: name(),
      to: person,
      items,
      words: WORDS.slice(0, 4),
      frames: this.set_("O", items.length).frames,
      state: "offered",
      answer: null,
    };
    this.made.push(offer);
    return Promise.resolve(offer);
  }
  offers = () => Promise.resolve(this.made);
  holdings(): Promise<readonly Holding[]> {
    const seized = this.open() ? this.kept.filter((record) => record.verb === "exhibit.seize").reverse() : [];
    return Promise.resolve(
      seized.map(({ subject, reference, values }) => {
        return { exhibit: subject, reference, kind: String(values["kind"] ?? ""), seal: String(values["seal"] ?? "") };
      }),
    );
  }
  colleagues = () => (this.open() ? this.held.officers : []);
  readOffer(offer: string): Promise<ReadOffer> {
    const items = [{ exhibit: id(), reference: "GY-M3-0004", kind: "cash", seal: "SVG 118315" }];
    const from = { officer: id(), name: "Sgt. M. Adams", device: id() };
    return Promise.resolve({ id: offer, from, known: true, items, words: WORDS.slice(0, 4), made: this.now(), answered: false });
  }
  accept = () => Promise.resolve({ ...this.set_("Q", 1), words: WORDS.slice(0, 4) });
  readAnswer(offer: string): Promise<ReadAnswer> {
    const items = this.made.flatMap((each) => each.items).map(({ exhibit, seal }) => {
      return { exhibit, accepted: true, sealRead: seal, sealState: "intact", entry: name() };
    });
    return Promise.resolve({ offer, known: true, items, words: WORDS.slice(0, 4) });
  }
}
