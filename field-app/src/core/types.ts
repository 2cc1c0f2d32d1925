/** What the app's core tells its screens: states, results and refusals. No screen knows more of it. */

import type { Bytes } from "../codec/bytes.ts";
import type { Values } from "../forms/forms.ts";

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Times are milliseconds since 1970 by the phone's clock, but where `operation` is said. */
export interface Status {
  /** False until `open` has read the store: show nothing that depends on the rest. */
  readonly ready: boolean;
  readonly enrolled: boolean;
  /** Nothing is read; it is still captured. */
  readonly locked: boolean;
  /** False after a restart while locked: what is captured then is signed at unlocking. */
  readonly canSign: boolean;
  /** Entries that wait for a signature. */
  readonly unsigned: number;
  /** Keys are gone: nothing is read or captured; what is unsent is still handed over. */
  readonly destroyed: boolean;
  /** Why access ended, as the node says it; '' where it has not. */
  readonly ended: string;
  /** Task and what others said can be read until then; null where it is over. */
  readonly readUntil: number | null;
  /** Own records can be read until then; null where that is over. */
  readonly ownUntil: number | null;
  /** How far (ms) the clock was set back since the last contact; 0 where it was not. */
  readonly clockBack: number;
  readonly captureUntil: number | null;
  readonly unsent: Unsent;
  readonly lastHandOver: number | null;
  readonly handingOver: HandingOver | null;
  /** When the next attempt is made by itself; null where none is due. */
  readonly nextAttempt: number | null;
  /** Why the last attempt did not reach the node or was not taken; '' where it was. */
  readonly lastProblem: string;
  readonly storage: StorageState;
  readonly tries: { readonly wrong: number; readonly waitUntil: number | null };
  readonly device: { readonly code: string; readonly until: number } | null;
  /** The node's app is another version than this one. */
  readonly update: boolean;
  /** Another tab of this app writes: this one only shows. */
  readonly otherTab: boolean;
  /** The phone's clock was this far (ms, phone less node) from the node's at the last contact; 0 if near. */
  readonly clockOff: number;
  /** The operation is generated: entries say so. */
  readonly generated: boolean;
  /** Entries that the node keeps and does not use yet, and those that it refused. */
  readonly held: number;
  readonly refused: number;
  /** Sealed parcels of other phones that this one carries. */
  readonly carried: number;
}

export interface Unsent {
  readonly entries: number;
  readonly photos: number;
  readonly bytes: number;
  /** When the oldest of them was captured; null where there are none. */
  readonly since: number | null;
}

export interface HandingOver {
  readonly sent: number;
  readonly total: number;
  readonly part: "reports" | "photos" | "carried";
}

export interface StorageState {
  readonly persisted: boolean;
  readonly installed: boolean;
  readonly quota: number;
  readonly used: number;
  /** Less than a visit's photos are left: hand over, or take no photos. */
  readonly low: boolean;
}

/** A code as scanned or typed. `node` (hex) only where it was scanned: else the words are compared. */
export interface EnrolmentCode {
  readonly token: string;
  readonly node: string | null;
}

export interface NodeInfo {
  readonly public: string;
  readonly words: readonly string[];
  readonly app: string;
}

/** Whose phone this becomes, asked before anything is stored. */
export interface Invitation {
  readonly authority: Named;
  readonly operation: Named;
  readonly officer: Named;
  readonly until: number;
}

export type Language = "en" | "es" | "fr" | "pt";

export interface SharedFile {
  readonly id: string;
  readonly kind: string;
  readonly number: number;
  readonly is: "team" | "site" | "case";
}

export interface Task {
  readonly authority: Named & { readonly kind: string; readonly country: string; readonly zone: string };
  readonly officer: Named & { readonly role: string };
  readonly operation: Named & { readonly generated: boolean };
  readonly team: (Named & {
    readonly every_minutes: number | null;
    readonly state: string;
    /** Of the operation's clock. */
    readonly next_due: number | null;
  }) | null;
  readonly site: (Named & {
    readonly kind: string;
    readonly country: string;
    /** Its address or area, in words. */
    readonly place: string;
    readonly position?: { readonly lat: number; readonly lon: number } | null;
    readonly ways_in: readonly unknown[];
    readonly notes: readonly unknown[];
  }) | null;
  /** Of the operation's clock. */
  readonly window: { readonly begins: number; readonly ends: number } | null;
  /** Whom custody may be offered to. */
  readonly officers: readonly Colleague[];
  /** Phones of the same team: whose offers are known. */
  readonly phones: readonly OtherPhone[];
  readonly country: string;
  readonly dangerContact: string;
  readonly verbs: readonly string[];
  /** The operation's clock less the phone's, at the grant: what `next_due` and `window` are compared by. */
  readonly clock: number;
}

