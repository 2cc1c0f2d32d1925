/**
 * Offers and answers of custody as this phone keeps them: made here, or read from another phone.
 *
 * All of it is sealed to the key of custody, which ends with this phone's keys and not before: a thing is handed on
 * whatever else of this phone can no longer be read.
 */

import { fromHex, fromUtf8, hex, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import type { Values } from "../forms/forms.ts";
import { sealNumber } from "./capture.ts";
import type { Capture } from "./capture.ts";
import type { ReadableCopy } from "./copy.ts";
import { contentName, readAnswerContent, readOfferContent, signedAnswer, signedOffer } from "./custody.ts";
import type { AnswerSaid, OfferItem, OfferKept, OfferRow, OfferSaid } from "./custody.ts";
import { toFrames } from "./frames.ts";
import type { Keeper } from "./keeper.ts";
import { openWith, sealTo } from "./leasing.ts";
import { put } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import { fourWords } from "./words.ts";
import { Refusal } from "./types.ts";
import type { Acceptance, AnswerFrames, Holding, Language, Offer, OfferedItem, ReadAnswer, ReadOffer, Saved, SayOptions } from "./types.ts";

const WHAT = "offer ";

export class Trade {
  /** Offers read since the app was opened: they are answered also before they are stored. */
  private readonly read = new Map<string, Bytes>();

  constructor(
    private readonly ledger: Ledger,
    private readonly capture: Capture,
    private readonly copy: ReadableCopy,
    private readonly keeper: Keeper,
  ) {}

  // -- who gives -----------------------------------------------------------------------

  async offer(
    exhibits: readonly { readonly exhibit: string; readonly sealRead: string }[],
    to: string,
    language: Language,
    options: SayOptions,
  ): Promise<Offer> {
    const { circle } = this.keeper;
    const signer = this.keeper.signer();
    if (circle === null || signer === null) throw this.keeper.closed("to offer something to somebody");
    const colleague = circle.officers.find((each) => each.id === to);
    if (colleague === undefined) throw new Refusal("values", "choose an officer to whom it may be offered", "to");
    if (exhibits.length === 0) throw new Refusal("values", "choose what is offered", "exhibits");
    const items = await this.described(exhibits);
    let content: Bytes | null = null;
    await this.capture.run(options, async (draft) => {
      const saved: Saved[] = [];
      const offered: OfferItem[] = [];
      for (const item of items) {
        const known = await draft.known(item.exhibit);
        const file = draft.phone.files.find((each) => each.id === known?.file);
        if (file === undefined) throw new Refusal("no-file", "this phone has no file of this exhibit any more");
        const place = await this.capture.shared(draft, file);
        const said = { to_officer: to, to_authority: colleague.authority, to_name: colleague.name, seal_read: sealNumber(item.seal) };
        const values = this.capture.filled(draft, "custody.offer", said, options);
        this.capture.check("custody.offer", values);
        const entry = await draft.say({ verb: "custody.offer", values, subject: item.exhibit, place });
        saved.push(entry);
        offered.push({ ...item, offer: entry.entry, file: file.id });
      }
      const { officer, device, public: key } = draft.phone;
      const offer: OfferSaid = {
        v: 1,
        made: draft.now,
        language,
        from: { officer, device, public: key, name: circle.name },
        to: { officer: to, authority: colleague.authority },
        items: offered,
      };
      content = await signedOffer(offer, signer);
      draft.changes.push(await this.row(contentName(content), true, content, null));
      return saved;
    });
    // The form was saved before: its offer is among those that are kept.
    const found = (await this.offers()).find((each) =>
      content === null ? each.items.some((item) => item.exhibit === exhibits[0]?.exhibit) : each.id === contentName(content),
    );
    if (found === undefined) throw new Refusal("unknown-offer", "this offer was made before and cannot be read any more");
    return found;
  }

  private async described(exhibits: readonly { exhibit: string; sealRead: string }[]): Promise<readonly OfferedItem[]> {
    const kept = await this.kept();
    const known = await this.known(kept);
    return exhibits.map(({ exhibit, sealRead }) => {
      if (isGiven(kept, exhibit)) throw new Refusal("answered", "this exhibit was handed to another officer already", "exhibits");
      const holding = known.get(exhibit);
      if (holding === undefined) throw new Refusal("values", "this phone has no record of this exhibit", "exhibits");
      return { ...holding, seal: sealRead };
    });
  }

  /** What is here to be handed on. */
  async holdings(): Promise<readonly Holding[]> {
    const kept = await this.kept();
    return [...(await this.known(kept)).values()].filter(({ exhibit }) => !isGiven(kept, exhibit)).reverse();
  }

  /** Everything that was seized or accepted on this phone, as far as custody knows it. */
  private async known(kept: readonly Kept[]): Promise<ReadonlyMap<string, Holding>> {
    const found = new Map<string, Holding>();
    for (const { verb, subject: exhibit, reference, values } of (await this.copy.slips()).values()) {
      const kind = String(values["kind"] ?? "");
      if (verb === "exhibit.seize") found.set(exhibit, { exhibit, reference, kind, seal: "" });
      const before = found.get(exhibit);
      if (verb === "exhibit.seal" && before !== undefined) found.set(exhibit, { ...before, seal: String(values["number"] ?? "") });
    }
    for (const { row, said, answer } of kept) {
      if (row.mine || answer === null) continue;
      for (const { exhibit, reference, kind } of said.items) {
        const taken = answer.items.find((item) => item.exhibit === exhibit && item.accepted);
        if (taken !== undefined) found.set(exhibit, { exhibit, reference, kind, seal: taken.sealRead });
      }
    }
    return found;
  }

  async offers(): Promise<readonly Offer[]> {
    const made: Offer[] = [];
    for (const { row, said, content, answer } of await this.kept()) {
      if (!row.mine) continue;
      const { officer, authority } = said.to;
      const to = this.keeper.circle?.officers.find((each) => each.id === officer);
      made.push({
        id: contentName(content),
        to: to ?? { id: officer, name: "", authority, authority_name: "" },
        items: said.items,
        words: await fourWords(content, said.language),
        frames: toFrames("offer", content).frames,
        state: answer === null ? "offered" : "answered",
        answer: answer === null ? null : await this.answerOf(answer.content, answer),
      });
    }
    return made;
  }

  /** The other phone's answer, scanned: believed where the officer of the offer signed it, and once. */
  async takeAnswer(content: Bytes): Promise<ReadAnswer> {
    const said = readAnswerContent(content);
    const row = (await this.ledger.store.get("offers", said.offer)) as OfferRow | undefined;
    const kept = row === undefined ? null : await this.open(said.offer, row);
    if (row === undefined || !row.mine || kept === null) {
      throw new Refusal("unknown-offer", "this answers an offer that this phone did not make, or cannot read any more");
    }
    const offer = readOfferContent(fromHex(kept.content));
    if (said.from.officer !== offer.to.officer) {
      throw new Refusal("other-officer", "it was offered to another officer; this answer counts for nothing");
    }
    // Who saw the offer's codes could answer them: where the officer's phones are known, no other answers.
    const phones = this.keeper.circle?.phones.filter((each) => each.officer === offer.to.officer) ?? [];
    if (phones.length > 0 && !this.isKnown(said.from)) {
      throw new Refusal("other-officer", "this answer was signed by another phone than that officer's; it counts for nothing");
    }
    if (said.items.some((item) => !offer.items.some((each) => each.exhibit === item.exhibit))) {
      throw new Refusal("wrong-qr", "the answer names something that was not offered");
    }
    if (kept.answer !== "" && kept.answer !== hex(content)) {
      throw new Refusal("answered", "this offer was answered already, and otherwise; the first answer stands");
    }
    await this.ledger.alone(async () => {
      await this.ledger.commit([await this.row(said.offer, true, fromHex(kept.content), content)]);
    });
    return this.answerOf(content, said);
  }

  async readAnswer(offer: string): Promise<ReadAnswer> {
    const found = (await this.kept()).find(({ content }) => contentName(content) === offer);
    if (found?.answer === undefined || found.answer === null) throw new Refusal("unknown-offer", "no answer to this offer was read");
    return this.answerOf(found.answer.content, found.answer);
  }

  private async answerOf(content: Bytes, said: AnswerSaid): Promise<ReadAnswer> {
    const known = this.isKnown(said.from);
    return { offer: said.offer, known, items: said.items, words: await fourWords(content, said.language) };
  }

  private isKnown(from: { device: string; officer: string; public: string }): boolean {
    const phones = this.keeper.circle?.phones ?? [];
    return phones.some((each) => each.device === from.device && each.officer === from.officer && each.public === from.public);
  }

  // -- who takes -----------------------------------------------------------------------

  async takeOffer(content: Bytes): Promise<ReadOffer> {
    const phone = this.ledger.capturing();
    const said = readOfferContent(content);
    if (said.from.device === phone.device) throw new Refusal("own-offer", "this is your own offer: the other officer scans it");
    if (said.to.officer !== phone.officer || said.to.authority !== phone.authority) {
      throw new Refusal("other-officer", "this is offered to another officer; only that officer can accept it");
    }
    const name = contentName(content);
    this.read.set(name, content);
    const row = (await this.ledger.store.get("offers", name)) as OfferRow | undefined;
    if (row === undefined) {
      await this.ledger.alone(async () => this.ledger.commit([await this.row(name, false, content, null)]));
    }
    return this.readOf(content, said, row?.answered === true);
  }

  async readOffer(name: string): Promise<ReadOffer> {
    const { content, row } = await this.contentOf(name);
    return this.readOf(content, readOfferContent(content), row?.answered === true);
  }

  private async readOf(content: Bytes, said: OfferSaid, answered: boolean): Promise<ReadOffer> {
    const { officer, name, device } = said.from;
    const known = this.isKnown(said.from);
    const words = await fourWords(content, said.language);
    return { id: contentName(content), from: { officer, name, device }, known, items: said.items, words, made: said.made, answered };
  }

  private async contentOf(name: string): Promise<{ content: Bytes; row: OfferRow | undefined; kept: OfferKept | null }> {
    const row = (await this.ledger.store.get("offers", name)) as OfferRow | undefined;
    const kept = row === undefined ? null : await this.open(name, row);
    const content = this.read.get(name) ?? (kept === null ? undefined : fromHex(kept.content));
    if (content === undefined || row?.mine === true) throw new Refusal("unknown-offer", "scan the offer's codes first");
    return { content, row, kept };
  }

  async accept(name: string, items: readonly Acceptance[], options: SayOptions): Promise<AnswerFrames> {
    const { content, row, kept } = await this.contentOf(name);
    const said = readOfferContent(content);
    if (row?.answered === true) {
      if (items.length > 0) throw new Refusal("answered", "you answered this offer already; show the answer's codes again");
      if (kept === null || kept.answer === "") throw this.keeper.closed("to show the answer again");
      return this.shown(fromHex(kept.answer), said.language, said.items.length);
    }
    const signer = this.keeper.signer();
    if (signer === null) throw new Refusal("locked", "unlock the app to accept something");
    if (items.some((item) => !said.items.some((each) => each.exhibit === item.exhibit))) {
      throw new Refusal("values", "this was not offered", "items");
    }
    if (said.items.some((each) => !items.some((item) => item.exhibit === each.exhibit))) {
      throw new Refusal("values", "say of each thing whether you take it", "items");
    }
    let answer: Bytes | null = null;
    await this.capture.run(options, async (draft) => {
      const saved: Saved[] = [];
      const answered: AnswerSaid["items"][number][] = [];
      for (const { exhibit, accepted, sealRead, sealState, place: where = "" } of items) {
        const offered = said.items.find((each) => each.exhibit === exhibit);
        const file = draft.phone.files.find((each) => each.id === offered?.file);
        if (!accepted || offered === undefined) {
          answered.push({ exhibit, accepted: false, sealRead, sealState, entry: "" });
          continue;
        }
        if (file === undefined) throw new Refusal("no-file", "your phone has no key for this case: accept it at your desk");
        if (sealRead.trim() !== "") await this.capture.sealOnce(draft, sealRead, exhibit);
        const values: Values = this.capture.filled(
          draft,
          "custody.accept",
          { offer: offered.offer, place: where, seal_read: sealNumber(sealRead), seal_state: sealState },
          options,
        );
        this.capture.check("custody.accept", values);
        const place = await this.capture.shared(draft, file);
        const entry = await draft.say({ verb: "custody.accept", values, subject: exhibit, place });
        saved.push(entry);
        answered.push({ exhibit, accepted: true, sealRead, sealState, entry: entry.entry });
      }
      const { officer, device, public: key } = draft.phone;
      const told: AnswerSaid = { v: 1, offer: name, language: said.language, from: { officer, device, public: key }, items: answered };
      answer = await signedAnswer(told, signer);
      draft.changes.push(await this.row(name, false, content, answer));
      return saved;
    });
    const stored = answer ?? fromHex((await this.contentOf(name)).kept?.answer ?? "");
    if (stored.length === 0) throw this.keeper.closed("to show the answer again");
    return this.shown(stored, said.language, items.length);
  }

  private async shown(answer: Bytes, language: Language, entries: number): Promise<AnswerFrames> {
    return { ...toFrames("custodyAnswer", answer), entries, left: 0, sets: 0, words: await fourWords(answer, language) };
  }

  // -- kept ----------------------------------------------------------------------------

  private async row(name: string, mine: boolean, content: Bytes, answer: Bytes | null): Promise<Change> {
    const at = this.ledger.counting.tick().counted;
    const kept: OfferKept = { content: hex(content), answer: answer === null ? "" : hex(answer), at };
    const sealed = await sealTo(fromHex(this.ledger.capturing().custody), utf8(JSON.stringify(kept)), WHAT + name);
    return put("offers", name, { mine, answered: answer !== null, sealed } satisfies OfferRow);
  }

  private async open(name: string, row: OfferRow): Promise<OfferKept | null> {
    const read = this.keeper.reading("custody");
    if (read === null) return null;
    return JSON.parse(fromUtf8(await openWith(read, row.sealed, WHAT + name))) as OfferKept;
  }

  private async kept(): Promise<readonly Kept[]> {
    const found: Kept[] = [];
    for (const [name, value] of await this.ledger.store.all("offers")) {
      const row = value as OfferRow;
      const kept = await this.open(name, row);
      if (kept === null) continue;
      const content = fromHex(kept.content);
      const answer = kept.answer === "" ? null : { ...readAnswerContent(fromHex(kept.answer)), content: fromHex(kept.answer) };
      found.push({ row, at: kept.at, content, said: readOfferContent(content), answer });
    }
    return found.sort((left, right) => right.said.made - left.said.made);
  }
}

interface Kept {
  readonly row: OfferRow;
  readonly at: number;
  readonly content: Bytes;
  readonly said: OfferSaid;
  readonly answer: (AnswerSaid & { readonly content: Bytes }) | null;
}

/** Whether another officer accepted it, and nobody has given it back since. */
function isGiven(kept: readonly Kept[], exhibit: string): boolean {
  const moves = kept.filter(({ answer }) => answer?.items.some((item) => item.exhibit === exhibit && item.accepted) === true);
  return moves.reduce<Kept | null>((last, each) => (last === null || each.at >= last.at ? each : last), null)?.row.mine === true;
}
