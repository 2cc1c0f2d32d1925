/** Meet a person: as little as needed, in under half a minute. What is left empty is saved as not asked. */

import { useState } from "preact/hooks";
import type { Values } from "../../forms/forms.ts";
import { check } from "../../forms/forms.ts";
import { isoDay } from "../times.ts";
import { codeLabel, t } from "../words/index.ts";
import { agesOf, wrongAges } from "../parts/ages.ts";
import { Chips, Choice, Errors, Field, Pick, Text } from "../parts/controls.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { labelOf, optionsOf, useDraft, useSaving } from "../parts/form.tsx";
import { TakePhotos, usePhotos } from "../parts/photo.tsx";
import { useUi } from "../parts/state.ts";

/** In the order in which the region's people speak them; all others stand behind 'Other'. */
const LANGUAGES = ["spa", "por", "eng"];
const EMPTY = { danger: "", dangerWords: "", name: "", age: "", ageFrom: "", ageTo: "", sex: "", language: "", other: false, needs: [] as readonly string[], talk: "", photoTalk: "" };

function isBlank({ danger, name, age, ageFrom, ageTo, sex, language, needs, talk, photoTalk }: typeof EMPTY): boolean {
  return [danger, name.trim(), age, ageFrom, ageTo, sex, language, talk, photoTalk].every((given) => given === "") && needs.length === 0;
}

/** What was entered, as the node's own form says it: an estimate of the age is the officer's word, apart. */
export function meetingOf(draft: typeof EMPTY, country: string, today: string): { values: Values; also: { verb: string; values: Values; source: string }[] } {
  const values: Values = {
    danger: draft.danger,
    ...(country === "" ? {} : { country }),
    ...(draft.name.trim() === "" ? {} : { name: [{ text: draft.name.trim() }] }),
    ...(draft.language === "" ? {} : { language: [draft.language] }),
    ...(draft.needs.length === 0 ? {} : { needs: draft.needs.filter((need) => need !== "none") }),
    ...(draft.sex === "" ? {} : { sex: draft.sex }),
  };
  const also: { verb: string; values: Values; source: string }[] = agesOf(draft).map(([from, to]) => {
    return { verb: "person.state", values: { birth: { age_from: from, age_to: to, on: today } }, source: "saw" };
  });
  const notes = [
    draft.age === "unsure" ? t("meet.note-age") : "",
    draft.talk === "" ? "" : t(draft.talk === "yes" ? "meet.note-talk" : "meet.note-no-talk"),
    draft.photoTalk === "" ? "" : t(draft.photoTalk === "yes" ? "meet.note-photo" : "meet.note-no-photo"),
    draft.needs.includes("none") ? t("meet.note-no-needs") : "",
  ].filter(Boolean);
  if (notes.length > 0) also.push({ verb: "person.state", values: { note: notes.join(" ") }, source: "saw" });
  return { values, also };
}

