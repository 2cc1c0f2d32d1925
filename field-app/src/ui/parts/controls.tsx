/** The controls. Nothing is preselected; a second touch takes a choice back: left empty is 'not asked'. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../words/index.ts";

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface About {
  /** Its id in the page: the error summary goes there. */
  readonly name: string;
  readonly label: string;
  readonly aside?: string | undefined;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
}

export function Field({ about, children, group }: { about: About; children: ComponentChildren; group?: boolean }) {
  const { name, label, aside, help, error } = about;
  const named = (
    <>
      {label} {aside !== undefined && <span class="aside">{aside}</span>}
    </>
  );
  const notes = (
    <>
      {help !== undefined && <p class="second" id={`${name}-help`}>{help}</p>}
      {error !== undefined && <p class="error" id={`${name}-error`}>{error}</p>}
    </>
  );
  const wrong = error !== undefined ? "field wrong" : "field";
  if (group === true) {
    return (
      <fieldset class={wrong} id={name} tabindex={-1} aria-describedby={describedBy(about)}>
        <legend>{named}</legend>
        {notes}
        {children}
      </fieldset>
    );
  }
  return (
    <div class={wrong}>
      <label for={name}>{named}</label>
      {notes}
      {children}
    </div>
  );
}

export function describedBy({ name, help, error }: About): string | undefined {
  const ids = [help !== undefined ? `${name}-help` : "", error !== undefined ? `${name}-error` : ""].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

interface Choosing extends About {
  readonly options: readonly Option[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Drawn beside its label. */
  readonly side?: boolean;
  readonly shape?: "segments" | "chips";
  /** What a list shows while nothing is chosen. */
  readonly blank?: string;
}

/** One of a few. */
export function Choice({ options, value, onChange, side, shape = "segments", ...about }: Choosing) {
  const group = useId();
  const controls = (
    <div class={shape}>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={option.value === value}
            onClick={() => option.value === value && onChange("")}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
  if (side === true) {
    return (
      <fieldset class="side" id={about.name} tabindex={-1}>
        <legend>{about.label}</legend>
        {controls}
      </fieldset>
    );
  }
  return (
    <Field about={about} group>
      {controls}
    </Field>
  );
}

interface ChoosingMany extends About {
  readonly options: readonly Option[];
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  /** This one stands alone. */
  readonly none?: string;
}

/** Several of some. */
export function Chips({ options, values, onChange, none, ...about }: ChoosingMany) {
  const press = (value: string): void => {
    if (values.includes(value)) onChange(values.filter((each) => each !== value));
    else if (value === none) onChange([value]);
    else onChange([...values.filter((each) => each !== none), value]);
  };
  return (
    <Field about={about} group>
      <div class="chips">
        {options.map((option) => (
          <label key={option.value}>
            <input type="checkbox" checked={values.includes(option.value)} onChange={() => press(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </Field>
  );
}

interface Typing extends About {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly longest?: number | undefined;
  readonly unit?: string;
  readonly lines?: boolean;
  readonly numeric?: boolean;
  readonly spelled?: boolean;
  readonly capitals?: boolean;
}

export function Text(props: Typing) {
  const { value, onChange, longest, unit, lines, numeric, spelled = true, capitals, ...about } = props;
  const common = {
    id: about.name,
    class: "text",
    value,
    // No browser fills in, keeps or sends to a spelling service what is typed here.
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: false,
    autocapitalize: capitals === true ? ("characters" as const) : spelled ? ("sentences" as const) : ("none" as const),
    "aria-describedby": describedBy(about),
    "aria-invalid": about.error !== undefined ? ("true" as const) : undefined,
    ...(longest !== undefined ? { maxLength: longest } : {}),
    onInput: (event: Event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  const mode = numeric === true ? ("decimal" as const) : ("text" as const);
  const input = lines === true ? (
    <textarea {...common} rows={3} />
  ) : (
    <input {...common} type="text" inputMode={mode} />
  );
  return (
    <Field about={about}>
      {unit === undefined ? input : (
        <span class="with-unit">
          {input}
          <span aria-hidden="true">{unit}</span>
        </span>
      )}
    </Field>
  );
}

/** One of a long list, by the browser's own list. */
export function Pick({ options, value, onChange, blank, ...about }: Choosing) {
  return (
    <Field about={about}>
      <select
        id={about.name}
        class="text"
        value={value}
        aria-describedby={describedBy(about)}
        onChange={(event) => onChange((event.currentTarget as HTMLSelectElement).value)}
      >
        <option value="">{blank ?? t("form.not-asked")}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>{option.label}</option>
        ))}
      </select>
    </Field>
  );
}

interface Stepping {
  readonly name: string;
  readonly label: string;
  readonly second?: string | undefined;
  /** null: not counted yet. */
  readonly value: number | null;
  readonly most?: number;
  readonly onChange: (value: number | null) => void;
}

export function Stepper({ name, label, second, value, most = 10_000, onChange }: Stepping) {
  const step = (by: number): void => onChange(Math.min(most, Math.max(0, (value ?? 0) + by)));
  return (
    <div class="stepper-row">
      <label class="what" for={name}>
        <span class="strong">{label}</span>
        {second !== undefined && <span class="second"><br />{second}</span>}
      </label>
      <span class="stepper">
        <button type="button" aria-label={t("form.less", { what: label })} disabled={(value ?? 0) === 0} onClick={() => step(-1)}>−</button>
        <input
          id={name}
          inputMode="numeric"
          autocomplete="off"
          value={value ?? ""}
          placeholder="–"
          onInput={(event) => {
            const typed = (event.currentTarget as HTMLInputElement).value.replace(/\D/g, "");
            onChange(typed === "" ? null : Math.min(most, Number(typed)));
          }}
        />
        <button type="button" aria-label={t("form.further", { what: label })} onClick={() => step(1)}>+</button>
      </span>
    </div>
  );
}

export interface Wrong {
  readonly field: string;
  readonly message: string;
}

/** What is to be mended, at the top, with the keyboard in it; each line goes to its field. */
export function Errors({ wrong, label }: { wrong: readonly Wrong[]; label: (field: string) => string }) {
  if (wrong.length === 0) return null;
  return (
    <section class="errors" role="alert" tabindex={-1} ref={(part) => part?.focus()} aria-labelledby="errors-title">
      <h2 id="errors-title">{t("form.not-saved")}</h2>
      <ul>
        {wrong.map(({ field, message }) => (
          <li key={field + message}>
            <button type="button" class="link" onClick={() => goTo(field)}>
              {[label(field).replace(/[?:]?$/, ":"), message].filter((part) => part !== ":").join(" ")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function goTo(field: string): void {
  const place = document.getElementById(field);
  const control = place?.matches("fieldset") === true ? place.querySelector<HTMLElement>("input, button") : place;
  place?.scrollIntoView({ block: "center" });
  control?.focus();
}
