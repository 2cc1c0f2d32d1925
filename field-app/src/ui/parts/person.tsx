/** Whom it is about: one whom this phone met, while its own records can be read. */

import { t } from "../words/index.ts";
import { Choice, Pick } from "./controls.tsx";
import { useRecords } from "./state.ts";
import type { Option } from "./controls.tsx";
import { nameOf } from "../screens/records.tsx";

const AS_CHIPS = 8;

interface ChoosePerson {
  readonly value: string;
  readonly name?: string;
  readonly label?: string;
  /** Offered before the people. */
  readonly first?: readonly Option[];
  readonly error?: string | undefined;
  readonly onChange: (subject: string) => void;
}

export function ChoosePerson({ value, name = "person", label = t("person.about"), first = [], error, onChange }: ChoosePerson) {
  const records = useRecords();
  // Nobody is not said before it is known.
  if (records === null) return null;
  const people = records.filter((record) => record.verb === "person.meet" && !record.slip);
  const options = [...first, ...people.map((record) => ({ value: record.subject, label: nameOf(record) }))];
  if (options.length === 0) return <p class="second" id={name}>{t("person.nobody")}</p>;
  const about = { name, label, error, options, value, onChange };
  return options.length <= AS_CHIPS ? <Choice {...about} shape="chips" /> : <Pick {...about} blank={t("form.choose")} />;
}