export function Meet() {
  const ui = useUi();
  const { field, task, status } = ui;
  const [draft, change, clear] = useDraft("meet", EMPTY);
  const [photos, setPhotos] = usePhotos("meet");
  const [empty, setEmpty] = useState(false);
  const saving = useSaving();
  const yesNo = [{ value: "no", label: t("form.no") }, { value: "yes", label: t("form.yes") }];

  const save = (nobody = false): void => {
    setEmpty(false);
    const { values, also } = meetingOf(draft, task?.country ?? "", isoDay(Date.now()));
    const site = task?.site === null || task === null ? {} : { site: task.site.id };
    const wrong = check("person.meet", values)
      .filter((refusal) => ["name", "language", "needs", "sex", "danger"].includes(refusal.field))
      .map(({ field: name, message }) => ({ field: name, message }));
    const odd = wrongAges(draft);
    if (odd !== null) wrong.push({ field: odd.field, message: t(odd.key) });
    if (draft.danger === "yes" && draft.dangerWords.trim() === "") wrong.push({ field: "danger-words", message: t("meet.danger-words-needed") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    // One press of an empty form makes nobody: that nothing is known is said by another button.
    if (!nobody && isBlank(draft)) return setEmpty(true);
    const danger = draft.danger === "yes" ? { danger: draft.dangerWords.trim() } : {};
    saving.save(
      (options) => field.meet({ values: { ...values, ...site }, ...danger, also }, { ...options, source: "said", photos }),
      (saved) => {
        clear();
        setPhotos([]);
        if (status.locked) ui.home(t("locked.saved"));
        else ui.home(t(danger.danger === undefined ? "meet.saved" : "meet.saved-danger", { reference: saved.reference }));
      },
    );
  };

  const message = (name: string): string | undefined => saving.wrong.find(({ field: about }) => about === name)?.message;
  const shownLanguages = LANGUAGES.map((value) => ({ value, label: codeLabel("languages", value, optionsOf("languages", [value])[0]?.label ?? value) }));
  return (
    <Frame
      title={t("meet.title")}
      second={status.locked ? t("meet.locked") : task?.site?.name}
      bottom={
        <>
          {empty && isBlank(draft) ? (
            <div role="alert" class="stack">
              <p class="error">{t("meet.empty")}</p>
              <button type="button" class="plain whole" disabled={saving.busy} onClick={() => save(true)}>{t("meet.nothing-known")}</button>
            </div>
          ) : <p>{t("meet.do-not-ask")}</p>}
          <button type="button" class="act" disabled={saving.busy} onClick={() => save()}>{t("form.save-here")}</button>
        </>
      }
    >
      <Errors wrong={saving.wrong} label={(name) => (name === "danger-words" ? t("danger.words") : name.startsWith("age") ? t(name === "age" ? "meet.age" : "meet.years") : labelOf("person.meet", name))} />
      <section class="part banded">
        <div class="heading-row"><span class="second">{status.locked ? t("locked.cannot-read") : t("form.empty-not-asked")}</span><Generated /></div>
        <Choice name="danger" label={labelOf("person.meet", "danger")} options={[yesNo[0] ?? { value: "no", label: "" }, { value: "yes", label: t("meet.yes-help") }]} value={draft.danger} onChange={(danger) => change({ danger })} />
        {draft.danger === "yes" && (
          <div class="part stack">
            <Text name="danger-words" label={t("danger.words")} help={t("danger.words-help")} value={draft.dangerWords} lines longest={1000} onChange={(dangerWords) => change({ dangerWords })} />
            <p class="strong">{ui.online ? t("danger.not-a-call-online") : t("danger.not-a-call")} {task?.dangerContact}</p>
          </div>
        )}
      </section>
      <section class="part stack">
        <Text name="name" label={labelOf("person.meet", "name")} aside={t("meet.not-real-name")} value={draft.name} longest={200} onChange={(name) => change({ name })} />
        <Choice name="age" label={t("meet.age")} options={[{ value: "child", label: t("meet.child") }, { value: "unsure", label: t("meet.unsure") }, { value: "adult", label: t("meet.adult") }]} value={draft.age} onChange={(age) => change({ age })} />
        <Field about={{ name: "years", label: t("meet.years"), help: t("meet.years-help") }} group>
          <div class="grid">
            <Text name="age-from" label={t("meet.years-from")} numeric longest={3} value={draft.ageFrom} error={message("age-from")} onChange={(ageFrom) => change({ ageFrom })} />
            <Text name="age-to" label={t("meet.years-to")} numeric longest={3} value={draft.ageTo} error={message("age-to")} onChange={(ageTo) => change({ ageTo })} />
          </div>
        </Field>
        <Choice name="sex" shape="chips" label={labelOf("person.meet", "sex")} options={optionsOf("sexes", ["female", "male", "other"])} value={draft.sex} onChange={(sex) => change({ sex })} />
        <Choice
          name="language"
          shape="chips"
          label={labelOf("person.meet", "language")}
          options={[...shownLanguages, { value: "other", label: t("meet.other") }]}
          value={draft.other ? "other" : draft.language}
          onChange={(language) => change(language === "other" ? { other: true, language: "" } : { other: false, language })}
        />
        {draft.other && <Pick name="other-language" label={t("meet.which-language")} options={optionsOf("languages").filter(({ value }) => !LANGUAGES.includes(value))} value={draft.language} onChange={(language) => change({ language })} />}
        <Chips
          name="needs"
          label={labelOf("person.meet", "needs")}
          options={[...optionsOf("needs"), { value: "none", label: t("meet.none-now") }]}
          none="none"
          values={draft.needs}
          onChange={(needs) => change({ needs })}
        />
        <Choice name="talk" label={t("meet.talk")} options={[...yesNo].reverse()} value={draft.talk} onChange={(talk) => change({ talk })} />
        <Choice name="photo-talk" label={t("meet.photo")} help={t("meet.photo-help")} options={[...yesNo].reverse()} value={draft.photoTalk} onChange={(photoTalk) => {
          change({ photoTalk });
          if (photoTalk !== "yes") setPhotos([]);
        }} />
        {draft.photoTalk === "yes" && <TakePhotos label={t("photo.take")} photos={photos} onChange={setPhotos} />}
      </section>
    </Frame>
  );
}
