/** What is captured: which file it belongs to, under which key, and what the phone adds by itself. */

import { fromHex, hex, Malformed, random, utf8 } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { openCompartment } from "../codec/log.ts";
import type { Compartment } from "../codec/log.ts";
import { keyId } from "../codec/sealing.ts";
import type { Signer } from "../codec/signing.ts";
import { subjectId } from "../codec/subjects.ts";
import { pack, wrap } from "../codec/wrap.ts";
import * as forms from "../forms/forms.ts";
import type { Values } from "../forms/forms.ts";
import type { ReadableCopy } from "./copy.ts";
import { Draft, RANKS } from "./draft.ts";
import { put } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Phone, PlainRecord, Visit } from "./rows.ts";
import { Refusal } from "./types.ts";
import type { Language, Meeting, Saved, SayOptions, Seizure, SharedFile } from "./types.ts";

/** What goes on with something that there is: without it, it is about nothing. */
const CONTINUES =
  /^(custody\..*|exhibit\.(seal|return)|person\.(?!meet$).*|property\.(state|paid)|detention\.link|exploitation\.view|headcount\.explain|attachment\.add)$/;
const COUNTED = new Set(["person.meet", "exhibit.seize", "detention.state", "site.register"]);
const LETTERS: Readonly<Record<string, string>> = { person: "P", exhibit: "", detention: "D", lead: "L", site: "S" };
/** Verbs that are about the site of the task where no other is named. */
const ON_SITE = /^(visit|headcount|room)\.|^(site\.way_in|person\.meet|exhibit\.seize|detention\.state)$/;
const SEAL = "seal ";
/** How a lead begins that tells of a danger: it is read by whoever reads leads. */
const DANGER: Readonly<Record<Language, string>> = {
  en: "DANGER TO LIFE NOW",
  es: "PELIGRO PARA LA VIDA AHORA",
  fr: "DANGER DE MORT MAINTENANT",
  pt: "PERIGO DE VIDA AGORA",
};

interface CaptureKey {
  readonly compartment: Compartment;
  readonly number: number;
  readonly recipient: string;
}

export interface Capturing {
  readonly locked: boolean;
  closed(what: string): Refusal;
  /** null where the app was restarted while locked. */
  signer(): Signer | null;
  /** Name of the officer, as far as it may be read now. */
  name(): string;
}

export class Capture {
  private readonly keys = new Map<string, CaptureKey>();
  /** Keys whose wraps the running capture stores. */
  private fresh: string[] = [];
  /** A visit that no capture has stored yet. */
  private begun: Visit | null = null;

  constructor(
    private readonly ledger: Ledger,
    private readonly copy: ReadableCopy,
    private readonly keeper: Capturing,
  ) {}

  /** A visit begins: under fresh capture keys, with an id that people and counts can name at once. */
  beginVisit(): string {
    this.drop();
    const nonce = random(16);
    this.begun = { id: subjectId(this.ledger.capturing().authority, nonce), nonce: hex(nonce), recorded: false };
    return this.begun.id;
  }

  /** Drop the capture keys: what comes next is under others. */
  drop(): void {
    for (const { compartment } of this.keys.values()) compartment.key.fill(0);
    this.keys.clear();
  }

  /** One capture: stored whole or not at all, and once for each form. */
  run(options: SayOptions, work: (draft: Draft) => Promise<readonly Saved[]>): Promise<readonly Saved[]> {
    return this.ledger.alone(async () => {
      const { form = "" } = options;
      if (form !== "") {
        const before = (await this.ledger.store.get("forms", form)) as readonly Saved[] | undefined;
        if (before !== undefined) return before;
      }
      this.fresh = [];
      const draft = new Draft(this.ledger, this.copy, this.keeper.signer(), options);
      const { begun } = this;
      try {
        if (begun !== null) draft.changes.push(put("meta", "visit", begun));
        const saved = await work(draft);
        await draft.end(form, saved);
        this.copy.stored(draft.records);
        if (this.begun === begun) this.begun = null;
        return saved;
      } catch (why) {
        // Their wraps were not stored: nobody would ever open what is sealed with them.
        for (const file of this.fresh) this.keys.delete(file);
        if (why instanceof Malformed) throw new Refusal("values", why.message);
        throw why;
      } finally {
        // While locked, nothing in memory opens what was written.
        if (this.keeper.locked) this.copy.drop();
      }
    });
  }

