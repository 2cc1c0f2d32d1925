/** A grant (the node's answer to enrolment and lease), read with a check of each part that is believed. */

import { fromHex, hex, Malformed } from "../codec/bytes.ts";
import { deviceId } from "../codec/header.ts";
import { recipientId } from "../codec/recipient.ts";
import type { Phone, StoredRecipient } from "./rows.ts";
import type { SharedFile, Task } from "./types.ts";

type Parts = Record<string, unknown>;

export interface Grant {
  readonly task: Task;
  readonly phone: Phone;
  readonly words: readonly string[];
  /** Milliseconds from now. */
  readonly readFor: number;
  /** The node's time. */
  readonly now: number;
}

/** `publicKey`: this device's own (hex); `now`: by the phone's clock. Malformed for a grant of another device. */
export function readGrant(plain: unknown, publicKey: string, now: number): Grant {
  const grant = object(plain, "grant");
  if (grant["v"] !== 1) throw new Malformed("grant: of another version; update this app");
  const [authority, officer, operation, device, node, lease] = [
    "authority",
    "officer",
    "operation",
    "device",
    "node",
    "lease",
  ].map((name) => object(grant[name], name)) as [Parts, Parts, Parts, Parts, Parts, Parts];
  const ours = text(device, "public");
  if (ours !== publicKey) throw new Malformed("grant: of another device");
  const country = text(object(grant["case"] ?? {}, "case"), "country") || text(authority, "country");
  const task = object(grant["task"] ?? {}, "task");
  const [team, site, window] = ["team", "site", "window"].map((name) =>
    task[name] === null || task[name] === undefined ? null : object(task[name], name),
  ) as [Parts | null, Parts | null, Parts | null];
  const nodeNow = time(grant["now"]);
  const operationNow = operation["now"] === undefined || operation["now"] === null ? nodeNow : time(operation["now"]);
  const generated = operation["generated"] === true;
  const readers = list(object(grant["readers"] ?? {}, "readers")["person"]).map(String);
  const phone: Phone = {
    device: hex(deviceId(fromHex(ours))),
    public: ours,
    code: text(device, "code"),
    until: time(device["until"]),
    authority: text(authority, "id"),
    officer: text(officer, "id"),
    operation: text(operation, "id"),
    generated,
    zone: text(authority, "zone") || "UTC",
    country,
    shift: operationNow - nodeNow,
    off: now - nodeNow,
    node: text(node, "public"),
    readers,
    recipients: list(grant["recipients"]).map(recipient),
    files: list(grant["files"]).map(file),
    team: team === null ? "" : text(team, "id"),
    site: site === null ? "" : text(site, "id"),
    teamState: team === null ? "" : text(team, "state"),
    verbs: list(grant["verbs"]).map(String),
    captureUntil: time(lease["capture_until"]) + (now - nodeNow),
    lease: null,
    own: null,
    custody: "",
    ended: "",
    destroyed: false,
  };
  const named = (parts: Parts) => ({ id: text(parts, "id"), name: text(parts, "name") });
  return {
    phone,
    words: list(node["words"]).map(String),
    now: nodeNow,
    readFor: time(lease["until"]) - nodeNow,
    task: {
      authority: { ...named(authority), kind: text(authority, "kind"), country: text(authority, "country"), zone: phone.zone },
      officer: { ...named(officer), role: text(officer, "role") },
      operation: { ...named(operation), generated },
      team: team && {
        ...named(team),
        every_minutes: typeof team["every_minutes"] === "number" ? team["every_minutes"] : null,
        state: text(team, "state"),
        next_due: optionalTime(team["next_due"]),
      },
      site: site && {
        ...named(site),
        kind: text(site, "kind"),
        country: text(site, "country"),
        place: text(site, "place"),
        position: position(site["position"]),
        ways_in: list(site["ways_in"]),
        notes: list(site["notes"]),
      },
      window: window && { begins: time(window["begins"]), ends: time(window["ends"]) },
      officers: list(grant["officers"]).map((each) => {
        const parts = object(each, "officer");
        return { ...named(parts), authority: text(parts, "authority"), authority_name: text(parts, "authority_name") };
      }),
      phones: list(grant["phones"]).map((each) => {
        const parts = object(each, "phone");
        const { device: id, public: key, officer: whose, name } = parts;
        return { device: String(id), public: String(key), officer: String(whose), name: String(name) };
      }),
      country,
      dangerContact: text(grant, "danger_contact"),
      verbs: phone.verbs,
      clock: operationNow - now,
    },
  };
}

/** A recipient key as the node lists it; Malformed where its id is not its own. */
export function recipient(value: unknown): StoredRecipient {
  const parts = object(value, "recipient");
  const publicKey = text(parts, "public");
  const keyId = text(parts, "key_id");
  if (hex(recipientId(fromHex(publicKey))) !== keyId) throw new Malformed("recipient: the key has an id that is not its own");
  return { authority: text(parts, "authority"), key_id: keyId, public: publicKey, made: time(parts["made"]) };
}

function file(value: unknown): SharedFile {
  const parts = object(value, "file");
  const is = parts["is"];
  const number = parts["number"];
  const id = text(parts, "id");
  if ((is !== "team" && is !== "site" && is !== "case") || typeof number !== "number" || fromHex(id).length !== 16) {
    throw new Malformed("grant: a file");
  }
  return { id, kind: text(parts, "kind"), number, is };
}

function position(value: unknown): { lat: number; lon: number } | null {
  if (typeof value !== "object" || value === null) return null;
  const { lat, lon } = value as Parts;
  return typeof lat === "number" && typeof lon === "number" ? { lat, lon } : null;
}

export function object(value: unknown, name: string): Parts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(`${name}: not of its parts`);
  return value as Parts;
}

export function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Malformed("a list is none");
  return value as readonly unknown[];
}

export function text(parts: Parts, name: string): string {
  const value = parts[name] ?? "";
  if (typeof value !== "string") throw new Malformed(`${name}: no text`);
  return value;
}

/** Milliseconds, or a moment in text. */
export function time(value: unknown): number {
  const found = typeof value === "string" ? Date.parse(value) : value;
  if (typeof found !== "number" || !Number.isFinite(found)) throw new Malformed("a time is none");
  return Math.floor(found);
}

function optionalTime(value: unknown): number | null {
  return value === null || value === undefined || value === "" ? null : time(value);
}
