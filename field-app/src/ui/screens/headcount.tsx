/** Headcount on entry: by eye, nobody asked; what is not recorded is explained by somebody. */

import { useRef } from "preact/hooks";
import type { Json } from "../../codec/json.ts";
import type { OwnRecord, Saved } from "../../core/field.ts";
import { clock } from "../times.ts";
import { many, t } from "../words/index.ts";
import { Errors, Stepper, Text } from "../parts/controls.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { labelOf, useDraft, useSaving, wrongOf } from "../parts/form.tsx";
import { useRecords, useUi } from "../parts/state.ts";

export const GROUPS = ["men", "women", "children", "unclear"] as const;
const REASONS = ["left_before_spoken", "still_to_meet", "counted_twice", "other"] as const;
type Group = (typeof GROUPS)[number];
type Numbers = Readonly<Record<string, number | null>>;

interface Counted {
  readonly record: OwnRecord;
  readonly total: number;
  readonly values: Numbers;
}

/** The last count of this phone; each one is whole. */
export function counted(records: readonly OwnRecord[]): Counted | null {
  const record = records.find((each) => each.verb === "headcount.record");
  if (record === undefined) return null;
  const values = Object.fromEntries(GROUPS.map((name) => [name, asNumber(record.values[name])]));
  return { record, values, total: sum(values) };
}

function asNumber(value: Json | undefined): number | null {
  return value === undefined || value === null ? null : Number(value);
}
function sum(values: Numbers): number {
  return Object.values(values).reduce<number>((whole, value) => whole + (value ?? 0), 0);
}

/** As which of the four groups somebody who was met counts: by what the officer wrote, and nothing guessed. */
function groupOf(records: readonly OwnRecord[], person: OwnRecord): Group {
  const about = records.filter((record) => record.subject === person.subject).reverse();
  const last = (name: string): Json | undefined => about.map((record) => record.values[name]).findLast((value) => value !== undefined);
  const birth = last("birth") as { age_to?: number; age_from?: number } | undefined;
  if (birth?.age_to !== undefined && birth.age_to < 18) return "children";
  const adult = birth?.age_from !== undefined && birth.age_from >= 18;
  if (adult && last("sex") === "male") return "men";
  if (adult && last("sex") === "female") return "women";
  return "unclear";
}

export function Headcount() {
  const ui = useUi();
  const { field, task, status } = ui;
  const records = useRecords();
  const before = records === null ? null : counted(records);
  // Until something is changed the last count is shown, and nothing is being written.
  const empty = { count: before?.values ?? {}, why: {}, note: "", begun: before?.record.at ?? 0 };
  const [draft, change, clear] = useDraft<{ count: Numbers; why: Numbers; note: string; begun: number }>("headcount", empty);
  const saving = useSaving();
  const explaining = useRef(field.newForm());
  if (records === null) return <Frame title={t("headcount.title")}><span /></Frame>;

  const persons = records.filter((record) => record.verb === "person.meet");
  const groups = persons.map((person) => groupOf(records, person));
  const total = sum(draft.count);
  const recorded = persons.length;
  const difference = total - recorded;
  const explained = sum(draft.why);
  const isCounted = GROUPS.some((name) => draft.count[name] !== undefined && draft.count[name] !== null);

  const done = (): void => {
    clear();
    ui.home(t("headcount.saved"));
  };
  const save = (): void => {
    const count = Object.fromEntries(GROUPS.filter((name) => draft.count[name] != null).map((name) => [name, draft.count[name] ?? 0]));
    const why = { ...Object.fromEntries(REASONS.filter((name) => (draft.why[name] ?? 0) > 0).map((name) => [name, draft.why[name] ?? 0])), ...(draft.note === "" ? {} : { note: draft.note }) };
    const wrong = explained > 0 ? wrongOf("headcount.explain", why, [...REASONS, "note"]) : [];
    if (!isCounted) wrong.push({ field: "men", message: t("headcount.count-first") });
    if (explained > Math.abs(difference)) wrong.push({ field: "left_before_spoken", message: t("headcount.too-many", { n: Math.abs(difference) }) });
    if (wrong.length > 0) return saving.setWrong(wrong);
    const same = before !== null && GROUPS.every((name) => (before.values[name] ?? null) === (draft.count[name] ?? null));
    if (same && explained === 0) return done();
    saving.save(async (options) => {
      const about = { ...(task?.site == null ? {} : { site: task.site.id }), ...(task?.team == null ? {} : { team: task.team.id }) };
      const when = draft.begun > 0 ? { happened: draft.begun } : {};
      const saved: Saved[] = [];
      if (before === null) saved.push(await field.say("headcount.record", { ...about, ...count }, { ...options, ...when }));
      else if (!same) saved.push(await field.correct(before.record.entry, { ...about, ...count }, options));
      const subject = saved[0]?.subject ?? before?.record.subject ?? "";
      if (explained > 0) saved.push(await field.say("headcount.explain", why, { subject, form: explaining.current }));
      return saved;
    }, done);
  };

  const set = (name: string, value: number | null): void => change({ count: { ...draft.count, [name]: value }, begun: draft.begun === 0 ? Date.now() : draft.begun });
  const label = (name: string): string => labelOf("headcount.record", name) || labelOf("headcount.explain", name);
  const asked = difference !== 0 && isCounted;
  return (
    <Frame
      title={t("headcount.title")}
      second={task?.site === null || task === null ? undefined : task.site.name}
      bottom={
        <>
          {asked && <p>{t("headcount.explained", { n: explained, of: Math.abs(difference), who: task?.officer.name ?? "" })}</p>}
          <button type="button" class="act" disabled={saving.busy} onClick={save}>{explained > 0 ? t("headcount.save-both") : t("headcount.save")}</button>
        </>
      }
    >
      <Errors wrong={saving.wrong} label={label} />
      <section class="part">
        <div class="heading-row">
          <h2>{draft.begun > 0 ? t("headcount.counted-at", { at: clock(draft.begun) }) : t("headcount.by-eye")}</h2>
          <Generated />
        </div>
        <p class="second">{t("headcount.nobody-asked")}</p>
        {GROUPS.map((name) => (
          <Stepper key={name} name={name} label={label(name)} second={t("headcount.recorded", { n: groups.filter((group) => group === name).length })} value={draft.count[name] ?? null} onChange={(value) => set(name, value)} />
        ))}
        <p class="sum" role="status">
          <span><b>{total}</b> {t("headcount.total")}</span>
          <b aria-hidden="true">−</b>
          <span><b>{recorded}</b> {t("headcount.on-phone", { code: status.device?.code ?? "" })}</span>
          <b aria-hidden="true">=</b>
          <span><b>{difference < 0 ? `−${-difference}` : difference}</b> {t("headcount.not-recorded")}</span>
        </p>
      </section>
      {asked && (
        <section class="part needs">
          <h2>{difference > 0 ? many("headcount.what-explains", difference) : many("headcount.more-than-counted", -difference)}</h2>
          {REASONS.map((name) => (
            <Stepper key={name} name={name} label={label(name)} value={draft.why[name] ?? null} most={Math.abs(difference)} onChange={(value) => change({ why: { ...draft.why, [name]: value } })} />
          ))}
          {(draft.why["other"] ?? 0) > 0 && (
            <Text name="note" label={labelOf("headcount.explain", "note")} help={t("form.no-names")} value={draft.note} lines longest={1000} onChange={(note) => change({ note })} />
          )}
          <p class="second">{t("headcount.may-wait")}</p>
        </section>
      )}
    </Frame>
  );
}
