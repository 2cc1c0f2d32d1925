/** What the screens are told at each change, from what the phone holds. */

import type { Keeper } from "./keeper.ts";
import type { Ledger } from "./ledger.ts";
import type { Room } from "./machine.ts";
import type { Ending } from "./rows.ts";
import type { HandingOver, Status } from "./types.ts";

/** About what a visit's photos need. */
const PHOTOS = 50_000_000;
/** Clocks that differ by less are told to nobody. */
const NEAR = 120_000;

export const UNREADY: Status = {
  ready: false,
  enrolled: false,
  locked: true,
  canSign: false,
  unsigned: 0,
  destroyed: false,
  ended: "",
  readUntil: null,
  ownUntil: null,
  clockBack: 0,
  captureUntil: null,
  unsent: { entries: 0, photos: 0, bytes: 0, since: null },
  lastHandOver: null,
  handingOver: null,
  nextAttempt: null,
  lastProblem: "",
  storage: { persisted: false, installed: false, quota: 0, used: 0, low: false },
  tries: { wrong: 0, waitUntil: null },
  device: null,
  update: false,
  otherTab: false,
  clockOff: 0,
  generated: false,
  held: 0,
  refused: 0,
  carried: 0,
};

export interface Told {
  readonly ledger: Ledger;
  readonly keeper: Keeper;
  readonly room: Room;
  readonly handing: HandingOver | null;
  readonly problem: string;
  readonly nextAttempt: number | null;
  readonly alone: boolean;
  readonly app: string;
}

export function statusOf(told: Told): Status {
  const { ledger, keeper, room, alone } = told;
  const { phone, contact } = ledger;
  const rows = [...ledger.outbox.values()];
  const waiting = rows.filter((row) => row.state === "unsent" || row.state === "unsigned");
  const photos = rows.filter((row) => row.chunks.length > 0 && row.state !== "refused");
  const bytes =
    waiting.reduce((sum, row) => sum + row.size, 0) + photos.reduce((sum, row) => sum + row.chunks.length * 65_536, 0);
  const since = [...waiting, ...photos].reduce<number | null>((least, row) => Math.min(least ?? row.at, row.at), null);
  const { counted, moved } = ledger.counting.tick();
  const at = (ending: Ending | null | undefined) => (ending == null ? null : ledger.machine.now() + ending.until - counted);
  const destroyed = phone?.destroyed ?? false;
  return {
    ready: true,
    enrolled: phone !== null,
    locked: keeper.locked,
    canSign: keeper.signer() !== null,
    unsigned: rows.filter((row) => row.state === "unsigned").length,
    destroyed,
    ended: phone?.ended ?? "",
    readUntil: at(phone?.lease),
    ownUntil: at(phone?.own),
    clockBack: moved,
    captureUntil: destroyed ? null : (phone?.captureUntil ?? null),
    unsent: { entries: waiting.length, photos: photos.length, bytes, since },
    lastHandOver: contact.lastHandOver,
    handingOver: told.handing,
    nextAttempt: told.nextAttempt,
    lastProblem: told.problem,
    storage: { ...room, low: room.quota > 0 && room.quota - room.used < PHOTOS },
    tries: keeper.tries,
    device: phone === null ? null : { code: phone.code, until: phone.until },
    update: contact.appVersion !== "" && contact.appVersion !== told.app,
    otherTab: !alone,
    clockOff: Math.abs(phone?.off ?? 0) > NEAR ? (phone?.off ?? 0) : 0,
    generated: phone?.generated ?? false,
    held: ledger.told.size,
    refused: rows.filter((row) => row.state === "refused").length,
    carried: ledger.carried,
  };
}
