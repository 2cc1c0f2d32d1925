/** An age as it looks: child or adult, or in years from and to. Both may be given; the years say more. */

export interface Looks {
  readonly age: string;
  readonly ageFrom: string;
  readonly ageTo: string;
  readonly danger: string;
}
export type Ages = readonly [number, number];

const ADULT = 18;
const OLDEST = 120;
const CHOSEN: Readonly<Record<string, Ages>> = { child: [0, ADULT - 1], adult: [ADULT, OLDEST] };

/** What each statement of an age says. Of two that contradict each other, for which a danger does not wait, both. */
export function agesOf(looks: Looks): readonly Ages[] {
  const chosen = CHOSEN[looks.age];
  const years = yearsOf(looks);
  if (years === null) return chosen === undefined ? [] : [chosen];
  return chosen !== undefined && contradicts(looks) ? [years, chosen] : [years];
}

/** The field and the key of the words; null where it can be said. */
export function wrongAges(looks: Looks): { readonly field: "age-from" | "age-to" | "age"; readonly key: "meet.years-both" | "meet.years-wrong" | "meet.years-contradict" } | null {
  const [from, to] = [looks.ageFrom.trim(), looks.ageTo.trim()];
  if (from === "" && to === "") return null;
  if (from === "" || to === "") return { field: from === "" ? "age-from" : "age-to", key: "meet.years-both" };
  if (yearsOf(looks) === null) return { field: "age-from", key: "meet.years-wrong" };
  return contradicts(looks) && looks.danger !== "yes" ? { field: "age", key: "meet.years-contradict" } : null;
}

function yearsOf({ ageFrom, ageTo }: Looks): Ages | null {
  const [from, to] = [ageFrom, ageTo].map((text) => (/^\d{1,3}$/.test(text.trim()) ? Number(text) : NaN));
  return from !== undefined && to !== undefined && from <= to && to <= OLDEST ? [from, to] : null;
}

/** Only where both cannot be true: of 15 to 20 a child and an adult can be. */
function contradicts(looks: Looks): boolean {
  const [years, chosen] = [yearsOf(looks), CHOSEN[looks.age]];
  return years !== null && chosen !== undefined && (years[1] < chosen[0] || years[0] > chosen[1]);
}
