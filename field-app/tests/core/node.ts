/** A node in TypeScript: it checks parcels with the codec as the real one does, and refuses lies. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bigEndian, bytes, concat, equal, fromHex, fromUtf8, hex, random, utf8 } from "../../src/codec/bytes.ts";
import type { Bytes } from "../../src/codec/bytes.ts";
import { decodeBody } from "../../src/codec/body.ts";
import { Channel } from "../../src/codec/channel.ts";
import { sha256 } from "../../src/codec/hashing.ts";
import * as header from "../../src/codec/header.ts";
import * as hpke from "../../src/codec/hpke.ts";
import * as messagepack from "../../src/codec/messagepack.ts";
import { recipientId } from "../../src/codec/recipient.ts";
import { openBody } from "../../src/codec/sealing.ts";
import { pack, unpack, unwrap } from "../../src/codec/wrap.ts";
import { deframe } from "../../src/codec/zstd.ts";
import { VERBS } from "../../src/forms/forms.ts";
import type { Reply } from "../../src/core/machine.ts";

export const HOUR = 3_600_000;
const NAMES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const AUTHORITY = "a1".repeat(16);
const CARE = "c2".repeat(16);

export interface StoredEntry {
  readonly hash: string;
  readonly compartment: string;
  readonly seq: number;
  readonly kind: string;
  readonly body: Record<string, unknown>;
}

type Answer = Record<string, unknown>;

export class Node {
  readonly seed = random(32);
  readonly public = bytes(ed25519.getPublicKey(this.seed));
  private readonly secrets = new Map([AUTHORITY, CARE].map((authority) => [authority, random(96)]));
  private readonly tokens = new Map<string, { officer: number; device: string }>();
  readonly devices = new Map<string, { officer: number; code: string; public: Bytes }>();
  readonly entries: StoredEntry[] = [];
  private readonly logs = new Map<string, { seq: number; hash: Bytes }>();
  private readonly keys = new Map<string, Bytes>();
  readonly chunks = new Map<string, Bytes>();
  readonly parcels: number[] = [];
  /** Entries that it keeps or refuses instead of storing them, with why. */
  verdict: (body: Record<string, unknown>) => { as: "held" | "waits" | "refused"; why: string } | null = () => null;
  /** Changes what it answers: a lie. */
  lie: (answer: Answer) => Answer = (answer) => answer;
  /** Called before it reads and before it answers: throw, and the link is cut there. */
  cut: (at: "before" | "after", path: string) => void = () => undefined;
  status: { code: number; after: number } | null = null;
  ended = "";
  /** Chunks, as of attachments that it holds. */
  passesOver = false;
  /** How many entries were here when each chunk came. */
  readonly chunksAt: number[] = [];
  /** A file of whose logs it says that something is missing. */
  gap = "";
  team = true;
  files = [
    { id: "0f".repeat(16), kind: "police", number: 2, is: "team" },
    { id: "1f".repeat(16), kind: "police", number: 0, is: "site" },
    { id: "2f".repeat(16), kind: "case", number: 5, is: "case" },
  ];
  shift = 0;
  appVersion = "0.1.0";

  constructor(readonly now: () => number) {}

  /** A code for one of the officers, as it is typed. */
  code(officer = 0): string {
    const token = Array.from(random(20), (byte) => NAMES[byte % 32]).join("");
    const seed = sha256(utf8("libertad field token v1\0"), utf8(token));
    this.tokens.set(hex(bytes(ed25519.getPublicKey(seed))), { officer, device: "" });
    return token;
  }

  send = async (path: string, body?: Bytes): Promise<Reply> => {
    this.cut("before", path);
    const reply = await this.answer(path, body);
    this.cut("after", path);
    return reply;
  };

  private async answer(path: string, body?: Bytes): Promise<Reply> {
    if (this.status !== null) return { status: this.status.code, body: utf8("{}"), after: this.status.after };
    const clear = (status: number, parts: Answer): Reply => ({ status, body: utf8(JSON.stringify(parts)), after: 0 });
    if (path === "/field/api/node/") {
      return clear(200, { v: 1, public: hex(this.public), words: ["river"], app: this.appVersion });
    }
    if (body === undefined || body.length > 67_000) return clear(413, { code: "too-large" });
    const sender = body.slice(1, 33);
    const ask = body.slice(33);
    let channel: Channel;
    let plain: Bytes;
    try {
      channel = new Channel(this.seed, sender);
      plain = channel.open("?", ask);
    } catch {
      return clear(400, { code: "bad-message", message: "" });
    }
    const kinds: Record<string, number> = { "/field/api/hand-over/": 1, "/field/api/lease/": 2, "/field/api/enrol/": 3 };
    if (kinds[path] !== body[0]) return clear(400, { code: "bad-message" });
    const told =
      body[0] === 1 ? await this.handOver(plain) : body[0] === 2 ? this.lease(hex(sender)) : this.enrol(hex(sender), plain);
    if (typeof told === "number") return clear(told, { code: told === 404 ? "unknown-code" : "unknown-phone" });
    const json = utf8(JSON.stringify(this.lie(told)));
    return { status: 200, body: channel.seal(".", concat(ask.slice(0, 8), bigEndian(0, 4), json)), after: 0 };
  }

  private enrol(token: string, plain: Bytes): Answer | number {
    const known = this.tokens.get(token);
    if (known === undefined) return 404;
    const asked = JSON.parse(fromUtf8(plain)) as { ask?: boolean; device: string; proof: string };
    const { authority, officer, operation } = this.parties(known.officer);
    if (asked.ask === true) return { v: 1, authority, officer, operation, until: this.now() + 240 * HOUR };
    if (known.device !== "" && known.device !== asked.device) return 404;
    const proven = concat(utf8("libertad device v1\0"), utf8(`${authority.id}\0${operation.id}`));
    if (!ed25519.verify(fromHex(asked.proof), proven, fromHex(asked.device))) return 404;
    known.device = asked.device;
    if (!this.devices.has(asked.device)) {
      const code = `K${7 + this.devices.size}`;
      this.devices.set(asked.device, { officer: known.officer, code, public: fromHex(asked.device) });
    }
    return this.grant(asked.device);
  }

  private lease(device: string): Answer | number {
    if (this.ended !== "") return { v: 1, ended: true, why: this.ended };
    return this.devices.has(device) ? this.grant(device) : 403;
  }

  private parties(officer: number) {
    return {
      authority: { id: AUTHORITY, name: "Guyana Police Force", kind: "police", country: "GY", zone: "America/Guyana" },
      officer: { id: `0${officer}`.repeat(16), name: `Officer ${officer}`, role: "officer" },
      operation: { id: "b0".repeat(16), name: "Exercise", generated: true, now: this.now() + this.shift },
    };
  }

  private grant(device: string): Answer {
    const { officer, code } = this.devices.get(device) ?? { officer: 0, code: "" };
    const now = this.now();
    const recipients = [...this.secrets].map(([authority, secret]) => {
      const key = hpke.publicOf(secret);
      return { authority, key_id: hex(recipientId(key)), public: hex(key), made: 1 };
    });
    return {
      v: 1,
      now,
      ...this.parties(officer),
      device: { id: hex(header.deviceId(fromHex(device))), public: device, code, until: now + 240 * HOUR },
      node: { public: hex(this.public), words: ["river"] },
      readers: { person: [AUTHORITY, CARE] },
      recipients,
      files: this.files,
      lease: { until: now + 12 * HOUR, capture_until: now + 72 * HOUR },
      verbs: VERBS,
      task: {
        team: !this.team ? null : { id: "3a".repeat(16), name: "Team Zarzamora", every_minutes: 60, state: "on-site", next_due: now + HOUR },
        site: { id: "4a".repeat(16), name: "Camp Zafiro", kind: "mine", country: "GY", ways_in: [], notes: ["Dos perros"] },
        window: { begins: now, ends: now + 48 * HOUR },
      },
      officers: [0, 1, 2].map((each) => ({ ...this.parties(each).officer, authority: AUTHORITY, authority_name: "GPF" })),
      phones: [...this.devices].map(([key, each]) => {
        const { id, name } = this.parties(each.officer).officer;
        return { device: hex(header.deviceId(fromHex(key))), public: key, officer: id, name };
      }),
      case: { country: "GY" },
      danger_contact: "Mesa Zeta",
    };
  }

  private async handOver(plain: Bytes): Promise<Answer> {
    this.parcels.push(plain.length);
    const parts = messagepack.decode(deframe(plain, 4_000_000)) as messagepack.PackedMap;
    const word = (parts.get("w") ?? new Map()) as messagepack.PackedMap;
    const lists = (from: messagepack.PackedMap, name: string) => (from.get(name) ?? []) as readonly Bytes[];
    const entries = wholeEntries((parts.get("e") ?? []) as readonly (readonly Bytes[])[]);
    for (const packed of wholeWraps(lists(word, "k"), entries)) await this.takeKey(packed);
    const answer = {
      v: 1,
      now: this.now(),
      confirms: word.get("n") ?? 0,
      logs: [] as Answer[],
      known: [] as string[],
      stored: [] as string[],
      held: [] as Answer[],
      waits: [] as Answer[],
      gaps: [] as string[],
      chunks: [] as string[],
      refused: [] as Answer[],
      recipients: [],
      app: { version: this.appVersion },
    };
    for (const { exact, signature, sealed } of entries) {
      const hash = hex(header.entryHash(exact));
      if (this.entries.some((each) => each.hash === hash)) answer.known.push(hash);
      else await this.takeEntry(exact, signature, sealed, hash, answer);
    }
    for (const chunk of lists(parts, "c")) {
      const name = hex(sha256(chunk));
      if (this.passesOver) continue;
      this.chunksAt.push(this.entries.length);
      this.chunks.set(name, chunk);
      answer.chunks.push(name);
    }
    return answer;
  }

  private async takeKey(packed: Bytes): Promise<void> {
    const wrapped = unpack(packed);
    const secret = this.secrets.get(wrapped.reader);
    if (secret === undefined || wrapped.giver !== AUTHORITY) throw new Error("a key for or by a stranger");
    const file = this.files.find((each) => each.id === hex(wrapped.compartment));
    if ((file?.number ?? 0) !== wrapped.number) throw new Error("a key of another epoch");
    this.keys.set(hex(wrapped.kid), await unwrap(wrapped, secret));
  }

  private async takeEntry(
    exact: Bytes,
    signature: Bytes,
    sealed: Bytes,
    hash: string,
    answer: { stored: string[]; gaps: string[]; held: Answer[]; waits: Answer[]; refused: Answer[] },
  ): Promise<void> {
    const head = header.decode(exact);
    const device = [...this.devices.values()].find((each) => equal(header.deviceId(each.public), head.device));
    if (device === undefined || !header.isSigned(exact, signature, device.public)) throw new Error("its signature");
    const log = `${hex(head.device)} ${hex(head.compartment)}`;
    const last = this.logs.get(log);
    if (hex(head.compartment) === this.gap || head.seq !== (last?.seq ?? -1) + 1 || !equal(head.previous, last?.hash ?? new Uint8Array(0))) {
      answer.gaps.push(hex(head.compartment));
      return;
    }
    const key = this.keys.get(hex(head.keyId));
    if (key === undefined) throw new Error("an entry before its key");
    const body = decodeBody(await openBody(sealed, key, head));
    const verdict = this.verdict(body);
    this.logs.set(log, { seq: head.seq, hash: header.entryHash(exact) });
    if (verdict !== null) {
      answer[verdict.as].push({ entry: hash, why: verdict.why });
      if (verdict.as === "refused") return;
    } else answer.stored.push(hash);
    this.entries.push({ hash, compartment: hex(head.compartment), seq: head.seq, kind: head.typeClass, body });
  }

  /** Entries of a verb, in the order in which they came. */
  of(verb: string): StoredEntry[] {
    return this.entries.filter((entry) => entry.body["verb"] === verb);
  }
}

