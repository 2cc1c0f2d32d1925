/** Check in: where the team stands, with the position or 'no position'. */

import { useState } from "preact/hooks";
import { moment } from "../../codec/body.ts";
import type { Json } from "../../codec/json.ts";
import { MINUTE } from "../times.ts";
import { t } from "../words/index.ts";
import { Choice, Errors } from "../parts/controls.tsx";
import { position } from "../parts/device.ts";
import type { Position } from "../parts/device.ts";
import { FieldOf, labelOf, useDraft, useSaving, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { useRecords, useUi } from "../parts/state.ts";
import { dueText } from "./start.tsx";

const VERB = "team.check_in";
const EMPTY = { state: "", note: "", danger: "" };

export function CheckIn() {
  const ui = useUi();
  const { field, task, now } = ui;
  const [draft, change, clear] = useDraft("check-in", EMPTY);
  const [place, setPlace] = useState<Position | "asked" | "none" | "failed" | null>(null);
  const saving = useSaving();
  const team = task?.team ?? null;
  const before = (useRecords() ?? []).find((record) => record.verb === VERB)?.values["state"];
  const find = (): void => {
    setPlace("asked");
    position().then(setPlace, () => setPlace("failed"));
  };
  const save = (): void => {
    const wrong = wrongOf(VERB, draft.state === "" ? {} : { state: draft.state }, ["state"]);
    if (place === null || place === "asked") wrong.push({ field: "position", message: t("check-in.say-position") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    const where = typeof place === "object" && place !== null
      ? t("check-in.at", { lat: place.lat.toFixed(5), lon: place.lon.toFixed(5), within: place.within })
      : t("check-in.no-position");
    const at = Date.now() + (task?.clock ?? 0);
    const ends = draft.state === "returned" || team === null || team.every_minutes === null;
    const values: Record<string, Json> = {
      state: draft.state,
      note: [where, draft.note.trim()].filter(Boolean).join(" "),
      ...(task?.site == null ? {} : { site: task.site.id }),
      ...(draft.danger === "yes" ? { danger: true } : {}),
      ...(ends ? {} : { next_due: moment(at + (team?.every_minutes ?? 0) * MINUTE, 0) }),
    };
    saving.save((options) => field.say(VERB, values, { ...options, ...(team === null ? {} : { subject: team.id }) }), () => {
      // Arriving begins a visit: people and counts from now on name it.
      if (draft.state === "on-site" && before !== "on-site") field.beginVisit();
      clear();
      ui.home(t("check-in.saved"));
    });
  };
  // When the task cannot be read any more the core still knows the team.
  if (task !== null && team === null) return <Frame title={t("check-in.title")}><p class="part">{t("check-in.no-team")}</p></Frame>;
  return (
    <Frame title={t("check-in.title")} second={team?.name} bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("form.save-here")}</button>}>
      <Errors wrong={saving.wrong} label={(name) => (name === "position" ? t("check-in.position") : labelOf(VERB, name))} />
      <section class="part stack">
        <div class="heading-row">
          <p>{team === null ? t("start.unreadable") : team.next_due === null ? t("check-in.not-due") : dueText(team.next_due, now + (task?.clock ?? 0), task?.clock ?? 0)}</p>
          <Generated />
        </div>
        <FieldOf verb={VERB} name="state" value={draft.state} onChange={(state) => change({ state: String(state) })} />
        <fieldset class="field" id="position" tabindex={-1}>
          <legend>{t("check-in.position")}</legend>
          <p class="second">{t("check-in.position-help")}</p>
          <div class="row">
            <button type="button" class="plain" disabled={place === "asked"} onClick={find}>{t("check-in.find")}</button>
            <button type="button" class="plain" aria-pressed={place === "none"} onClick={() => setPlace("none")}>{place === "none" ? "✓ " : ""}{t("check-in.none")}</button>
          </div>
          <p role="status">
            {place === "asked" && t("check-in.asked")}
            {place === "failed" && t("check-in.failed")}
            {typeof place === "object" && place !== null && t("check-in.at", { lat: place.lat.toFixed(5), lon: place.lon.toFixed(5), within: place.within })}
          </p>
        </fieldset>
        <Choice name="danger" label={labelOf(VERB, "danger")} options={[{ value: "no", label: t("form.no") }, { value: "yes", label: t("form.yes") }]} value={draft.danger} onChange={(danger) => change({ danger })} />
        {draft.danger === "yes" && <p class="strong">{t("danger.not-a-call")} {task?.dangerContact}</p>}
        <FieldOf verb={VERB} name="note" value={draft.note} onChange={(note) => change({ note: String(note) })} />
        <p class="second">{t("check-in.reaches")}</p>
      </section>
    </Frame>
  );
}
