/** A room's conditions, measured: floor for each person beside a mattress and the Sphere standard. */

import type { Values } from "../../forms/forms.ts";
import { t } from "../words/index.ts";
import { Choice, Errors, Text } from "../parts/controls.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { labelOf, numberOf, optionsOf, useDraft, useSaving, valuesOf, wrongOf } from "../parts/form.tsx";
import { TakePhotos, usePhotos } from "../parts/photo.tsx";
import { useRecords, useUi } from "../parts/state.ts";

const VERB = "room.measure";
/** Sphere Handbook 2018, shelter and settlement standard 3: 3.5 m2 of covered floor each, 2 m high. */
const SPHERE = { floor: 3.5, height: 2 };
const MATTRESS = { long: 1.9, wide: 0.9 };
const BED = MATTRESS.long * MATTRESS.wide;
const EMPTY = { label: "", length_m: "", width_m: "", height_m: "", sleeping: "", measured: "", lock: "", water: "", light: "", note: "" };
const SIZES = [["length_m", "room.length"], ["width_m", "room.width"], ["height_m", "room.height"]] as const;

export function floorEach(length: string, width: string, sleeping: string): number | null {
  const floor = numberOf(length) * numberOf(width);
  const people = Number(sleeping);
  return floor > 0 && people > 0 && Number.isFinite(floor) ? floor / people : null;
}

export function Room() {
  const ui = useUi();
  const { field, task } = ui;
  const [draft, change, clear] = useDraft("room", EMPTY);
  const [photos, setPhotos] = usePhotos("room");
  const rooms = (useRecords() ?? []).filter((record) => record.verb === VERB).length;
  const saving = useSaving();
  const each = floorEach(draft.length_m, draft.width_m, draft.sleeping);
  const save = (): void => {
    const values: Values = { ...(task?.site == null ? {} : { site: task.site.id }), ...valuesOf(VERB, draft) };
    const wrong = wrongOf(VERB, values, Object.keys(EMPTY));
    if (wrong.length > 0) return saving.setWrong(wrong);
    saving.save((options) => field.say(VERB, values, { ...options, photos }), () => {
      clear();
      setPhotos([]);
      ui.home(t("room.saved", { room: draft.label }));
    });
  };
  return (
    <Frame
      title={t("room.title")}
      second={[task?.site?.name, t("room.number", { n: rooms + 1 })].filter(Boolean).join(", ")}
      bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("room.save")}</button>}
    >
      <Errors wrong={saving.wrong} label={(name) => labelOf(VERB, name)} />
      <section class="part stack">
        <div class="heading-row"><span class="second">{t("form.empty-not-asked")}</span><Generated /></div>
        <Text name="label" label={labelOf(VERB, "label")} value={draft.label} longest={60} onChange={(label) => change({ label })} />
        <div class="grid">
          {SIZES.map(([name, key]) => (
            <Text key={name} name={name} label={t(key)} unit="m" numeric value={draft[name]} onChange={(value) => change({ [name]: value })} />
          ))}
          <Text name="sleeping" label={t("room.sleep-here")} numeric value={draft.sleeping} onChange={(sleeping) => change({ sleeping })} />
        </div>
        <Choice name="measured" label={labelOf(VERB, "measured")} options={optionsOf("measuring-ways")} value={draft.measured} onChange={(measured) => change({ measured })} />
      </section>
      <section class="part banded stack" aria-live="polite">
        {each === null ? <p class="second">{t("room.not-enough")}</p> : (
          <>
            <p class="row"><span class="number">{`${each.toFixed(2)} m²`}</span> <span class="wide">{t(each < BED ? "room.less-than-bed" : each < SPHERE.floor ? "room.less-than-sphere" : "room.enough")}</span></p>
            <Bars each={each} />
          </>
        )}
        <p class="second">{t("room.sphere")} {lowRoom(draft.height_m) ? t("room.low") : ""} {draft.measured === "eye" ? t("room.by-eye") : ""}</p>
      </section>
      <section class="part stack">
        <Choice name="lock" side label={labelOf(VERB, "lock")} options={optionsOf("room-locks")} value={draft.lock} onChange={(lock) => change({ lock })} />
        <Choice name="water" side label={labelOf(VERB, "water")} options={optionsOf("room-water")} value={draft.water} onChange={(water) => change({ water })} />
        <Choice name="light" side label={labelOf(VERB, "light")} options={optionsOf("room-light")} value={draft.light} onChange={(light) => change({ light })} />
        <Text name="note" label={labelOf(VERB, "note")} help={t("form.no-names")} lines value={draft.note} longest={1000} onChange={(note) => change({ note })} />
        <p class="second">{t("room.no-people")}</p>
        <TakePhotos label={t("room.photo")} photos={photos} onChange={setPhotos} />
      </section>
    </Frame>
  );
}

function lowRoom(height: string): boolean {
  const high = numberOf(height);
  return height !== "" && high > 0 && high < SPHERE.height;
}

function Bars({ each }: { each: number }) {
  const longest = Math.max(each, SPHERE.floor);
  const rows = [
    { label: t("room.this-room"), value: each, fill: "#084a4c" },
    { label: t("room.mattress"), value: BED, fill: "#5a6b77" },
    { label: t("room.sphere-short"), value: SPHERE.floor, fill: "#5a6b77" },
  ];
  return (
    <div class="bars">
      {rows.map((row) => (
        <div key={row.label}>
          <span>{row.label}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width={(row.value / longest) * 100} height="10" fill={row.fill} /></svg>
          <span class="strong">{row.value.toFixed(2)}</span>
        </div>
      ))}
    </div>
  );
}
