/** Forms that the vocabulary makes: the screens say which verb, which fields, and what goes with them. */

import type { ComponentChildren } from "preact";
import type { Json } from "../../codec/json.ts";
import type { Task } from "../../core/field.ts";
import { many, t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { Errors } from "../parts/controls.tsx";
import type { Wrong } from "../parts/controls.tsx";
import { FieldOf, labelOf, useDraft, useSaving, valuesOf, wrongOf } from "../parts/form.tsx";
import type { Shown } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { ChoosePerson } from "../parts/person.tsx";
import { useRecords, useUi } from "../parts/state.ts";

interface VerbForm {
  readonly verb: string;
  readonly title: Key;
  readonly fields: readonly string[];
  /** Its codes, where fewer than the list are for this screen. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  readonly labels?: Readonly<Record<string, Key>>;
  readonly source?: string;
  readonly ofPerson?: boolean;
  readonly children?: ComponentChildren;
  readonly saved: Key;
  /** Said with it, and not asked. */
  readonly given?: (task: Task | null) => Readonly<Record<string, Json>>;
  readonly show?: (shown: Shown, field: string) => boolean;
  readonly alsoWrong?: (shown: Shown) => Wrong[];
}

function FromVocabulary(props: VerbForm) {
  const { verb, title, fields, only = {}, labels = {}, ofPerson = false, given, show = () => true } = props;
  const ui = useUi();
  const { field, task } = ui;
  const [draft, change, clear] = useDraft<Record<string, string | readonly string[]>>(title, {});
  const saving = useSaving();
  const person = String(draft["person"] ?? "");
  const asked = fields.filter((name) => show(draft, name));
  const own = (name: string): string | undefined => {
    const key = labels[name];
    return key === undefined ? undefined : t(key);
  };
  const save = (): void => {
    const shown = Object.fromEntries(asked.map((name) => [name, draft[name] ?? ""]));
    const values = { ...given?.(task), ...valuesOf(verb, shown) };
    const wrong = [...(ofPerson && person === "" ? [{ field: "person", message: t("person.choose") }] : []), ...(props.alsoWrong?.(draft) ?? []), ...wrongOf(verb, values, asked)];
    if (wrong.length > 0) return saving.setWrong(wrong);
    const about = ofPerson && verb.startsWith("person.") ? { subject: person } : {};
    // In that person's file, about something else: the core names the person in it.
    const whose = ofPerson && !verb.startsWith("person.") ? { person } : {};
    const source = props.source === undefined ? {} : { source: props.source };
    saving.save((options) => field.say(verb, values, { ...options, ...about, ...whose, ...source }), () => {
      clear();
      ui.home(t(props.saved));
    });
  };
  const error = (name: string): string | undefined => saving.wrong.find((each) => each.field === name)?.message;
  return (
    <Frame title={t(title)} second={task?.site?.name} bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("form.save-here")}</button>}>
      <Errors wrong={saving.wrong} label={(name) => (name === "person" ? t("person.about") : own(name) ?? labelOf(verb, name))} />
      <section class="part stack">
        <div class="heading-row"><span class="second">{t("form.empty-not-asked")}</span><Generated /></div>
        {props.children}
        {ofPerson && <ChoosePerson value={person} error={error("person")} onChange={(subject) => change({ person: subject })} />}
        {asked.map((name) => {
          const limited = only[name];
          const label = own(name);
          return (
            <FieldOf
              key={name}
              verb={verb}
              name={name}
              value={draft[name] ?? ""}
              error={error(name)}
              {...(limited === undefined ? {} : { only: limited })}
              {...(label === undefined ? {} : { label })}
              onChange={(value) => change({ [name]: value })}
            />
          );
        })}
      </section>
    </Frame>
  );
}

const atSite = (task: Task | null): Record<string, Json> => (task?.site == null ? {} : { site: task.site.id });
const visit = (task: Task | null): Record<string, Json> => ({
  ...atSite(task),
  ...(task?.team == null ? {} : { team: task.team.id }),
  ...(task === null ? {} : { country: task.country }),
});
const noSite = (task: Task | null): Wrong[] => (task !== null && task.site === null ? [{ field: "outcome", message: t("form.no-site") }] : []);

export function Property() {
  return (
    <FromVocabulary
      verb="property.taken" title="property.title" saved="property.saved" ofPerson source="said"
      fields={["kind", "description", "taken_by", "state", "amount", "currency", "exhibit"]}
      show={({ kind }, name) => !["amount", "currency"].includes(name) || ["wages", "cash", "compensation"].includes(String(kind))}
    />
  );
}

export function Arrest() {
  return (
    <FromVocabulary
      verb="detention.state" title="arrest.title" saved="arrest.saved" given={(task) => ({ ...atSite(task), ...(task === null ? {} : { country: task.country }) })}
      fields={["state", "name", "grounds", "person"]} only={{ state: ["detained", "arrested"] }}
    >
      <p class="strong">{t("arrest.both")}</p>
    </FromVocabulary>
  );
}

export function Assess() {
  return (
    <FromVocabulary verb="person.assess" title="assess.title" saved="assess.saved" ofPerson fields={["seen_as", "reasons"]}>
      <p class="strong">{t("meet.do-not-ask")}</p>
    </FromVocabulary>
  );
}

export function NotePerson() {
  return <FromVocabulary verb="person.state" title="note.person" saved="note.saved" ofPerson source="said" fields={["topic", "words", "note"]} alsoWrong={({ words, note }) => (words || note ? [] : [{ field: "words", message: t("note.empty") }])} />;
}

export function NoteLead() {
  return (
    <FromVocabulary
      verb="lead.report" title="note.lead" saved="note.saved" given={(task) => ({ origin: "officer", ...atSite(task), ...(task === null ? {} : { country: task.country }) })}
      fields={["summary", "source_grade", "information_grade", "handling", "handling_conditions"]}
    />
  );
}

export function WayIn() {
  return <FromVocabulary verb="site.way_in" title="site.add-way" saved="site.way-saved" given={atSite} fields={["path", "last_network", "seen_coming", "note", "closed"]} />;
}

export function FoundEmpty() {
  const { task } = useUi();
  return (
    <FromVocabulary
      verb="visit.record" title="empty.title" saved="empty.saved" fields={["note"]} alsoWrong={() => noSite(task)}
      given={(held) => ({ ...visit(held), outcome: "found-empty" })}
    >
      <p>{t("empty.text")}</p>
    </FromVocabulary>
  );
}

export function Leave() {
  const { task } = useUi();
  const met = (useRecords() ?? []).filter((record) => record.verb === "person.meet").length;
  return (
    <FromVocabulary
      verb="visit.record" title="leave.title" saved="leave.saved" given={visit} alsoWrong={() => noSite(task)} only={{ outcome: ["people-found", "aborted", "found-empty"] }}
      fields={["outcome", "people", "hours_a_day", "days_a_week", "conditions", "conditions_absent", "note"]}
      show={({ outcome }, name) => outcome === "people-found" || ["outcome", "note"].includes(name)}
    >
      <p class="strong">{many("leave.met", met)}</p>
    </FromVocabulary>
  );
}
