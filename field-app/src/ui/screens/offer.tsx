/** Offer custody to the officer beside one: shown as a code; it stays here until the answer is read. */

import { useEffect, useState } from "preact/hooks";
import type { Holding, Offer as Made, ReadAnswer } from "../../core/field.ts";
import { many, t } from "../words/index.ts";
import { Chips, Errors, Pick, Text } from "../parts/controls.tsx";
import { Items, kindName, Steps, Words } from "../parts/custody.tsx";
import { optionsOf, useDraft, useSaving } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { ReadCode, ShowCode } from "../parts/qr.tsx";
import { useUi, wordsOf } from "../parts/state.ts";

export function Offer() {
  const ui = useUi();
  const { field } = ui;
  const [open, setOpen] = useState<Made | null>(null);
  const [answer, setAnswer] = useState<ReadAnswer | null>(null);
  const [reading, setReading] = useState(false);
  const [told, setTold] = useState("");
  useEffect(() => {
    // An offer that waits for its answer is shown again, after a restart too.
    field.offers().then((offers) => setOpen(offers.findLast((offer) => offer.state === "offered") ?? null), () => undefined);
  }, [field]);
  const readFrame = (text: string): void => {
    field.takeFrame(text).then(({ done, have, of }) => {
      setTold(t("code.have", { have, of }));
      if (done?.kind === "custodyAnswer") setAnswer(done.answer);
      else if (done !== null) setTold(t("offer.other-code"));
    }, (why: unknown) => setTold(wordsOf(why)));
  };
  if (open === null) return <Compose onMade={setOpen} />;
  if (answer !== null) {
    const differs = answer.items.some((item) => open.items.find(({ exhibit }) => exhibit === item.exhibit)?.seal !== item.sealRead);
    return (
      <Frame title={t("offer.title")} bottom={<button type="button" class="act" onClick={() => ui.home(t("offer.done", { to: open.to.name }))}>{t("form.go-on")}</button>}>
        <section class="part stack">
          <Steps at={4} />
          <h2>{t("offer.answered", { to: open.to.name })}</h2>
          <Words words={answer.words} title={t("custody.both")} />
          <ul class="list">
            {answer.items.map((item) => (
              <li key={item.exhibit}><div class="grow"><p class="strong">{open.items.find(({ exhibit }) => exhibit === item.exhibit)?.reference}</p><p>{t(item.accepted ? "offer.accepted" : "offer.declined")}, {item.sealRead}, {optionsOf("seal-states", [item.sealState])[0]?.label}</p></div></li>
            ))}
          </ul>
          {differs && <p class="error">{t("offer.seal-differs")}</p>}
        </section>
      </Frame>
    );
  }
  return (
    <Frame title={t("offer.title")} second={many("offer.items", open.items.length)} bottom={<><p>{t("offer.stays")}</p><button type="button" class="act" onClick={() => setReading(!reading)}>{t(reading ? "offer.show" : "offer.read")}</button></>}>
      <section class="part stack">
        <div class="heading-row"><h2>{t("offer.to", { to: open.to.name })}</h2><Generated /></div>
        <Steps at={reading ? 4 : 1} />
        {reading ? <ReadCode begin label={t("offer.read-camera")} onText={readFrame} told={told} /> : <ShowCode frames={open.frames} name="offer" />}
        <Words words={open.words} title={t("custody.both")} />
      </section>
      <section class="part tight">
        <h2>{t("offer.what-they-do", { to: open.to.name })}</h2>
        <ol class="numbered">
          {(["offer.step-1", "offer.step-2", "offer.step-3"] as const).map((key, n) => <li key={key}><span class="ring" aria-hidden="true">{n + 1}</span><span>{t(key)}</span></li>)}
        </ol>
        <h2>{t("offer.these")}</h2>
        <Items items={open.items} />
      </section>
    </Frame>
  );
}

function Compose({ onMade }: { onMade: (offer: Made) => void }) {
  const { field, status } = useUi();
  const [held, setHeld] = useState<readonly Holding[]>([]);
  useEffect(() => {
    field.holdings().then(setHeld, () => setHeld([]));
  }, [field, status]);
  const [draft, change, clear] = useDraft("offer", { to: "", chosen: [] as readonly string[], seals: {} as Record<string, string> });
  const saving = useSaving();
  const make = (): void => {
    const wrong = [];
    if (draft.to === "") wrong.push({ field: "to", message: t("offer.to-needed") });
    if (draft.chosen.length === 0) wrong.push({ field: "exhibits", message: t("offer.exhibits-needed") });
    for (const id of draft.chosen) if (!draft.seals[id]) wrong.push({ field: `seal-${id}`, message: t("offer.seal-needed") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    const items = draft.chosen.map((exhibit) => ({ exhibit, sealRead: draft.seals[exhibit] ?? "" }));
    saving.save(async (options) => {
      const offer = await field.offer(items, draft.to, options);
      clear();
      onMade(offer);
      return [];
    }, () => undefined);
  };
  const name = (id: string): string => held.find(({ exhibit }) => exhibit === id)?.reference ?? "";
  return (
    <Frame title={t("offer.title")} bottom={<button type="button" class="act" disabled={saving.busy} onClick={make}>{t("offer.make")}</button>}>
      <Errors wrong={saving.wrong} label={(field) => (field === "to" ? t("offer.whom") : field === "exhibits" ? t("offer.which") : field.startsWith("seal-") ? name(field.slice(5)) : "")} />
      <section class="part stack">
        <div class="heading-row"><span class="second">{t("offer.text")}</span><Generated /></div>
        <Pick name="to" blank={t("form.choose")} label={t("offer.whom")} options={field.colleagues().map((officer) => ({ value: officer.id, label: `${officer.name}, ${officer.authority_name}` }))} value={draft.to} onChange={(to) => change({ to })} />
        {held.length === 0 ? <p class="second" id="exhibits">{t("offer.no-exhibits")}</p> : (
          <Chips name="exhibits" label={t("offer.which")} options={held.map(({ exhibit, reference, kind }) => ({ value: exhibit, label: `${reference} ${kindName(kind)}` }))} values={draft.chosen} onChange={(chosen) => change({ chosen })} />
        )}
        {draft.chosen.map((id) => (
          <Text key={id} name={`seal-${id}`} label={t("offer.seal", { reference: name(id) })} capitals value={draft.seals[id] ?? ""} longest={64} onChange={(seal) => change({ seals: { ...draft.seals, [id]: seal } })} />
        ))}
      </section>
    </Frame>
  );
}
