/**
 * The app but what one sees of it. Screens build on this interface alone; `openField` (open.ts) gives the real
 * one, `fakeField` (fake.ts) one in memory with generated data.
 *
 * Every method that writes resolves when the store has it for good, and refuses (`Refusal`, in words) with
 * nothing half-written. `status` is replaced whole at each change, so that a screen may compare by identity.
 */

import type { Values } from "../forms/forms.ts";
import type {
  Acceptance,
  AnswerFrames,
  Bundle,
  Colleague,
  EnrolmentCode,
  FrameSet,
  HandOverReport,
  Holding,
  Invitation,
  Language,
  Meeting,
  NodeInfo,
  Offer,
  OwnRecord,
  ReadAnswer,
  ReadBundle,
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

export * from "./types.ts";

export interface Field {
  readonly status: Status;
  subscribe(listener: (status: Status) => void): () => void;
  /** Ends timers, locks and the connection: the store is as it was. */
  close(): Promise<void>;

  // -- enrolment -----------------------------------------------------------------------

  /** A scanned `LFE1:` text or twenty typed characters; refuses any other. */
  readCode(text: string): EnrolmentCode;
  /** The node of this app's own address, with the words of its key. */
  node(): Promise<NodeInfo>;
  /** Six words of a list in this language; the list is loaded only now. */
  drawPassphrase(language?: Language): Promise<string>;
  /** Whose phone it would become. The code stays unused. `node`: its public key (hex) as compared. */
  invitation(code: EnrolmentCode, node: string): Promise<Invitation>;
  /** Makes and stores the keys and enrols them; unlocked afterwards. Cut off anywhere, it is called again. */
  enrol(code: EnrolmentCode, node: string, passphrase: string): Promise<void>;

  // -- keys ----------------------------------------------------------------------------

  unlock(passphrase: string): Promise<void>;
  /** At once. What is captured afterwards is written and not read. */
  lock(): void;
  /** Keys, lease and readable copy end; what was captured stays deliverable. */
  destroy(): Promise<void>;

  // -- reading -------------------------------------------------------------------------

  /** null while locked and after the lease's end. */
  task(): Task | null;
  /** Own entries, newest first; none while locked. Those that can no longer be read are slips. */
  records(): Promise<readonly OwnRecord[]>;
  /** Oldest first. */
  undelivered(): Promise<readonly Undelivered[]>;

  // -- capture -------------------------------------------------------------------------

  /** An id for a form that is opened (`SayOptions.form`). */
  newForm(): string;
  /**
   * A fresh capture key for the files of team, site and case. The visit's id: people and counts name it from now
   * on, and the next visit.record is about it.
   */
  beginVisit(): string;
  say(verb: string, values: Values, options?: SayOptions): Promise<Saved>;
  meet(meeting: Meeting, options?: SayOptions): Promise<Saved>;
  /**
   * Of a person whose file this phone can go on with; else, and without a person, of the team, and where none is
   * known as a lead. Never refused for want of any of them: `Saved.verb` says what it became.
   */
  danger(words: string, person?: string, options?: SayOptions): Promise<Saved>;
  /** Several in a row: all of them are stored, or none. */
  seize(items: readonly Seizure[], options?: SayOptions): Promise<readonly Saved[]>;
  /** By a new entry of `correctionOf` its verb; `values` only what changes, and why. */
  correct(entry: string, values: Values, options?: SayOptions): Promise<Saved>;
  /** The verb that corrects an entry of this one: person.meeting for person.meet. */
  correctionOf(verb: string): string;

  // -- drafts --------------------------------------------------------------------------

  /** Forms that were left while they were filled in, as they were when the app was unlocked; none while locked. */
  unfinished(): readonly Unfinished[];
  /** Sealed, in place of what this name had; false where it cannot be kept. A locked app does not read it back. */
  keepDraft(name: string, content: unknown): Promise<boolean>;
  dropDraft(name: string): Promise<void>;

  // -- handing over --------------------------------------------------------------------

  /** Goes on where it was cut. By itself at opening, on `online` and on becoming visible. */
  handOver(): Promise<HandOverReport>;
  /** What hand-over would send first, as texts for an animated QR code; `next`: the set after the last. */
  frames(next?: boolean): Promise<FrameSet>;
  /** Any `LFQ1:` text in any order. */
  takeFrame(text: string): Promise<Taken>;
  /** Forget the frames scanned so far. */
  dropFrames(): void;
  /** The node's answer to a carried parcel, for its phone; null where none is there. */
  answerFrames(): Promise<FrameSet | null>;
  bundle(): Promise<Bundle>;
  readBundle(content: Uint8Array): Promise<ReadBundle>;

  // -- custody between two phones ------------------------------------------------------

  offer(
    exhibits: readonly { readonly exhibit: string; readonly sealRead: string }[],
    to: string,
    options?: SayOptions,
  ): Promise<Offer>;
  offers(): Promise<readonly Offer[]>;
  /** Things that can be offered, and officers whom: as long as this phone has its keys. */
  holdings(): Promise<readonly Holding[]>;
  colleagues(): readonly Colleague[];
  /** An offer that `takeFrame` read, again; refused where it was answered, or is for another officer. */
  readOffer(id: string): Promise<ReadOffer>;
  /** Stored and signed; the frames that the other phone reads. */
  accept(offer: string, items: readonly Acceptance[], options?: SayOptions): Promise<AnswerFrames>;
  /** The other phone's answer to an offer of ours that `takeFrame` read, again. */
  readAnswer(offer: string): Promise<ReadAnswer>;
}
