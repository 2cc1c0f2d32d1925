/** Forms refuse what the node's structs refuse, and nothing else; what they say is in the node's bytes. */

import { describe, expect, it } from "vitest";
import { encode } from "../src/codec/json.ts";
import type { Json } from "../src/codec/json.ts";
import { asksFor, check, codes, form, statements, VERBS } from "../src/forms/forms.ts";
import type { Values } from "../src/forms/forms.ts";
import cases from "../vectors/forms.json" with { type: "json" };

interface Case {
  readonly values: Values;
  readonly refused?: string;
  readonly message?: string;
  readonly statements?: string;
}

const BY_VERB: Readonly<Record<string, readonly Case[]>> = cases;

function said(verb: string, values: Values): string {
  const listed = statements(verb, values).map(({ field, operator, value = null, supersedes = [] }): Json => [
    field,
    operator,
    value,
    supersedes,
  ]);
  return encode(listed);
}

describe.each(VERBS)("%s", (verb) => {
  const listed = BY_VERB[verb] ?? [];
  const { fields, rules } = form(verb);
  const told = new Set([...fields.map((field) => field.needed), ...rules.map((rule) => rule.message)]);

  it("takes what the node takes, and says it in the node's bytes", () => {
    const taken = listed.filter((each) => each.statements !== undefined);
    expect(taken.length).toBeGreaterThan(0);
    for (const { values, statements: bytes } of taken) {
      expect(check(verb, values), JSON.stringify(values)).toEqual([]);
      expect(said(verb, values)).toBe(bytes);
    }
  });

  it("refuses at the same field what data can tell", () => {
    for (const { values, refused = "", message = "" } of listed.filter((each) => each.refused)) {
      const found = check(verb, values).map((refusal) => refusal.field);
      const field = fields.find((each) => each.name === refused);
      const tooLong = String(values[refused]).length > (field?.longest ?? Infinity);
      if (told.has(message) || tooLong) {
        expect(found, `${JSON.stringify(values)} ${message}`).toContain(refused);
      }
    }
  });

  it("names only lists that are there", () => {
    for (const field of fields) {
      if (field.codes !== undefined) expect(Object.keys(codes(field.codes)).length).toBeGreaterThan(0);
    }
  });
});

describe("forms", () => {
  it("refuse enough of what the node does for a test to mean something", () => {
    const all = VERBS.flatMap((verb) => (BY_VERB[verb] ?? []).map((each) => ({ verb, ...each })));
    const refused = all.filter((each) => each.refused);
    const known = refused.filter(({ verb, values }) => check(verb, values).length > 0);
    expect(refused.length).toBeGreaterThan(80);
    expect(known.length / refused.length).toBeGreaterThan(0.8);
  });

  it("say a default only where it takes another value's place", () => {
    const meeting = { reference: "P-1", counting: "1", country: "GY", danger: "no" };
    const names = (supersedes: Record<string, string[]>) =>
      statements("person.meet", meeting, supersedes).map(({ field, operator }) => `${field} ${operator}`);
    expect(names({}).includes("danger assert")).toBe(false);
    expect(names({ danger: ["ab"] }).includes("danger assert")).toBe(true);
    expect(names({ name: ["ab"] }).includes("name retract")).toBe(true);
  });

  it("keep 'not asked' apart from what is meant where nothing is said", () => {
    expect(said("person.meet", { danger: "" })).toBe(encode([["danger", "assert", "", []]]));
    expect(said("person.meet", { language: [], with_whom: "" })).toBe("[]");
  });

  it("ask nothing of a correction but what it changes", () => {
    expect(check("visit.record", { site: "1", reasons: "it was the other gate" })).toEqual([]);
    expect(check("visit.record", { site: "1" })).not.toEqual([]);
    expect(check("person.meeting", { site: "1" }).map(({ field }) => field)).toEqual(["reasons"]);
  });

  it("know no other verb and no other field", () => {
    expect(() => form("officer.appoint")).toThrow("not said by this app");
    expect(check("person.danger", { words: "x", hidden: "y" })).toEqual([
      { field: "hidden", message: "is not a field of this entry" },
    ]);
  });
});

describe("what some kinds alone have", () => {
  it("is asked of these, and of none before the kind is chosen", () => {
    const asked = (name: string, kind: string): boolean => asksFor("exhibit.seize", name, "kind", kind);
    expect(["", "document", "mobile-phone"].map((kind) => asked("device_number", kind))).toEqual([false, false, true]);
    expect(["", "document", "cash"].map((kind) => asked("cash", kind))).toEqual([false, false, true]);
    expect(asked("description", "")).toBe(true);
  });
});
