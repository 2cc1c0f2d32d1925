/** Accept custody: read the offer, compare the words, read each seal from the thing itself, show the answer. */

import { useState } from "preact/hooks";
import type { FrameSet, ReadOffer } from "../../core/field.ts";
import { t } from "../words/index.ts";
import { Choice, Errors, Text } from "../parts/controls.tsx";
import type { Wrong } from "../parts/controls.tsx";
import { Items, kindName, Steps, Words } from "../parts/custody.tsx";
import { labelOf, optionsOf, useSaving } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { ReadCode, ShowCode } from "../parts/qr.tsx";
import { useUi, wordsOf } from "../parts/state.ts";

interface Judged {
  readonly accepted: string;
  readonly seal: string;
  readonly state: string;
}

export function Accept() {
  const ui = useUi();
  const { field } = ui;
  const [offer, setOffer] = useState<ReadOffer | null>(null);
  const [same, setSame] = useState("");
  const [told, setTold] = useState("");
  const [judged, setJudged] = useState<Readonly<Record<string, Judged>>>({});
  const [place, setPlace] = useState("");
  const [answer, setAnswer] = useState<(FrameSet & { readonly words: readonly string[] }) | null>(null);
  const saving = useSaving();
  const readFrame = (text: string): void => {
    field.takeFrame(text).then(({ done, have, of }) => {
      setTold(t("code.have", { have, of }));
      if (done?.kind === "offer") setOffer(done.offer);
      else if (done !== null) setTold(t("accept.other-code"));
    }, (why: unknown) => setTold(wordsOf(why)));
  };
  const of = (exhibit: string): Judged => judged[exhibit] ?? { accepted: "", seal: "", state: "" };
  const judge = (exhibit: string, change: Partial<Judged>): void => setJudged({ ...judged, [exhibit]: { ...of(exhibit), ...change } });
  const save = (): void => {
    if (offer === null) return;
    const wrong: Wrong[] = [];
    for (const { exhibit } of offer.items) {
      const { accepted, seal, state } = of(exhibit);
      if (accepted === "") wrong.push({ field: `accepted-${exhibit}`, message: t("accept.say") });
      if (accepted === "yes" && seal.trim() === "" && state !== "missing" && state !== "not-read") wrong.push({ field: `seal-${exhibit}`, message: t("accept.seal-needed") });
      if (accepted === "yes" && state === "") wrong.push({ field: `state-${exhibit}`, message: t("accept.state-needed") });
    }
    if (wrong.length > 0) return saving.setWrong(wrong);
    const items = offer.items.map(({ exhibit }) => ({ exhibit, sealRead: of(exhibit).seal.trim(), sealState: of(exhibit).state || "not-read", accepted: of(exhibit).accepted === "yes", ...(place === "" ? {} : { place }) }));
    saving.save(async (options) => {
      setAnswer(await field.accept(offer.id, items, options));
      return [];
    }, () => undefined);
  };
  const nameOf = (name: string): string => offer?.items.find(({ exhibit }) => name.endsWith(exhibit))?.reference ?? "";

  if (offer === null) {
    return (
      <Frame title={t("accept.title")}>
        <section class="part stack">
          <Steps at={1} />
          <p>{t("accept.text")}</p>
          <ReadCode label={t("accept.read")} onText={readFrame} told={told} />
        </section>
      </Frame>
    );
  }
  if (answer !== null) {
    return (
      <Frame title={t("accept.title")} bottom={<button type="button" class="act" onClick={() => ui.home(t("accept.done"))}>{t("form.go-on")}</button>}>
        <section class="part stack">
          <Steps at={4} />
          <h2>{t("accept.show", { from: offer.from.name })}</h2>
          <ShowCode frames={answer.frames} name="answer" />
          <Words words={answer.words} title={t("custody.both")} />
          <p class="strong">{t("accept.until")}</p>
        </section>
      </Frame>
    );
  }
  if (same !== "yes") {
    return (
      <Frame title={t("accept.title")} second={offer.from.name}>
        <section class="part stack">
          <div class="heading-row"><h2>{t("accept.from", { from: offer.from.name })}</h2><Generated /></div>
          <Steps at={2} />
          {!offer.known && <p class="error">{t("accept.unknown")}</p>}
          <Words words={offer.words} title={t("custody.both")} />
          <Items items={offer.items} />
          <Choice name="same" label={t("accept.same")} options={[{ value: "yes", label: t("accept.same-yes") }, { value: "no", label: t("accept.same-no") }]} value={same} onChange={setSame} />
          {same === "no" && (
            <>
              <p class="error" role="alert">{t("accept.differs")}</p>
              <button type="button" class="plain" onClick={() => {
                field.dropFrames();
                setOffer(null);
                setSame("");
                setTold("");
              }}>{t("accept.again")}</button>
            </>
          )}
        </section>
      </Frame>
    );
  }
  return (
    <Frame title={t("accept.title")} second={offer.from.name} bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("accept.sign")}</button>}>
      <Errors wrong={saving.wrong} label={nameOf} />
      <section class="part stack">
        <Steps at={3} />
        <p>{t("accept.seals")}</p>
        {offer.items.map((item) => {
          const { accepted, seal, state } = of(item.exhibit);
          return (
            <div key={item.exhibit} class="stack part ruled">
              <h2>{item.reference}</h2>
              <p>{kindName(item.kind)}</p>
              <Choice name={`accepted-${item.exhibit}`} label={t("accept.have-it")} options={[{ value: "yes", label: t("accept.yes") }, { value: "no", label: t("accept.no") }]} value={accepted} onChange={(value) => judge(item.exhibit, { accepted: value })} />
              {accepted === "yes" && (
                <>
                  <Text name={`seal-${item.exhibit}`} label={labelOf("custody.accept", "seal_read")} capitals value={seal} longest={64} onChange={(text) => judge(item.exhibit, { seal: text })} />
                  <Choice name={`state-${item.exhibit}`} shape="chips" label={labelOf("custody.accept", "seal_state")} options={optionsOf("seal-states")} value={state} onChange={(value) => judge(item.exhibit, { state: value })} />
                  {seal !== "" && seal.trim().toUpperCase() !== item.seal.trim().toUpperCase() && <p class="error" role="status">{t("accept.seal-differs", { seal: item.seal })}</p>}
                </>
              )}
            </div>
          );
        })}
        <Text name="place" label={labelOf("custody.accept", "place")} value={place} longest={200} onChange={setPlace} />
      </section>
    </Frame>
  );
}
