/** One capture in the making: entries, keys, photos and own records that are stored together or not at all. */

import { moment } from "../codec/body.ts";
import type { Body, Statement } from "../codec/body.ts";
import { bytes, fromHex, hex, random } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { BEGINNING, write } from "../codec/log.ts";
import type { Compartment } from "../codec/log.ts";
import type { Signer } from "../codec/signing.ts";
import { subjectId } from "../codec/subjects.ts";
import * as forms from "../forms/forms.ts";
import type { Values } from "../forms/forms.ts";
import type { ReadableCopy } from "./copy.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import { sealPhoto } from "./photos.ts";
import { rowKey } from "./rows.ts";
import type { Counters, Log, PlainRecord, Subject, Waiting } from "./rows.ts";
import { offsetOf } from "./zone.ts";
import { MOST_PHOTOS, Refusal } from "./types.ts";
import type { Photo, Saved, SayOptions } from "./types.ts";

/** In the order in which they are sent. */
export const RANKS = { danger: 0, person: 1, exhibit: 2, rest: 3 } as const;

export interface Said {
  readonly verb: string;
  readonly values: Values;
  readonly subject: string;
  /** In whose file. */
  readonly place: Compartment;
  readonly nonce?: string;
  readonly supersedes?: Readonly<Record<string, readonly string[]>>;
  readonly source?: string;
  readonly corrects?: string;
  /** Of a person's file, for the readable copy alone. */
  readonly keep?: boolean;
  readonly photos?: readonly Photo[];
  /** Somebody's life is in danger, whatever the verb. */
  readonly urgent?: boolean;
}

export class Draft {
  readonly changes: Change[] = [];
  readonly records: PlainRecord[] = [];
  private counters: Counters;
  private readonly logs = new Map<string, Log>();
  private readonly subjects = new Map<string, Subject>();
  private readonly wraps = new Map<string, Bytes[]>();
  /** Of this capture: all its entries have one moment. */
  readonly now: number;

  constructor(
    private readonly ledger: Ledger,
    private readonly copy: ReadableCopy,
    private readonly signer: Signer | null,
    private readonly options: SayOptions,
  ) {
    this.counters = ledger.counters;
    this.now = ledger.machine.now();
  }

  get phone() {
    return this.ledger.capturing();
  }

  /** An id that proves whose it is, and the nonce of the entry that begins it. */
  fresh(file = ""): { id: string; nonce: string } {
    const nonce = random(16);
    return { id: subjectId(this.phone.authority, nonce, file), nonce: hex(nonce) };
  }

  /** P-GY-K7-003, and for exhibits GY-K7-0003: of the phone's own numbers. */
  reference(letter: string): string {
    const number = (this.counters.references[letter] ?? 0) + 1;
    this.counters = { ...this.counters, references: { ...this.counters.references, [letter]: number } };
    const { country, code } = this.phone;
    const digits = String(number).padStart(letter === "" ? 4 : 3, "0");
    return [...(letter === "" ? [] : [letter]), country, code, digits].join("-");
  }

  /** The day on which it happened, as its entries say it: by the operation's clock, in the phone's zone. */
  day(): string {
    const at = (this.options.happened ?? this.now) + this.phone.shift;
    return moment(at, offsetOf(this.phone.zone, at)).slice(0, 10);
  }

  /** What all bodies of this capture say alike. The clock never goes back, as a node's does not. */
  spoken(): Omit<Body, "verb" | "subject" | "statements" | "nonce" | "after"> {
    const { phone, options } = this;
    const clock = Math.max(this.now + phone.shift, this.counters.clock + 1);
    this.counters = { ...this.counters, clock };
    const at = (options.happened ?? this.now) + phone.shift;
    return {
      operation: phone.operation,
      authority: phone.authority,
      officer: phone.officer,
      happened: { at: moment(at, offsetOf(phone.zone, at)), zone: phone.zone, precision: options.precision ?? "minute" },
      clock: moment(clock, offsetOf(phone.zone, clock)),
      source: options.source ?? "saw",
      interpreter: options.interpreter ?? "",
      provenance: phone.generated ? "generated" : "",
    };
  }

  addWrap(file: string, packed: Bytes): void {
    this.wraps.set(file, [...(this.wraps.get(file) ?? []), packed]);
  }

  async known(subject: string): Promise<Subject | null> {
    const here = this.subjects.get(subject) ?? (await this.ledger.store.get("subjects", subject));
    return (here as Subject | undefined) ?? null;
  }

