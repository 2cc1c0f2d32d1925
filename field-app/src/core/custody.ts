/**
 * Custody from one phone to another without a network: an offer and its answer as codes that each signs.
 *
 * The offer's entries are stored at who gives; the acceptance names each by its hash as a value, never as a
 * dependency, so that no phone's log waits for another's. What is compared by ear is four words of a hash.
 */

import { concat, fromHex, fromUtf8, hex, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { deviceId } from "../codec/header.ts";
import type { Signer } from "../codec/signing.ts";
import { verified } from "../codec/signing.ts";
import { list, object, text, time } from "./grant.ts";
import { Refusal } from "./types.ts";
import type { Language, OfferedItem, ReadAnswer } from "./types.ts";

const OFFER = utf8("libertad field offer v1\0");
const ANSWER = utf8("libertad field answer v1\0");
const SIGNATURE = 64;
const MOST_ITEMS = 200;

/** As it stands in the codes. */
export interface OfferSaid {
  readonly v: 1;
  readonly made: number;
  readonly language: Language;
  readonly from: Party & { readonly name: string };
  readonly to: { readonly officer: string; readonly authority: string };
  readonly items: readonly OfferItem[];
}

export interface OfferItem extends OfferedItem {
  /** The entry that offers it. */
  readonly offer: string;
  readonly file: string;
}

export interface Party {
  readonly officer: string;
  readonly device: string;
  readonly public: string;
}

export interface AnswerSaid {
  readonly v: 1;
  /** Name of the offer's content. */
  readonly offer: string;
  readonly language: Language;
  readonly from: Party;
  readonly items: ReadAnswer["items"];
}

/** offers: what is sealed to the key of custody is an `OfferKept`. */
export interface OfferRow {
  readonly mine: boolean;
  readonly answered: boolean;
  readonly sealed: Bytes;
}

export interface OfferKept {
  readonly content: string;
  readonly answer: string;
  /** By the time that this phone counts: of what was done last with it here. */
  readonly at: number;
}

/** An offer's name: of its exact bytes. */
export function contentName(content: Bytes): string {
  return hex(sha256(content));
}

export async function signedOffer(said: OfferSaid, signer: Signer): Promise<Bytes> {
  return signed(OFFER, said, signer);
}

export async function signedAnswer(said: AnswerSaid, signer: Signer): Promise<Bytes> {
  return signed(ANSWER, said, signer);
}

async function signed(context: Bytes, said: OfferSaid | AnswerSaid, signer: Signer): Promise<Bytes> {
  const plain = utf8(JSON.stringify(said));
  return concat(await signer.sign(concat(context, plain)), plain);
}

/** Refused for bytes that the phone that they name did not sign. */
export function readOfferContent(content: Bytes): OfferSaid {
  return believed(() => {
    const { parts, from } = opened(OFFER, content);
    const to = object(parts["to"], "to");
    const items = list(parts["items"]).map((each): OfferItem => {
      const item = object(each, "item");
      return {
        offer: id(item, "offer", 32),
        exhibit: id(item, "exhibit", 16),
        file: id(item, "file", 16),
        reference: text(item, "reference"),
        kind: text(item, "kind"),
        seal: text(item, "seal"),
      };
    });
    if (items.length === 0 || items.length > MOST_ITEMS) throw new Error("items");
    return {
      v: 1,
      made: time(parts["made"]),
      language: languageOf(parts["language"]),
      from: { ...from, name: text(object(parts["from"], "from"), "name") },
      to: { officer: text(to, "officer"), authority: text(to, "authority") },
      items,
    };
  });
}

export function readAnswerContent(content: Bytes): AnswerSaid {
  return believed(() => {
    const { parts, from } = opened(ANSWER, content);
    const items = list(parts["items"]).map((each) => {
      const item = object(each, "item");
      const accepted = item["accepted"] === true;
      return {
        exhibit: id(item, "exhibit", 16),
        accepted,
        sealRead: text(item, "sealRead"),
        sealState: text(item, "sealState"),
        entry: accepted ? id(item, "entry", 32) : "",
      };
    });
    return { v: 1, offer: id(parts, "offer", 32), language: languageOf(parts["language"]), from, items };
  });
}

function opened(context: Bytes, content: Bytes): { parts: Record<string, unknown>; from: Party } {
  const plain = content.slice(SIGNATURE);
  const parts = object(JSON.parse(fromUtf8(plain)), "message");
  if (parts["v"] !== 1) throw new Error("version");
  const stated = object(parts["from"], "from");
  const from = { officer: text(stated, "officer"), device: id(stated, "device", 16), public: id(stated, "public", 32) };
  const key = fromHex(from.public);
  if (hex(deviceId(key)) !== from.device) throw new Error("another device's key");
  if (!verified(content.slice(0, SIGNATURE), concat(context, plain), key)) throw new Error("signature");
  return { parts, from };
}

function believed<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new Refusal("wrong-qr", "these codes are no offer or answer of another phone, or were changed");
  }
}

function id(parts: Record<string, unknown>, name: string, size: number): string {
  const value = text(parts, name);
  if (fromHex(value).length !== size) throw new Error(name);
  return value;
}

function languageOf(value: unknown): Language {
  return value === "es" || value === "fr" || value === "pt" ? value : "en";
}