  async say(verb: string, values: Values, options: SayOptions, urgent = false): Promise<Saved> {
    const [saved] = await this.run(options, async (draft) => [await this.one(draft, verb, values, options, urgent)]);
    if (saved === undefined) throw new Error("nothing was saved");
    return saved;
  }

  /**
   * Danger to life, never refused for want of a team: the team's check-in; where no team is known, a lead of the
   * country's police; where there is no file of theirs either, a person of whom nothing else is known.
   */
  danger(words: string, language: Language, options: SayOptions): Promise<Saved> {
    const { team, site, files, teamState, verbs } = this.ledger.capturing();
    if (words.trim() === "") throw new Refusal("values", "say what the danger is", "words");
    if (team !== "" && files.some((file) => file.is === "team") && verbs.includes("team.check_in")) {
      // A team that has returned is not due: the node would not wait for it.
      const state = teamState === "" || teamState === "returned" ? "on-the-way" : teamState;
      return this.say("team.check_in", { state, danger: true, note: words, ...(site === "" ? {} : { site }) }, options);
    }
    if (files.some((file) => file.is !== "case") && verbs.includes("lead.report")) {
      const graded = { source_grade: "1", information_grade: "A", handling: "P", origin: "officer" };
      return this.say("lead.report", { ...graded, summary: `${DANGER[language]}: ${words}` }, options, true);
    }
    return this.meet({ values: { danger: "yes" }, danger: words }, options);
  }

  private async one(
    draft: Draft,
    verb: string,
    values: Values,
    options: SayOptions,
    urgent: boolean,
  ): Promise<Saved> {
    if (verb === "person.meet") throw new Refusal("not-allowed", "a person is met with a file of her own");
    const { subject, place, nonce } = await this.subjectOf(draft, verb, options);
    const whole = this.filled(draft, verb, values, options);
    this.check(verb, whole);
    if (verb === "exhibit.seal") await this.sealOnce(draft, String(whole["number"] ?? ""), subject);
    if (verb === "team.check_in") {
      draft.changes.push(put("meta", "phone", { ...draft.phone, teamState: String(whole["state"] ?? "") }));
    }
    const { photos = [] } = options;
    return draft.say({ verb, values: whole, subject, place, photos, urgent, ...(nonce === undefined ? {} : { nonce }) });
  }

  private async subjectOf(
    draft: Draft,
    verb: string,
    options: SayOptions,
  ): Promise<{ subject: string; place: Compartment; nonce?: string }> {
    const { subject, person } = options;
    const of = forms.form(verb).subject;
    if (person !== undefined || of === "person" || of === "property") {
      const whose = person ?? subject;
      if (whose === undefined) throw new Refusal("values", "say whom it is about", "person");
      const place = await this.personFile(whose);
      if (of === "person") return { subject: whose, place };
      return subject !== undefined ? { subject, place } : { ...freshIn(draft, place), place };
    }
    if (subject !== undefined) {
      const known = await draft.known(subject);
      if (known?.kind === "person") return { subject, place: await this.personFile(subject) };
      const file = this.ledger.capturing().files.find((each) => each.id === known?.file) ?? this.fileOf(of);
      return { subject, place: await this.shared(draft, file) };
    }
    const phone = draft.phone;
    const place = await this.shared(draft, this.fileOf(of));
    const visit = this.begun ?? this.ledger.visit;
    if (verb === "visit.record" && visit !== null && !visit.recorded) {
      draft.changes.push(put("meta", "visit", { ...visit, recorded: true }));
      return { subject: visit.id, place, nonce: visit.nonce };
    }
    if (of === "team") {
      if (phone.team === "") throw new Refusal("no-file", "this phone belongs to no team now");
      return { subject: phone.team, place };
    }
    if (CONTINUES.test(verb)) throw new Refusal("values", "say what it is about", "subject");
    return { ...freshIn(draft, place), place };
  }

  /** The file of a person that this phone met, while its own record of it can be read. */
  private async personFile(person: string): Promise<Compartment> {
    for (const record of (await this.copy.records()).values()) {
      if (record.subject === person && record.key !== "") {
        return { id: fromHex(record.file), kind: "person", key: fromHex(record.key) };
      }
    }
    throw this.keeper.closed("to go on in this person's file; a danger is said without it");
  }

  private fileOf(subject: string): SharedFile {
    const { files } = this.ledger.capturing();
    const wanted =
      subject === "exhibit" || subject === "detention" ? ["case"] : subject === "team" ? ["team"] : ["site", "team"];
    const found = wanted.map((is) => files.find((file) => file.is === is)).find((file) => file !== undefined);
    if (found !== undefined) return found;
    throw new Refusal("no-file", "this phone has no file for it: where there is a network, ask your desk to assign the team");
  }