  /** Values are those of its form; what the phone fills in itself is in them already. */
  async say(said: Said): Promise<Saved> {
    const { verb, values, subject, place, nonce, supersedes = {}, source } = said;
    const earlier = await this.known(subject);
    const file = hex(place.id);
    const statements = forms.statements(verb, values, supersedes);
    const body: Body = {
      ...this.spoken(),
      ...(source === undefined ? {} : { source }),
      verb,
      subject,
      statements,
      ...(nonce === undefined ? {} : { nonce }),
      after: earlier !== null && earlier.file === file ? [earlier.last] : [],
    };
    const photos = [];
    if ((said.photos?.length ?? 0) > MOST_PHOTOS) throw new Refusal("values", `at most ${MOST_PHOTOS} photos`, "photos");
    for (const photo of said.photos ?? []) photos.push(await sealPhoto(photo));
    const entry = await this.write(place, body, said.urgent === true ? RANKS.danger : rankOf(verb, values));
    const { row } = this.counters;
    this.speakOf(subject, { file, kind: place.kind, last: entry });
    for (const photo of photos) await this.attach(place, subject, photo.values, photo.chunks);
    const reference = typeof values["reference"] === "string" ? values["reference"] : "";
    this.records.push({
      row,
      entry,
      verb,
      subject,
      reference,
      values,
      at: this.now,
      corrects: said.corrects ?? "",
      photos: photos.length,
      file,
      key: said.keep === true ? hex(place.key) : "",
    });
    return { entry, verb, subject, reference, hashes: photos.map((photo) => photo.hash), signed: this.signer !== null };
  }

  private async attach(
    place: Compartment,
    about: string,
    values: Values,
    chunks: readonly { name: string; data: Bytes }[],
  ): Promise<void> {
    const earlier = await this.known(about);
    const whole = { ...values, about };
    const statements: Statement[] = forms.statements("attachment.add", whole);
    const after = earlier === null ? [] : [earlier.last];
    const body: Body = { ...this.spoken(), verb: "attachment.add", subject: about, statements, after };
    const entry = await this.write(place, body, RANKS.rest, chunks.map((chunk) => chunk.name));
    this.speakOf(about, { file: hex(place.id), kind: place.kind, last: entry });
    for (const { name, data } of chunks) this.changes.push(put("chunks", name, data));
  }

  /** Seal, sign where there is a key, and put it where it waits. Its name (hex). */
  async write(place: Compartment, body: Body, rank: number, chunks: readonly string[] = []): Promise<string> {
    const file = hex(place.id);
    const head = this.logs.get(file) ?? this.ledger.logs.get(file) ?? BEGINNING;
    const signer = this.signer ?? unsigned(this.phone.public);
    const written = await write(place, head, body, signer);
    this.logs.set(file, written.head);
    const row = this.counters.row + 1;
    this.counters = { ...this.counters, row };
    const { header, signature, body: sealed } = written.entry;
    const entry = hex(written.name);
    const waiting: Waiting = {
      entry,
      file,
      kind: place.kind,
      rank,
      at: this.now,
      size: header.length + 64 + sealed.length,
      state: this.signer === null ? "unsigned" : "unsent",
      why: "",
      chunks,
    };
    this.changes.push(put("outbox", rowKey(row), waiting), put("bodies", rowKey(row), { header, signature, body: sealed }));
    return entry;
  }

  private speakOf(subject: string, about: Subject): void {
    this.subjects.set(subject, about);
  }

  /** All that is stored, in one transaction. */
  async end(form: string, saved: readonly Saved[]): Promise<void> {
    const { ledger } = this;
    for (const [file, log] of this.logs) this.changes.push(put("logs", file, log));
    for (const [subject, about] of this.subjects) this.changes.push(put("subjects", subject, about));
    for (const [file, list] of this.wraps) {
      const there = (await ledger.store.get("wraps", file)) as { list: readonly Bytes[] } | undefined;
      this.changes.push(put("wraps", file, { list: [...(there?.list ?? []), ...list] }));
    }
    if (form !== "") this.changes.push(put("forms", form, saved));
    this.changes.push(put("meta", "counters", this.counters), put("meta", "time", ledger.counting.tick()));
    this.changes.push(...(this.options.drafts ?? []).map((name) => remove("drafts", name)));
    this.changes.push(...(await this.copy.sealed(this.records)));
    await ledger.commit(this.changes);
  }
}

function rankOf(verb: string, values: Values): number {
  if (verb.startsWith("person.danger") || values["danger"] === "yes" || values["danger"] === true) return RANKS.danger;
  if (verb.startsWith("person.") || verb.startsWith("property.")) return RANKS.person;
  return /^(exhibit|custody|detention)\./.test(verb) ? RANKS.exhibit : RANKS.rest;
}

/** Complete but for its signature, which its header does not name: it is added when the keys are there. */
function unsigned(publicKey: string): Signer {
  return { publicKey: fromHex(publicKey), sign: () => Promise.resolve(bytes([])) };
}