interface Whole {
  readonly exact: Bytes;
  readonly signature: Bytes;
  readonly sealed: Bytes;
}

/** Undo `shortHeaders`, as libertad/field/short_forms.py does. */
function wholeEntries(carried: readonly (readonly Bytes[])[]): readonly Whole[] {
  const made: Whole[] = [];
  for (const [, given, signature, sealed] of carried) {
    if (given === undefined || signature === undefined || sealed === undefined) throw new Error("an entry");
    let exact = given;
    if (given[0] === 0x92) {
      const [at, depends] = messagepack.decode(given) as readonly [number, readonly Bytes[]];
      const before = made[at]?.exact ?? bytes([]);
      const head = header.decode(before);
      const next = { seq: head.seq + 1, previous: header.entryHash(before), depends };
      exact = header.encode({ ...head, ...next, bodyHash: sha256(sealed), length: sealed.length });
    }
    made.push({ exact, signature, sealed });
  }
  return made;
}

function wholeWraps(given: readonly Bytes[], entries: readonly Whole[]): readonly Bytes[] {
  const made: Bytes[] = [];
  for (const packed of given) {
    if (packed[0] !== 0x93) made.push(packed);
    else {
      const [of, like, sealed] = messagepack.decode(packed) as readonly [number, number, Bytes];
      const { compartment, keyId: kid } = header.decode(entries[of]?.exact ?? bytes([]));
      made.push(pack({ ...unpack(made[like] ?? bytes([])), compartment, kid, sealed }));
    }
  }
  return made;
}

/** The values of an entry, the last of each field. */
export function valuesOf(entry: StoredEntry | undefined): Record<string, unknown> {
  const statements = (entry?.body["statements"] ?? []) as readonly [string, string, unknown][];
  return Object.fromEntries(statements.map(([field, , value]) => [field, value]));
}
