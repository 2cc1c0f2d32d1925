/** The start: my task, until when it can be read and captured, and what one comes to do. */

import { useState } from "preact/hooks";
import type { OwnRecord } from "../../core/field.ts";
import { clock, dayAndClock, HOUR, length, shortly, zone } from "../times.ts";
import { known, many, t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { DangerCard, Frame, Generated, To } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import type { IconName } from "../parts/icons.tsx";
import { optionsOf } from "../parts/form.tsx";
import { dropDrafts, unsaved, useRecords, useUi } from "../parts/state.ts";
import { missing } from "../parts/device.ts";
import { counted } from "./headcount.tsx";
import { Update } from "./ends.tsx";

export function Start() {
  const ui = useUi();
  const { task, status, now, go } = ui;
  const records = useRecords() ?? [];
  const of = (verb: string): readonly OwnRecord[] => records.filter((record) => record.verb === verb);
  const lacks = missing(status);
  const site = task?.site ?? null;
  const count = counted(records);
  const met = of("person.meet").length;
  const operationNow = now + (task?.clock ?? 0);
  const due = task?.team?.next_due ?? null;
  return (
    <Frame title="Daybook" second={task === null ? undefined : [task.officer.name, task.team?.name].filter(Boolean).join(", ")} first withoutDanger bottom={<DangerCard />}>
      <Update />
      {ui.message !== "" && <div class="notice calm"><Icon name="done" /><p class="grow strong">{ui.message}</p></div>}
      <section class="part ruled tight">
        <div class="heading-row">
          <p class="second">{t("start.task")}</p>
          <Generated />
        </div>
        {task === null ? <p class="strong">{t("start.no-task")}</p> : (
          <>
            <p class="number">{site === null ? t("start.no-site") : <><Icon name="site" size={18} /> {site.name}</>}</p>
            {task.window !== null && (
              <p>{t("start.window", { from: dayAndClock(task.window.begins), to: dayAndClock(task.window.ends), zone: zone(task.window.begins) })}</p>
            )}
            {task.team !== null && <p class="second">{optionsOf("team-states").find(({ value }) => value === task.team?.state)?.label ?? ""}</p>}
          </>
        )}
      </section>
      <Lease />
      <ClockBack />
      <Unsaved />
      {status.storage.low && <Told title={t("start.storage-title")} text={t("start.storage")} act={t("band.hand-over")} onAct={() => go("hand-over")} />}
      {status.refused > 0 && <Told title={many("start.refused", status.refused)} text={t("start.refused-text")} act={t("start.open-records")} onAct={() => go("records")} />}
      {Math.abs(status.clockOff) > HOUR / 6 && <Told title={t("start.clock-title")} text={t("start.clock", { off: length(Math.abs(status.clockOff)) })} />}
      <section class="part tiles" aria-label={t("start.tiles")}>
        <Tile icon="count" screen="headcount" title={t("headcount.title")} second={count === null ? t(task === null ? "start.unreadable" : "start.not-counted") : t("start.counted", { n: count.total, met })} />
        <Tile icon="person" screen="meet" title={t("meet.title")} second={many("start.met", met)} main />
        <Tile icon="room" screen="room" title={t("room.title")} second={task === null ? t("start.unreadable") : many("start.rooms", of("room.measure").length)} />
        <Tile icon="seal" screen="seize" title={t("seize.title")} second={many("start.seized", of("exhibit.seize").length)} />
      </section>
      <nav class="part" aria-label={t("start.further")}>
        <To label={t("check-in.title")} second={due === null ? undefined : dueText(due, operationNow, task?.clock ?? 0)} onClick={() => go("check-in")} />
        <To label={t("site.title")} second={site?.name} onClick={() => go("site")} />
        <To label={t("records.title")} second={many("start.records", records.length)} onClick={() => go("records")} />
        <To label={t("more.title")} second={t("start.more")} onClick={() => go("more")} />
        <To label={t("phone.title")} second={lacks.length > 0 ? many("start.lacks", lacks.length) : undefined} onClick={() => go("this-phone")} />
      </nav>
    </Frame>
  );
}

export function dueText(due: number, operationNow: number, offset: number): string {
  const left = due - operationNow;
  const at = clock(due - offset);
  return left >= 0 ? t("start.due", { at, left: length(left) }) : t("start.overdue", { at, late: length(-left) });
}

function Tile({ icon, screen, title, second, main }: { icon: IconName; screen: string; title: string; second: string; main?: boolean }) {
  const { go } = useUi();
  return (
    <button type="button" class={main === true ? "tile main" : "tile"} onClick={() => go(screen)}>
      <Icon name={icon} size={26} />
      <b>{title}</b>
      <span>{second}</span>
    </button>
  );
}

/** Told until the node has told its time. */
export function ClockBack() {
  const { clockBack } = useUi().status;
  return clockBack === 0 ? null : <Told title={t("start.back-title")} text={t("start.back", { off: length(clockBack) })} />;
}

const TITLES: Readonly<Record<string, Key>> = { correct: "records.correct", "note-lead": "note.lead", "note-person": "note.person", "way-in": "site.add-way" };

function titleOf(screen: string): string {
  const key = `${screen}.title`;
  return t(TITLES[screen] ?? (known(key) ? key : "start.unfinished"));
}

/** Forms that were left while they were filled in: gone on with, or dropped by a second press. */
function Unsaved() {
  const { field, go } = useUi();
  const [sure, setSure] = useState("");
  const drafts = unsaved();
  if (drafts.length === 0) return null;
  return (
    <section class="part ruled tight">
      <h2>{t("start.unfinished")}</h2>
      <ul class="list">
        {drafts.map(({ name, names, place }) => (
          <li key={name}>
            <button type="button" class="link grow" onClick={() => go(place.screen, place.about)}>{titleOf(place.screen)}</button>
            <button type="button" class="link" aria-label={`${t(sure === name ? "start.drop-sure" : "start.drop")}: ${titleOf(place.screen)}`} onClick={() => {
              if (sure === name) void dropDrafts(field, names).then(() => setSure(""));
              else setSure(name);
            }}>{t(sure === name ? "start.drop-sure" : "start.drop")}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Told({ title, text, act, onAct }: { title: string; text: string; act?: string; onAct?: () => void }) {
  return (
    <section class="notice">
      <Icon name="warning" />
      <div class="grow">
        <h2>{title}</h2>
        <p>{text}</p>
        {act !== undefined && <button type="button" class="link" onClick={onAct}>{act}</button>}
      </div>
    </section>
  );
}

const READ = 12 * HOUR;
const CAPTURE = 72 * HOUR;
const WIDE = 244;

/** Both times on one scale, from when the lease was given; capturing has no end, only an arrow. */
function Lease() {
  const { status, now } = useUi();
  const { readUntil, ownUntil, captureUntil } = status;
  if (captureUntil === null) return null;
  const begun = captureUntil - CAPTURE;
  const at = (moment: number): number => Math.min(WIDE, Math.max(0, ((moment - begun) / CAPTURE) * WIDE));
  const here = at(now);
  const readable = readUntil !== null && readUntil > now;
  const read = at(begun + READ);
  const day = shortly(captureUntil);
  return (
    <section class="part ruled tight">
      <h2>{readable && readUntil !== null ? t("start.read-until", { at: clock(readUntil) }) : t("start.read-over")}</h2>
      <svg class="figure" viewBox="0 0 340 74" role="img" aria-label={t("start.lease-figure", { left: readable && readUntil !== null ? length(readUntil - now) : "0", day })}>
        <g font-size="13" fill="#10202c">
          <text x="0" y="17" font-weight="650">{t("start.read")}</text>
          <text x="0" y="46" font-weight="650">{t("start.capture")}</text>
          <text x={72 + Math.max(read, here) + 8} y="17">{readable && readUntil !== null ? t("start.left", { left: length(readUntil - now) }) : t("start.over")}</text>
        </g>
        <rect x="72" y="3" width={read} height="19" fill="#fff" stroke="#084a4c" stroke-width="2" />
        <rect x="72" y="3" width={Math.min(read, here)} height="19" fill="#084a4c" />
        <path d={`M72 32h${WIDE}l14 9.5l-14 9.5H72z`} fill="#fff" stroke="#084a4c" stroke-width="2" />
        <rect x="72" y="32" width={here} height="19" fill="#084a4c" />
        <text x={72 + Math.max(here, 0) + 12} y="46" font-size="13" fill="#10202c">{here < WIDE / 7 ? t("start.to-day", { day }) : ""}</text>
        <path d={`M${72 + here} 0v56`} stroke="#10202c" stroke-width="2" />
        <text x={72 + here} y="70" font-size="13" font-weight="650" text-anchor="middle" fill="#10202c">{t("start.now")}</text>
      </svg>
      {!readable && ownUntil !== null && <p>{t("start.own-until", { at: dayAndClock(ownUntil) })}</p>}
      {here >= WIDE / 7 && <p class="second">{t("start.capture-text", { day })}</p>}
    </section>
  );
}
