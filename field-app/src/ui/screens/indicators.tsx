/** Indicators of forced labour at the site, in a private mode: one touch hides the screen at once. */

import { useEffect, useState } from "preact/hooks";
import type { Json } from "../../codec/json.ts";
import { isoDay } from "../times.ts";
import { many, t } from "../words/index.ts";
import { Choice, Errors, Text } from "../parts/controls.tsx";
import { optionsOf, useDraft, useSaving, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { useRecords, useUi } from "../parts/state.ts";

const VERB = "visit.record";
const PRESSES = 3;
const WITHIN = 3_000;

export function Indicators() {
  const ui = useUi();
  const { field, task } = ui;
  const records = useRecords() ?? [];
  const before = records.find((record) => record.verb === VERB);
  const met = records.filter((record) => record.verb === "person.meet").length;
  const [draft, change, clear] = useDraft<{ found: Record<string, string>; people: string }>("indicators", { found: {}, people: "" });
  const [hidden, setHidden] = useState(false);
  const saving = useSaving();
  useEffect(() => {
    const hide = (): void => setHidden(true);
    const key = (event: KeyboardEvent): void => {
      if (event.key === "Escape") hide();
    };
    const away = (): void => {
      if (document.visibilityState === "hidden") hide();
    };
    addEventListener("keydown", key);
    document.addEventListener("visibilitychange", away);
    return () => {
      removeEventListener("keydown", key);
      document.removeEventListener("visibilitychange", away);
    };
  }, []);
  const save = (): void => {
    const of = (answer: string): string[] => Object.entries(draft.found).filter(([, given]) => given === answer).map(([code]) => code);
    const told: Record<string, Json> = { conditions: of("found"), conditions_absent: of("absent") };
    const wrong = [];
    if (of("found").length + of("absent").length === 0) wrong.push({ field: "indicators", message: t("indicators.empty") });
    const whole: Record<string, Json> = { ...told, outcome: "people-found", people: Number(draft.people || met), ...(task?.site == null ? {} : { site: task.site.id }), ...(task?.team == null ? {} : { team: task.team.id }), ...(task === null ? {} : { country: task.country }) };
    if (before === undefined) wrong.push(...wrongOf(VERB, whole, ["people"]));
    if (task !== null && task.site === null) wrong.push({ field: "indicators", message: t("form.no-site") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    saving.save(
      (options) => (before === undefined ? field.say(VERB, whole, options) : field.correct(before.entry, { ...told, reasons: t("indicators.later") }, options)),
      () => {
        clear();
        ui.home(t("indicators.saved"));
      },
    );
  };
  if (hidden) return <Curtain onBack={() => setHidden(false)} />;
  const answers = [{ value: "found", label: t("indicators.found") }, { value: "absent", label: t("indicators.absent") }];
  return (
    <Frame
      title={t("indicators.neutral")}
      withoutDanger={false}
      bottom={
        <div class="row">
          <button type="button" class="act wide" disabled={saving.busy} onClick={save}>{t("form.save-here")}</button>
          <button type="button" class="plain" onClick={() => setHidden(true)}>{t("indicators.hide")}</button>
        </div>
      }
    >
      <Errors wrong={saving.wrong} label={(name) => (name === "people" ? t("indicators.people") : "")} />
      <section class="part stack">
        <div class="heading-row"><p class="strong">{t("indicators.text")}</p><Generated /></div>
        <p class="second" id="indicators">{t("indicators.hide-text")}</p>
        {before === undefined && <Text name="people" label={t("indicators.people")} numeric value={draft.people === "" && met > 0 ? String(met) : draft.people} onChange={(people) => change({ people })} />}
        {optionsOf("indicators-ilo-11").map(({ value, label }) => (
          <Choice key={value} name={value} label={label} options={answers} value={draft.found[value] ?? ""} onChange={(answer) => change({ found: { ...draft.found, [value]: answer } })} />
        ))}
      </section>
    </Frame>
  );
}

/** A blank page of a notebook. Three presses bring the screen back; whoever wants more locks. */
function Curtain({ onBack }: { onBack: () => void }) {
  const { field } = useUi();
  const [presses, setPresses] = useState<readonly number[]>([]);
  const press = (): void => {
    const now = performance.now();
    const kept = [...presses.filter((at) => now - at < WITHIN), now];
    if (kept.length >= PRESSES) onBack();
    else setPresses(kept);
  };
  return (
    <main class="curtain">
      <h1 class="unheard">Daybook</h1>
      <button type="button" class="blank" autoFocus onClick={press}>
        <span>{isoDay(Date.now())}</span>
        <span class="unheard" role="status">{many("indicators.back", PRESSES - presses.length)}</span>
      </button>
      <button type="button" class="plain" onClick={() => field.lock()}>{t("nav.lock")}</button>
    </main>
  );
}
