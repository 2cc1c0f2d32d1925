/** Requests to the node: sealed both ways, and what went wrong in words. */

import { bytes, concat, fromHex, fromUtf8, Malformed, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { Channel, NotOurs } from "../codec/channel.ts";
import { object, text } from "./grant.ts";
import type { Machine, Reply } from "./machine.ts";
import { Refusal } from "./types.ts";
import type { NodeInfo } from "./types.ts";

export const APP = "0.1.0";
export const HAND_OVER = 0x01;
const LEASE = 0x02;
const ENROL = 0x03;
const PREFIX = 33;
/** The least that a sealed request has: kind, key, nonce, tag and the channel's own head. */
export const SMALLEST = PREFIX + 24 + 16 + 9;
const LARGEST = 67_000;

/** A request for the node, and what opens its answer. */
export interface Request {
  readonly body: Bytes;
  readonly seed: Bytes;
  readonly ask: Bytes;
}

/** Under a fresh key: nothing of it says which phone it is of. */
export function handOverRequest(node: string, parcel: Bytes): Request {
  const seed = random(32);
  const channel = new Channel(seed, fromHex(node));
  const ask = channel.seal("?", parcel);
  return { seed, ask, body: concat([HAND_OVER], channel.ours, ask) };
}

/** Whether bytes may be a phone's hand-over at all: what is in them only the node can tell. */
export function isHandOver(body: Bytes): boolean {
  return body[0] === HAND_OVER && body.length >= SMALLEST && body.length <= LARGEST;
}

export function openAnswer(seed: Bytes, node: string, ask: Bytes, answer: Bytes): Record<string, unknown> {
  const { plain, last } = new Channel(seed, fromHex(node)).answered(ask, 0, answer);
  if (!last) throw new Malformed("answer: cut off");
  return json(plain);
}

export class Link {
  constructor(private readonly machine: Machine) {}

  async node(): Promise<NodeInfo> {
    const reply = await this.send("/field/api/node/");
    const found = object(json(reply.body), "node");
    const publicKey = text(found, "public");
    if (fromHex(publicKey).length !== 32) throw new Malformed("node: its key");
    const words = Array.isArray(found["words"]) ? found["words"].map(String) : [];
    return { public: publicKey, words, app: text(found, "app") };
  }

  /** Sent as it is: of this phone or of another. The node's sealed answer. */
  async handOver(body: Bytes): Promise<Bytes> {
    return (await this.send("/field/api/hand-over/", body)).body;
  }

  lease(own: { readonly publicKey: Bytes; readonly secret: Bytes }, node: string): Promise<Record<string, unknown>> {
    return this.ask("/field/api/lease/", LEASE, new Channel(own, fromHex(node)), { v: 1, app: APP });
  }

  enrol(seed: Bytes, node: string, plain: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.ask("/field/api/enrol/", ENROL, new Channel(seed, fromHex(node)), plain);
  }

  private async ask(
    path: string,
    kind: number,
    channel: Channel,
    plain: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const ask = channel.seal("?", utf8(JSON.stringify(plain)));
    const reply = await this.send(path, concat([kind], channel.ours, ask));
    try {
      const answered = channel.answered(ask, 0, reply.body);
      if (!answered.last) throw new Malformed("answer: cut off");
      return json(answered.plain);
    } catch (why) {
      throw notOurs(why);
    }
  }

  private async send(path: string, body?: Bytes): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await this.machine.send(path, body);
    } catch {
      throw new Refusal("no-network", "the node cannot be reached; nothing is lost, it is tried again");
    }
    if (reply.status === 200) return reply;
    throw refusal(reply);
  }
}

export function notOurs(why: unknown): unknown {
  if (!(why instanceof NotOurs) && !(why instanceof Malformed)) return why;
  return new Refusal("bad-message", "the answer is not one of your node; nothing was taken from it");
}

function json(plain: Bytes): Record<string, unknown> {
  try {
    return object(JSON.parse(fromUtf8(bytes(plain))), "answer");
  } catch {
    throw new Malformed("answer: not JSON");
  }
}

function refusal(reply: Reply): Refusal {
  let told = "";
  try {
    told = text(json(reply.body), "code");
  } catch {
    // A proxy's page, or nothing.
  }
  const wait = reply.after * 1000;
  switch (reply.status) {
    case 400:
      return new Refusal("bad-message", "the node cannot read what this phone sends");
    case 403:
      return new Refusal("ended", "the node does not know this phone, or not any more");
    case 404:
      if (told !== "unknown-code") break;
      return new Refusal("unknown-code", "this code is not known: it was used, has expired or was mistyped. Ask for a new one");
    case 409:
      return new Refusal("version", "the node is of another version: update this app where there is a network");
    case 413:
      return new Refusal("bad-message", "the node takes no parcel so large");
    case 429:
      return new Refusal("busy", "the node is busy; it is tried again", "", wait);
    case 503:
      return new Refusal("busy", "the node's keys are not unlocked yet; nothing is lost, it is tried again", "", wait);
  }
  return new Refusal("no-network", `the node cannot be reached (${reply.status}); nothing is lost, it is tried again`, "", wait);
}