  /** The capture key of a file, drawn and wrapped where there is none of this visit yet. */
  async shared(draft: Draft, file: SharedFile): Promise<Compartment> {
    const phone = this.ledger.capturing();
    const recipient = phone.recipients.find((each) => each.authority === phone.authority);
    if (recipient === undefined) throw new Refusal("no-file", "your authority has no key to which it could be sealed");
    const known = this.keys.get(file.id);
    if (known !== undefined && known.number === file.number && known.recipient === recipient.key_id) {
      return known.compartment;
    }
    const compartment = { id: fromHex(file.id), kind: file.kind, key: random(32) };
    const plain = {
      compartment: compartment.id,
      kid: keyId(compartment.key),
      number: file.number,
      recipient: fromHex(recipient.key_id),
      giver: phone.authority,
      reader: phone.authority,
    };
    draft.addWrap(file.id, pack(await wrap(plain, fromHex(recipient.public), compartment.key)));
    this.keys.set(file.id, { compartment, number: file.number, recipient: recipient.key_id });
    this.fresh.push(file.id);
    return compartment;
  }

  /** A person: a file and a key of her own, which nothing here opens once it was sealed. */
  async meet(meeting: Meeting, options: SayOptions): Promise<Saved> {
    const [saved] = await this.run(options, async (draft) => {
      const phone = draft.phone;
      const values = this.filled(draft, "person.meet", meeting.values, options);
      this.check("person.meet", values);
      const { danger = "", also = [] } = meeting;
      if (danger.trim() !== "") this.check("person.danger", { words: danger });
      const { id: person, nonce } = draft.fresh();
      const readers = [...new Set([phone.authority, ...phone.readers])];
      const opening = { owner: phone.authority, kind: "person", about: person, readers };
      const opened = await openCompartment(opening, { ...draft.spoken(), source: "saw" }, recipientsOf(phone, readers));
      const place = opened.compartment;
      const inDanger = danger.trim() !== "" || values["danger"] === "yes";
      await draft.write(place, opened.body, inDanger ? RANKS.danger : RANKS.person);
      for (const one of opened.wraps) draft.addWrap(hex(place.id), pack(one));
      const { photos = [] } = options;
      const met = await draft.say({ verb: "person.meet", values, subject: person, place, nonce, photos, keep: true });
      if (danger.trim() !== "") {
        // The officer's own words, whoever said the rest.
        await draft.say({ verb: "person.danger", values: { words: danger }, subject: person, place, source: "saw" });
      }
      for (const { verb, values: said, source } of also) {
        const whole = this.filled(draft, verb, aged(said, draft.day()), { ...options, person });
        this.check(verb, whole);
        const about = forms.form(verb).subject === "person" ? { subject: person } : freshIn(draft, place);
        await draft.say({ verb, values: whole, place, ...about, ...(source === undefined ? {} : { source }) });
      }
      place.key.fill(0);
      return [met];
    });
    if (saved === undefined) throw new Error("nothing was saved");
    return saved;
  }

  seize(items: readonly Seizure[], options: SayOptions): Promise<readonly Saved[]> {
    return this.run(options, async (draft) => {
      const place = await this.shared(draft, this.fileOf("exhibit"));
      const saved: Saved[] = [];
      for (const { values, seal, photos = [] } of items) {
        const whole = this.filled(draft, "exhibit.seize", values, options);
        this.check("exhibit.seize", whole);
        const { subject, nonce } = freshIn(draft, place);
        saved.push(await draft.say({ verb: "exhibit.seize", values: whole, subject, place, nonce, photos }));
        if (seal.trim() === "") continue;
        const sealing = this.filled(draft, "exhibit.seal", { number: sealNumber(seal) }, options);
        this.check("exhibit.seal", sealing);
        await this.sealOnce(draft, seal, subject);
        await draft.say({ verb: "exhibit.seal", values: sealing, subject, place });
      }
      return saved;
    });
  }