export interface Colleague extends Named {
  readonly authority: string;
  readonly authority_name: string;
}

export interface OtherPhone {
  readonly device: string;
  readonly public: string;
  readonly officer: string;
  readonly name: string;
}

/** An own entry: whole while it can be read; afterwards a slip. */
export interface OwnRecord {
  /** The entry's name (hex). */
  readonly entry: string;
  readonly verb: string;
  /** The person, exhibit, visit, ... that it is about. */
  readonly subject: string;
  /** P-GY-K7-003, GY-K7-0003; '' where it has none. */
  readonly reference: string;
  readonly values: Values;
  /** By the phone's clock. */
  readonly at: number;
  readonly delivery: Delivery;
  readonly why: string;
  /** Entry that it corrects; '' for none. */
  readonly corrects: string;
  readonly photos: number;
  /** Reference, kind and seal are all that is left of it on this phone. */
  readonly slip: boolean;
}

/** A thing that this phone seized or accepted, and has not handed on. */
export interface Holding {
  readonly exhibit: string;
  readonly reference: string;
  /** Of its kind: a code of the vocabulary. */
  readonly kind: string;
  readonly seal: string;
}

/** A form that was left while it was filled in. */
export interface Unfinished {
  readonly name: string;
  readonly content: unknown;
}

/** unsent: only on this phone; held: at the node, which waits with it (nothing is lost). */
export type Delivery = "unsigned" | "unsent" | "delivered" | "held" | "refused";

/** Told also while locked: nothing of what an entry says. */
export interface Undelivered {
  readonly entry: string;
  /** Class of the entry's file: person, case, police, ... */
  readonly kind: string;
  readonly at: number;
  readonly bytes: number;
  readonly delivery: Delivery;
  readonly why: string;
}

/** Of one thing (assumed): of 25 exhibits they fit where `StorageState.low` is not said. */
export const MOST_PHOTOS = 5;

/** Bytes that a camera or a scanner gave, hashed and sealed before anything else is done with them. */
export interface Photo {
  readonly content: Bytes;
  readonly media: "image/jpeg" | "image/png";
  readonly name: string;
}

export interface SayOptions {
  /** What it is about, where it goes on with something: an id from a record. */
  readonly subject?: string;
  /** The person in whose file it is said, where its subject is no person: what was taken from her. */
  readonly person?: string;
  /** When it happened; now where it is left out. By the phone's clock. */
  readonly happened?: number;
  readonly precision?: "minute" | "hour" | "day" | "month" | "year";
  readonly source?: "saw" | "said" | "document" | "database" | "decision" | (string & {});
  readonly interpreter?: string;
  readonly photos?: readonly Photo[];
  /** Drawn when the form is opened (`newForm`): the same form saved twice is one entry. */
  readonly form?: string;
  /** Names of drafts (`keepDraft`) that are erased as it is stored. */
  readonly drafts?: readonly string[];
}

/** Durable on this phone when it is returned. */
export interface Saved {
  readonly entry: string;
  /** As what it was said: a danger is the team's, or where no team is known a lead's, or a person's. */
  readonly verb: string;
  readonly subject: string;
  readonly reference: string;
  /** Of its photos, in order (hex of SHA-256). */
  readonly hashes: readonly string[];
  readonly signed: boolean;
}

export interface Meeting {
  /** Of person.meet, but reference, counting and country. */
  readonly values: Values;
  /** Words of person.danger: written first where they are not empty. */
  readonly danger?: string;
  /** Further entries of the person's file, under its key while it is there. */
  readonly also?: readonly { readonly verb: string; readonly values: Values; readonly source?: string }[];
}

