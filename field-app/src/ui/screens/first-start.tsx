/** First start: the code, the node's words compared, six words to keep and typed back. Under a minute. */

import { useState } from "preact/hooks";
import type { EnrolmentCode, Invitation, NodeInfo } from "../../core/field.ts";
import { dayAndClock } from "../times.ts";
import { LANGUAGES, language, many, t } from "../words/index.ts";
import { Choice, Errors, Text } from "../parts/controls.tsx";
import type { Wrong } from "../parts/controls.tsx";
import { Words } from "../parts/custody.tsx";
import { missing } from "../parts/device.ts";
import { Frame, To } from "../parts/frame.tsx";
import { ReadCode } from "../parts/qr.tsx";
import { Refusal } from "../../core/types.ts";
import { useUi, wordsOf } from "../parts/state.ts";

interface Begun {
  readonly code: EnrolmentCode;
  readonly node: NodeInfo;
  /** null until the node's words were compared, where the code was typed. */
  readonly invitation: Invitation | null;
}

const AGAIN: ReadonlySet<string> = new Set(["no-network", "busy", "wait", "storage", "quota"]);

export function FirstStart() {
  const ui = useUi();
  const { field, status } = ui;
  const [typed, setTyped] = useState("");
  const [begun, setBegun] = useState<Begun | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [back, setBack] = useState<string | null>(null);
  const [wrong, setWrong] = useState<readonly Wrong[]>([]);
  const [busy, setBusy] = useState(false);

  const run = (work: () => Promise<void>, about: string): void => {
    if (busy) return;
    setBusy(true);
    setWrong([]);
    work().then(() => setBusy(false), (problem: unknown) => {
      setBusy(false);
      // Told where a code is typed; what only the network or the node's load is to blame for is tried again here.
      const code = problem instanceof Refusal && !AGAIN.has(problem.code);
      if (code) retype();
      setWrong([{ field: code ? "code" : about, message: wordsOf(problem) }]);
    });
  };
  /** To the code again, which stands in its box as it was typed. */
  const retype = (): void => {
    setBegun(null);
    setBack(null);
    setWrong([]);
  };
  const invite = async (code: EnrolmentCode, node: NodeInfo): Promise<void> => {
    const invitation = await field.invitation(code, code.node ?? node.public);
    setPassphrase(await field.drawPassphrase(language()));
    setBegun({ code, node, invitation });
  };
  const take = (text: string): void =>
    run(async () => {
      const code = field.readCode(text);
      const node = await field.node();
      if (code.node === null) setBegun({ code, node, invitation: null });
      else await invite(code, node);
    }, "code");
  const enrol = (): void => {
    const written = (back ?? "").trim().toLowerCase().split(/\s+/u).join(" ");
    if (written !== passphrase) return setWrong([{ field: "back", message: t("first.back-wrong") }]);
    if (begun !== null) run(() => field.enrol(begun.code, begun.code.node ?? begun.node.public, passphrase), "back");
  };
  const labels: Readonly<Record<string, string>> = { code: t("first.code"), back: t("first.back") };
  const errors = <Errors wrong={wrong} label={(name) => labels[name] ?? ""} />;
  const step = (n: number): string => t("first.step", { n });

  if (begun === null) {
    const lacks = missing(status);
    return (
      <Frame title="Daybook" second={step(1)} first withoutDanger withoutLock bottom={<button type="button" class="act" disabled={busy} onClick={() => take(typed)}>{t("form.go-on")}</button>}>
        {errors}
        <section class="part stack">
          <h2>{t("first.title")}</h2>
          <p>{t("first.text")}</p>
          <ReadCode label={t("first.scan")} files={false} onText={take} />
          <Text name="code" label={t("first.code")} help={t("first.code-help")} capitals spelled={false} value={typed} longest={40} onChange={setTyped} />
          {busy && <p role="status">{t("first.asking")}</p>}
        </section>
        <section class="part stack">
          <Choice name="language" shape="chips" label={t("phone.language")} options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} value={language()} onChange={(code) => code !== "" && ui.setLanguage(code)} />
          {lacks.length > 0 && <To label={many("start.lacks", lacks.length)} second={t("first.lacks")} onClick={() => ui.go("browser")} />}
        </section>
      </Frame>
    );
  }
  if (begun.invitation === null) {
    return (
      <Frame title="Daybook" second={step(1)} first withoutDanger withoutLock bottom={
        <div class="row">
          <button type="button" class="act wide" disabled={busy} onClick={() => run(() => invite(begun.code, begun.node), "code")}>{t("first.same")}</button>
          <button type="button" class="plain" onClick={() => {
            setBegun(null);
            setWrong([{ field: "code", message: t("first.differs") }]);
          }}>{t("first.not-same")}</button>
        </div>
      }>
        {errors}
        <section class="part stack">
          <h2>{t("first.compare")}</h2>
          <p>{t("first.compare-text")}</p>
          <Words words={begun.node.words} listed />
          <button type="button" class="link" onClick={retype}>{t("first.retype")}</button>
        </section>
      </Frame>
    );
  }
  const { invitation } = begun;
  if (back === null) {
    return (
      <Frame title="Daybook" second={step(2)} first withoutDanger withoutLock bottom={<button type="button" class="act" onClick={() => setBack("")}>{t("first.kept")}</button>}>
        <section class="part stack">
          <p>{t("first.yours", { officer: invitation.officer.name, authority: invitation.authority.name, operation: invitation.operation.name, until: dayAndClock(invitation.until) })}</p>
          <h2>{t("first.words")}</h2>
          <Words words={passphrase.split(" ")} listed />
          <p class="strong">{t("first.words-text")}</p>
          <p class="second">{t("first.words-why")}</p>
        </section>
      </Frame>
    );
  }
  return (
    <Frame title="Daybook" second={step(3)} first withoutDanger withoutLock bottom={<button type="button" class="act" disabled={busy} onClick={enrol}>{t(busy ? "first.enrolling" : "first.enrol")}</button>}>
      {errors}
      <section class="part stack">
        <h2>{t("first.back-title")}</h2>
        <Text name="back" label={t("first.back")} help={t("first.back-help")} spelled={false} lines value={back} longest={200} onChange={setBack} />
        <button type="button" class="link" onClick={() => setBack(null)}>{t("first.again")}</button>
        {busy && <p role="status">{t("first.enrolling-text")}</p>}
      </section>
    </Frame>
  );
}
