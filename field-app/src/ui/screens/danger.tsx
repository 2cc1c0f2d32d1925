/** Danger to life: the first touch only opens this. Nothing is chosen before, and nothing calls anybody. */

import { useState } from "preact/hooks";
import type { Saved } from "../../core/field.ts";
import { t } from "../words/index.ts";
import { Errors, Text } from "../parts/controls.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { useDraft, useSaving } from "../parts/form.tsx";
import { ChoosePerson } from "../parts/person.tsx";
import { useUi } from "../parts/state.ts";

export function Danger() {
  const ui = useUi();
  const { field, task, status } = ui;
  const [draft, change, clear] = useDraft("danger", { about: "", words: "" });
  const [said, setSaid] = useState<Saved | null>(null);
  const saving = useSaving();
  const save = (): void => {
    const wrong = [];
    if (draft.words.trim() === "") wrong.push({ field: "words", message: t("danger.words-needed") });
    if (!status.locked && draft.about === "") wrong.push({ field: "about", message: t("danger.about-needed") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    const person = draft.about === "" || draft.about === "team" ? undefined : draft.about;
    saving.save((options) => field.danger(draft.words.trim(), person, options), (saved) => {
      clear();
      if (ui.online) void field.handOver().catch(() => undefined);
      setSaid(saved);
    });
  };
  if (said !== null) {
    return (
      <Frame title={t("danger.title")} withoutDanger bottom={<button type="button" class="act" onClick={() => ui.home()}>{t("form.go-on")}</button>}>
        <section class="part stack">
          <h2><Icon name="done" /> {t("danger.saved")}</h2>
          <p class="strong">{ui.online ? t("danger.sent-online") : t("danger.not-sent")}</p>
          {said.verb !== "team.check_in" && said.verb !== "person.danger" && <p>{t("danger.as-other")}</p>}
          <p>{t("danger.not-a-call")} {task?.dangerContact}</p>
        </section>
      </Frame>
    );
  }
  return (
    <Frame title={t("danger.title")} withoutDanger bottom={
      <>
        <p>{t("danger.nothing-yet")}</p>
        <button type="button" class="act in-danger" disabled={saving.busy} onClick={save}>{ui.online ? t("danger.save-send") : t("danger.save")}</button>
      </>
    }>
      <Errors wrong={saving.wrong} label={(name) => (name === "words" ? t("danger.words") : name === "about" ? t("danger.about") : "")} />
      <section class="part banded stack">
        <p class="strong">{ui.online ? t("danger.online") : t("danger.offline")}</p>
        <p>{t("danger.not-a-call")} <span class="strong">{task?.dangerContact}</span></p>
      </section>
      <section class="part stack">
        <div class="heading-row"><span class="second">{status.locked ? t("locked.cannot-read") : ""}</span><Generated /></div>
        {!status.locked && <ChoosePerson name="about" label={t("danger.about")} first={[{ value: "team", label: t("danger.team") }]} value={draft.about} onChange={(about) => change({ about })} />}
        <Text name="words" label={t("danger.words")} help={t("danger.words-help")} lines longest={1000} value={draft.words} onChange={(words) => change({ words })} />
        {status.locked && <p class="second">{t("danger.locked")}</p>}
      </section>
    </Frame>
  );
}
