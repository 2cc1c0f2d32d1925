/** Numbers of codes as one says them: "3, 7-9". */

export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

/** Undo `ranges`, as somebody types it; what is none of 1 to `most` is passed over. */
export function numbersIn(text: string, most: number): readonly number[] {
  const found = new Set<number>();
  for (const [, from = "", to = from] of text.matchAll(/(\d{1,4})(?:\s*[-\u2013]\s*(\d{1,4}))?/gu)) {
    for (let number = Math.max(1, Number(from)); number <= Math.min(most, Number(to)); number++) found.add(number);
  }
  return [...found].sort((left, right) => left - right);
}
