/** Cash is counted: currency, worth of each note or coin, and how many; one line for each kind of note. */

import { t } from "../words/index.ts";
import { Pick, Text } from "./controls.tsx";
import type { Wrong } from "./controls.tsx";
import { optionsOf } from "./form.tsx";

export interface Pieces {
  readonly currency: string;
  readonly denomination: string;
  readonly pieces: string;
}
export const NO_PIECES: Pieces = { currency: "", denomination: "", pieces: "" };
/** As the node reads a denomination. */
const WORTH = /^\d{1,9}(?:\.\d{1,4})?$/;

const isEmpty = (row: Pieces): boolean => row.denomination.trim() === "" && row.pieces.trim() === "";
const worth = (row: Pieces): string => row.denomination.trim().replace(",", ".");

export function cashOf(rows: readonly Pieces[]): { currency: string; denomination: string; pieces: number }[] {
  return rows.filter((row) => !isEmpty(row)).map((row) => ({ currency: row.currency, denomination: worth(row), pieces: Number(row.pieces) }));
}

export function wrongCash(rows: readonly Pieces[]): Wrong[] {
  if (rows.every(isEmpty)) return [{ field: "cash-currency-0", message: t("cash.count") }];
  return rows.flatMap((row, at): Wrong[] => {
    if (isEmpty(row)) return [];
    if (row.currency === "") return [{ field: `cash-currency-${at}`, message: t("cash.which") }];
    if (!WORTH.test(worth(row)) || Number(worth(row)) <= 0) return [{ field: `cash-worth-${at}`, message: t("cash.worth-wrong") }];
    return /^[1-9]\d{0,8}$/.test(row.pieces.trim()) ? [] : [{ field: `cash-pieces-${at}`, message: t("cash.pieces-wrong") }];
  });
}

export function CountCash({ rows, onChange }: { rows: readonly Pieces[]; onChange: (rows: readonly Pieces[]) => void }) {
  const change = (at: number, part: Partial<Pieces>): void => onChange(rows.map((row, n) => (n === at ? { ...row, ...part } : row)));
  return (
    <fieldset class="field stack">
      <legend>{t("cash.title")}</legend>
      {rows.map((row, at) => (
        <div key={at} class="grid">
          <Pick name={`cash-currency-${at}`} label={t("cash.currency")} blank={t("form.choose")} options={optionsOf("currencies")} value={row.currency} onChange={(currency) => change(at, { currency })} />
          <Text name={`cash-worth-${at}`} label={t("cash.worth")} numeric longest={14} value={row.denomination} onChange={(denomination) => change(at, { denomination })} />
          <Text name={`cash-pieces-${at}`} label={t("cash.pieces")} numeric longest={9} value={row.pieces} onChange={(pieces) => change(at, { pieces })} />
        </div>
      ))}
      <button type="button" class="plain" onClick={() => onChange([...rows, { ...NO_PIECES, currency: rows.at(-1)?.currency ?? "" }])}>{t("cash.further")}</button>
    </fieldset>
  );
}
