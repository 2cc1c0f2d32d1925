/** The field of this browser. Refuses nothing by itself: what is missing is told where it is needed. */

import { browserMachine } from "./browser.ts";
import type { Field } from "./field.ts";
import { Phone } from "./phone.ts";
import type { Language } from "./types.ts";

export function openField(options: { readonly language?: Language } = {}): Promise<Field> {
  return Phone.open(browserMachine(), options);
}
