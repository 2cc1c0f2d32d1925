/** Destroy keys: another place than lock, another shape, and asked twice. */

import { useState } from "preact/hooks";
import { many, t } from "../words/index.ts";
import { Frame } from "../parts/frame.tsx";
import { forgetAll, useUi, wordsOf } from "../parts/state.ts";

export function Destroy() {
  const { field, status, back } = useUi();
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState("");
  const destroy = (): void => {
    field.destroy().then(() => forgetAll(), (why: unknown) => setProblem(wordsOf(why)));
  };
  return (
    <Frame title={t("destroy.title")} withoutLock>
      <section class="part stack">
        <h2>{t("destroy.question")}</h2>
        <p>{t("destroy.what")}</p>
        <p>{many("destroy.stays", status.unsent.entries)}</p>
        <p>{t("destroy.copy")}</p>
        {problem !== "" && <p class="error" role="alert">{problem}</p>}
        {!asked ? <button type="button" class="apart" onClick={() => setAsked(true)}>{t("destroy.first")}</button> : (
          <div class="stack" role="alert">
            <p class="strong">{t("destroy.sure")}</p>
            <button type="button" class="plain" onClick={back}>{t("destroy.keep")}</button>
            <div class="far"><button type="button" class="apart" onClick={destroy}>{t("destroy.second")}</button></div>
          </div>
        )}
      </section>
    </Frame>
  );
}