export interface Seizure {
  /** Of exhibit.seize, but reference, counting and country. */
  readonly values: Values;
  /** Number of the seal; '' where it was not sealed. */
  readonly seal: string;
  readonly photos?: readonly Photo[];
}

export interface HandOverReport {
  /** all: nothing is left; cut: the link ended, it goes on from here; waits: busy or locked, later again. */
  readonly outcome: "all" | "cut" | "waits" | "refused" | "nothing" | "otherTab";
  readonly delivered: number;
  readonly held: number;
  readonly refused: number;
  readonly left: number;
  readonly problem: string;
}

/** What a scanner has of a set of frames, or the whole. */
export interface Taken {
  readonly set: string;
  readonly have: number;
  readonly of: number;
  /** Places that are missing, from 1. */
  readonly missing: readonly number[];
  readonly done: Done | null;
}

export type Done =
  | { readonly kind: "parcel"; readonly bytes: number; readonly again: boolean }
  | { readonly kind: "answer"; readonly report: HandOverReport }
  | { readonly kind: "offer"; readonly offer: ReadOffer }
  | { readonly kind: "custodyAnswer"; readonly answer: ReadAnswer };

export interface FrameSet {
  readonly set: string;
  readonly frames: readonly string[];
  readonly entries: number;
  /** Entries that stay for further sets, and how many sets those are. */
  readonly left: number;
  readonly sets: number;
}

export interface AnswerFrames extends FrameSet {
  /** The same four on both phones. */
  readonly words: readonly string[];
}

export interface Bundle {
  readonly name: string;
  readonly content: Bytes;
  readonly entries: number;
}

/** Sealed to the node: the phone that carries it cannot tell what, or how many entries, it holds. */
export interface ReadBundle {
  readonly parcels: number;
  readonly bytes: number;
  /** Parcels that this phone carried already. */
  readonly again: number;
}

export interface OfferedItem {
  readonly exhibit: string;
  readonly reference: string;
  /** A code of the vocabulary: custody shows reference, kind and seal, and nothing else of a thing. */
  readonly kind: string;
  readonly seal: string;
}

/** An offer made here: shown as frames until the answer was read. */
export interface Offer {
  readonly id: string;
  readonly to: Colleague;
  readonly items: readonly OfferedItem[];
  readonly words: readonly string[];
  readonly frames: readonly string[];
  readonly state: "offered" | "answered";
  readonly answer: ReadAnswer | null;
}

/** An offer read from another phone. */
export interface ReadOffer {
  readonly id: string;
  readonly from: { readonly officer: string; readonly name: string; readonly device: string };
  /** The phone is one that the lease names: its signature is known. */
  readonly known: boolean;
  readonly items: readonly OfferedItem[];
  readonly words: readonly string[];
  readonly made: number;
  /** This phone answered it: `accept` without items gives the answer's frames again. */
  readonly answered: boolean;
}

export interface Acceptance {
  readonly exhibit: string;
  /** As read from the exhibit itself. */
  readonly sealRead: string;
  readonly sealState: string;
  readonly accepted: boolean;
  readonly place?: string;
}

export interface ReadAnswer {
  readonly offer: string;
  /** The phone is one that the lease names. */
  readonly known: boolean;
  readonly items: readonly {
    readonly exhibit: string;
    readonly accepted: boolean;
    readonly sealRead: string;
    readonly sealState: string;
    readonly entry: string;
  }[];
  readonly words: readonly string[];
}

/** A message for a person: `code` for tests and translation, `field` where one is meant. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly field = "",
    readonly wait = 0,
  ) {
    super(message);
  }
}

export type RefusalCode =
  | "wrong-code"
  | "wrong-qr"
  | "unknown-code"
  | "node-changed"
  | "no-opfs"
  | "already-enrolled"
  | "not-enrolled"
  | "destroyed"
  | "locked"
  | "lease-ended"
  | "wrong-passphrase"
  | "wait"
  | "other-tab"
  | "quota"
  | "storage"
  | "no-network"
  | "busy"
  | "version"
  | "ended"
  | "values"
  | "not-allowed"
  | "no-file"
  | "mixed-sets"
  | "foreign-bundle"
  | "other-officer"
  | "own-offer"
  | "answered"
  | "seal-used"
  | "unknown-offer"
  | "bad-message";
