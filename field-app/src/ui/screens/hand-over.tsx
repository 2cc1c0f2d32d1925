/** Hand over: by network, by codes, by a file. Reports go before photos; nothing here goes until it is stored. */

import { useEffect, useState } from "preact/hooks";
import type { FrameSet, Undelivered } from "../../core/field.ts";
import { clock, dayAndClock } from "../times.ts";
import { known, many, t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { Choice } from "../parts/controls.tsx";
import { askForSync } from "../parts/device.ts";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { ranges } from "../parts/numbers.ts";
import { ReadCode, share, ShowCode } from "../parts/qr.tsx";
import { useUi, wordsOf } from "../parts/state.ts";

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

export function HandOver() {
  const ui = useUi();
  const { field, status, online } = ui;
  const [way, setWay] = useState("");
  const [items, setItems] = useState<readonly Undelivered[]>([]);
  const [told, setTold] = useState("");
  useEffect(() => {
    field.undelivered().then(setItems, () => undefined);
  }, [field, status]);
  const waiting = items.filter((item) => item.delivery === "unsent" || item.delivery === "unsigned");
  const held = items.filter((item) => item.delivery === "held");
  const refused = items.filter((item) => item.delivery === "refused");
  const kinds = [...new Set(waiting.map((item) => item.kind))];
  const chosen = way === "" ? (online ? "network" : "") : way;
  const send = (): void => {
    setTold(t("hand-over.begun"));
    void askForSync();
    field.handOver().then(
      ({ outcome, delivered, left, problem }) => setTold([t(`hand-over.${outcome}` as Key, { delivered, left }), problem].filter(Boolean).join(" ")),
      (why: unknown) => setTold(wordsOf(why)),
    );
  };
  const running = status.handingOver;
  const bottom = chosen === "network" ? (
    <>
      <p>{t("hand-over.kept")}</p>
      <div class="row">
        <button type="button" class="act wide" disabled={running !== null} onClick={send}>{t(running !== null ? "hand-over.running" : "hand-over.now")}</button>
        <button type="button" class="plain" onClick={() => ui.go("start")}>{t("hand-over.go-on")}</button>
      </div>
    </>
  ) : undefined;
  return (
    <Frame title={t("hand-over.title")} second={t(online ? "hand-over.network-there" : "hand-over.no-network")} bottom={bottom}>
      <section class="part stack">
        <div class="heading-row"><span class="second">{t("hand-over.order")}</span><Generated /></div>
        <Choice name="way" label={t("hand-over.way")} options={[{ value: "network", label: t("hand-over.network") }, { value: "codes", label: t("hand-over.codes") }, { value: "file", label: t("hand-over.file") }]} value={chosen} onChange={setWay} />
        {told !== "" && <p class="strong" role="status">{told}</p>}
        {status.lastProblem !== "" && <p class="second">{t("hand-over.last-problem", { why: status.lastProblem })}</p>}
        {status.nextAttempt !== null && <p class="second">{t("hand-over.next", { at: clock(status.nextAttempt) })}</p>}
        {running !== null && <progress max={Math.max(1, running.total)} value={running.sent} aria-label={t(`hand-over.part-${running.part}` as Key)} />}
      </section>
      {chosen === "codes" && <Codes />}
      {chosen === "file" && <File />}
      <section class="part">
        <h2 class="ruled-heading">{t("hand-over.still")}</h2>
        <ul class="list">
          <li><span class="number">{status.unsent.entries}</span><p class="grow">{many("hand-over.reports", status.unsent.entries)}</p></li>
          {kinds.map((kind) => <li key={kind} class="part-of"><Icon name="not-yet" size={20} /><span class="grow">{kindName(kind)}</span><span class="amount">{waiting.filter((item) => item.kind === kind).length}</span></li>)}
          <li><span class="number">{status.unsent.photos}</span><p class="grow">{many("hand-over.photos", status.unsent.photos, { size: megabytes(status.unsent.bytes) })}</p></li>
        </ul>
      </section>
      {held.length > 0 && <Reasons title={many("hand-over.held", held.length)} items={held} />}
      {refused.length > 0 && <Reasons title={many("hand-over.refused-title", refused.length)} items={refused} />}
      {status.carried > 0 && <p class="part second">{many("hand-over.carried", status.carried)}</p>}
    </Frame>
  );
}

function kindName(kind: string): string {
  const key = `kind.${kind}`;
  return known(key) ? t(key) : kind;
}

function Reasons({ title, items }: { title: string; items: readonly Undelivered[] }) {
  return (
    <section class="notice">
      <Icon name="warning" />
      <div class="grow">
        <h2>{title}</h2>
        <ul>{items.map((item) => <li key={item.entry}>{`${kindName(item.kind)}, ${dayAndClock(item.at)}: ${item.why}`}</li>)}</ul>
      </div>
    </section>
  );
}

function Codes() {
  const { field, status } = useUi();
  const [set, setSet] = useState<FrameSet | null>(null);
  const [answer, setAnswer] = useState<FrameSet | null>(null);
  const [reading, setReading] = useState(false);
  const [told, setTold] = useState("");
  const show = (next = false): void => {
    setReading(false);
    setTold("");
    field.frames(next).then(setSet, (why: unknown) => setTold(wordsOf(why)));
  };
  const readFrame = (text: string): void => {
    field.takeFrame(text).then(({ done, have, of, missing }) => {
      if (done === null) setTold(t("code.have-missing", { have, of, missing: ranges(missing) }));
      else if (done.kind === "parcel") setTold(t(done.again ? "hand-over.carried-again" : "hand-over.now-carried"));
      else if (done.kind === "answer") setTold(t("hand-over.answer-read", { n: done.report.delivered }));
      else setTold(t("hand-over.is-custody"));
    }, (why: unknown) => setTold(wordsOf(why)));
  };
  useEffect(() => {
    field.answerFrames().then(setAnswer, () => undefined);
  }, [field, status]);
  return (
    <section class="part stack">
      {set !== null && !reading ? (
        <ShowCode key={set.set} frames={set.frames} name="hand-over">
          {set.entries > 0 && <p class="strong" role="status">{many("hand-over.in-codes", set.entries)} {set.sets === 0 ? t("hand-over.last-set") : many("hand-over.sets-left", set.sets, { left: set.left })}</p>}
          {set.sets > 0 && <button type="button" class="plain whole" onClick={() => show(true)}>{t("hand-over.next-set")}</button>}
        </ShowCode>
      ) : !reading && <p>{t("hand-over.codes-text")}</p>}
      <div class="row">
        <button type="button" class="plain" disabled={status.unsent.entries === 0} onClick={() => show()}>{t(set === null || reading ? "hand-over.show-codes" : "hand-over.first-set")}</button>
        {!reading && <button type="button" class="plain" onClick={() => setReading(true)}>{t("hand-over.read-codes")}</button>}
        {answer !== null && <button type="button" class="plain" onClick={() => setSet(answer)}>{t("hand-over.show-answer")}</button>}
      </div>
      {told !== "" && !reading && <p class="strong" role="status">{told}</p>}
      {reading && <ReadCode begin label={t("hand-over.read-codes")} onText={readFrame} told={told} />}
    </section>
  );
}

function File() {
  const { field, status } = useUi();
  const [told, setTold] = useState("");
  const make = (): void => {
    field.bundle().then(
      async ({ name, content, entries }) => {
        if (await share(name, content, "application/octet-stream")) setTold(t("hand-over.file-made", { name, n: entries }));
      },
      (why: unknown) => setTold(wordsOf(why)),
    );
  };
  const read = (chosen: globalThis.File): void => {
    chosen.arrayBuffer().then((content) => field.readBundle(new Uint8Array(content))).then(
      ({ parcels, again }) => setTold(t(parcels > 0 && again === parcels ? "hand-over.carried-again" : "hand-over.now-carried")),
      (why: unknown) => setTold(wordsOf(why)),
    );
  };
  return (
    <section class="part stack">
      <p>{t("hand-over.file-text")}</p>
      <div class="row">
        <button type="button" class="plain" disabled={status.unsent.entries === 0} onClick={make}>{t("hand-over.make-file")}</button>
      </div>
      <div class="field">
        <label for="carried-file">{t("hand-over.read-file")}</label>
        <input id="carried-file" class="text" type="file" onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen !== undefined) read(chosen);
        }} />
      </div>
      {told !== "" && <p class="strong" role="status">{told}</p>}
    </section>
  );
}
