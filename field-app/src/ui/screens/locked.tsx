/** Locked: nothing is read, and it is still captured. */

import { useState } from "preact/hooks";
import { clock, length } from "../times.ts";
import { many, t } from "../words/index.ts";
import { DangerCard, Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { useUi, wordsOf } from "../parts/state.ts";
import { Update } from "./ends.tsx";
import { ClockBack } from "./start.tsx";

const MOST = 10;

export function Locked() {
  const ui = useUi();
  const { field, status, go } = ui;
  const [words, setWords] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const { wrong, waitUntil } = status.tries;
  const wait = waitUntil === null ? 0 : waitUntil - Date.now();
  const unlock = (): void => {
    if (busy || words.trim() === "") return;
    setBusy(true);
    setProblem("");
    field.unlock(words).then(
      () => setWords(""),
      (why: unknown) => {
        setBusy(false);
        setProblem(wordsOf(why));
        document.getElementById("passphrase")?.focus();
      },
    );
  };
  const typing = {
    id: "passphrase",
    class: "text",
    value: words,
    autocomplete: "off",
    autocapitalize: "none" as const,
    spellcheck: false,
    "aria-describedby": "tries",
    "aria-invalid": problem !== "" ? ("true" as const) : undefined,
    onInput: (event: Event) => setWords((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <Frame title="Daybook" second={t("locked.state")} first withoutDanger withoutLock>
      <Update />
      <ClockBack />
      {ui.message !== "" && ui.message !== t("locked.told") && <div class="notice calm"><Icon name="done" /><p class="grow strong">{ui.message}</p></div>}
      <form class="dark part stack" onSubmit={(event) => {
        event.preventDefault();
        unlock();
      }}>
        <h2>{t("locked.title")}</h2>
        <p class="second">{t("locked.cannot-read")}</p>
        <div class="field">
          <label for="passphrase">{t("locked.passphrase")}</label>
          {shown ? <input {...typing} type="text" /> : <input {...typing} type="password" />}
          <button type="button" class="link" aria-pressed={shown} onClick={() => setShown(!shown)}>{t(shown ? "locked.hide" : "locked.show")}</button>
        </div>
        {problem !== "" && <p class="strong" role="alert">{problem}</p>}
        <p id="tries" class="second">{wrong > 0 ? many("locked.tries", wrong, { most: MOST }) : t("locked.tries-none", { most: MOST })} {wait > 0 ? t("locked.wait", { left: length(wait), at: clock(waitUntil ?? 0) }) : ""}</p>
        <button type="submit" class="act bright" disabled={busy}>{t(busy ? "locked.opening" : "locked.unlock")}</button>
      </form>
      <section class="part stack">
        <div class="heading-row"><h2>{t("locked.without")}</h2><Generated /></div>
        <p class="second">{status.canSign ? t("locked.signs") : t("locked.drafts")} {t("locked.typed")} {status.unsigned > 0 ? many("locked.unsigned", status.unsigned) : ""}</p>
        <button type="button" class="danger-card plain-card" onClick={() => go("meet")}>
          <Icon name="person" size={30} />
          <span><strong>{t("locked.meet")}</strong><span>{t("locked.sealed")}</span></span>
        </button>
        <DangerCard />
      </section>
      <section class="part apart-part row">
        <div class="wide tight">
          <h2>{t("destroy.question")}</h2>
          <p class="second">{t("destroy.short")}</p>
        </div>
        <button type="button" class="apart" onClick={() => go("destroy")}>{t("destroy.act")}</button>
      </section>
    </Frame>
  );
}