  /** By a new entry, which names of each field the entry whose value it takes the place of. */
  async correct(verb: string, earlier: PlainRecord, values: Values, options: SayOptions): Promise<Saved> {
    const about = [...(await this.copy.records()).values()].filter((record) => record.subject === earlier.subject);
    const { corrects } = forms.form(verb);
    const [saved] = await this.run(options, async (draft) => {
      const { photos = [] } = options;
      // An entry that says no reason is said again whole: what it leaves out now is taken back.
      const whole = corrects === undefined ? this.filled(draft, verb, values, options) : values;
      const fields = new Set([...Object.keys(whole), ...(corrects === undefined ? Object.keys(earlier.values) : [])]);
      const supersedes: Record<string, readonly string[]> = {};
      for (const field of fields) {
        const last = about.filter((record) => field in record.values).at(-1);
        if (last !== undefined && field !== corrects) supersedes[field] = [last.entry];
      }
      this.check(verb, whole);
      const shared = this.ledger.capturing().files.find((file) => file.id === earlier.file);
      const place = shared === undefined ? await this.personFile(earlier.subject) : await this.shared(draft, shared);
      const said = { verb, values: whole, subject: earlier.subject, place, supersedes, corrects: earlier.entry, photos };
      return [await draft.say(said)];
    });
    if (saved === undefined) throw new Error("nothing was saved");
    return saved;
  }

  /** Only a hash of a seal's number is kept: enough to tell that it was used here. */
  async sealOnce(draft: Draft, number: string, exhibit: string): Promise<void> {
    const key = SEAL + hex(sha256(utf8(`${draft.phone.device} ${signsOf(number)}`)));
    const inDraft = draft.changes.find((change) => change.table === "subjects" && "key" in change && change.key === key);
    const before = inDraft !== undefined && "value" in inDraft ? inDraft.value : await this.ledger.store.get("subjects", key);
    if (before !== undefined && (before as { exhibit: string }).exhibit !== exhibit) {
      throw new Refusal("seal-used", "this seal's number was used on this phone already, for another exhibit", "number");
    }
    draft.changes.push(put("subjects", key, { exhibit }));
  }

  /** What the phone knows and nobody types. */
  filled(draft: Draft, verb: string, values: Values, options: SayOptions): Values {
    const { phone } = draft;
    const { fields, subject, corrects } = forms.form(verb);
    const correcting = corrects !== undefined && String(values[corrects] ?? "").trim() !== "";
    const whole: Record<string, Values[string]> = { ...values };
    const has = (name: string) => fields.some((field) => field.name === name);
    const fill = (name: string, value: string) => {
      if (has(name) && value !== "" && (whole[name] === undefined || whole[name] === "")) whole[name] = value;
    };
    fill("by", this.keeper.name());
    if (correcting || CONTINUES.test(verb)) return whole;
    const letter = LETTERS[subject];
    if (has("reference") && letter !== undefined && !whole["reference"]) whole["reference"] = draft.reference(letter);
    if (COUNTED.has(verb) || whole["answer"] === "hit") fill("counting", draft.fresh().id);
    fill("country", phone.country);
    if (options.person !== undefined) fill("person", options.person);
    if (ON_SITE.test(verb) && whole["site"] === undefined) fill("site", phone.site);
    if (ON_SITE.test(verb) && whole["team"] === undefined) fill("team", phone.team);
    if (whole["visit"] === undefined) fill("visit", (this.begun ?? this.ledger.visit)?.id ?? "");
    return whole;
  }

  check(verb: string, values: Values): void {
    const { verbs } = this.ledger.capturing();
    if (!verbs.includes(verb)) throw new Refusal("not-allowed", "your access does not allow this");
    const [first] = forms.check(verb, values);
    if (first !== undefined) throw new Refusal("values", first.message, first.field);
  }
}

function freshIn(draft: Draft, place: Compartment): { subject: string; nonce: string } {
  const { id, nonce } = draft.fresh(hex(place.id));
  return { subject: id, nonce };
}

/** An estimate of an age holds for the day on which the person was met, by the clock that says when that was. */
function aged(values: Values, day: string): Values {
  const { birth } = values;
  if (typeof birth !== "object" || birth === null || !("on" in birth)) return values;
  return { ...values, birth: { ...birth, on: day } };
}

function recipientsOf(phone: Phone, readers: readonly string[]) {
  return phone.recipients
    .filter((each) => readers.includes(each.authority))
    .map(({ authority, key_id, public: key, made }) => ({ authority, keyId: fromHex(key_id), publicKey: fromHex(key), made }));
}

/** A seal's number as the node writes it. */
export function sealNumber(text: string): string {
  return text.trim().split(/\s+/u).join(" ").toUpperCase();
}

/** Blanks and dashes between its signs are no difference. */
export function signsOf(number: string): string {
  return number.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
}
