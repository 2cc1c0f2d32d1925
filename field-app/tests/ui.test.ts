/** What screens work out without a browser: check digits of documents, floor a person, who is counted as what. */

import { numbersIn, ranges } from "../src/ui/parts/numbers.ts";
import { describe, expect, it } from "vitest";
import made from "../src/forms/forms.json" with { type: "json" };
import { agesOf, wrongAges } from "../src/ui/parts/ages.ts";
import { alpha2 } from "../src/ui/parts/countries.ts";
import { checkDigit, readZone } from "../src/ui/parts/mrz.ts";
import { en } from "../src/ui/words/en.ts";
import { es } from "../src/ui/words/es.ts";
import { fr } from "../src/ui/words/fr.ts";
import { pt } from "../src/ui/words/pt.ts";

const TODAY = new Date("2018-04-09T12:00:00Z");
// The specimens of ICAO's Doc 9303.
const TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
const TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";

describe("the lines of a travel document", () => {
  it.each([["passport", TD3, "L898902C3"], ["identity-card", TD2, "D23145890"], ["identity-card", TD1, "D23145890"]])(
    "of a %s are read, and their digits fit",
    (kind, lines, number) => {
      expect(readZone(lines, TODAY)).toMatchObject({
        kind, number, family: "ERIKSSON", given: "ANNA MARIA", birth: "1974-08-12", expires: "2012-04-15", sex: "female", wrong: [],
      });
    },
  );

  it("name the part whose digit does not fit", () => {
    expect(readZone(TD3.replace("7408122", "7408132"), TODAY)?.wrong).toEqual(["birth", "whole"]);
    expect(readZone(TD3.replace("L898902C36", "L898902C35"), TODAY)?.wrong).toEqual(["number", "whole"]);
    expect(readZone(TD3.slice(0, -1) + "1", TODAY)?.wrong).toEqual(["whole"]);
    expect(readZone(TD1.replace(/6\n/, "5\n"), TODAY)?.wrong).toEqual(["whole"]);
  });

  it("are taken as people type them, and nothing else is", () => {
    expect(readZone(`  ${TD3.toLowerCase().replace(/</g, "‹")}  \n`, TODAY)?.wrong).toEqual([]);
    for (const typed of ["", "P<UTO", TD3.replace("\n", ""), TD1.split("\n").slice(0, 2).join("\n"), TD3.replace("Z", "é")]) {
      expect(readZone(typed, TODAY)).toBeNull();
    }
  });

  it("with two figures of a year mean a birth behind today and an end near it", () => {
    const zone = (birth: string, expiry: string) => {
      const second = `L898902C3${checkDigit("L898902C3")}UTO${birth}${checkDigit(birth)}F${expiry}${checkDigit(expiry)}`.padEnd(43, "<") + "0";
      return readZone(`${TD3.split("\n")[0] ?? ""}\n${second}`, TODAY);
    };
    expect(zone("190101", "280101")).toMatchObject({ birth: "1919-01-01", expires: "2028-01-01" });
    expect(zone("170101", "990101")).toMatchObject({ birth: "2017-01-01", expires: "1999-01-01" });
    expect(zone("74<<<<", "280101")).toMatchObject({ birth: "1974" });
  });

  it("name countries of the vocabulary alone", () => {
    expect([alpha2("GUY"), alpha2("D<<"), alpha2("UTO"), alpha2("XXA")]).toEqual(["GY", "DE", "", ""]);
    const known = new Set(Object.keys(made.codes.countries));
    const all = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].flatMap((a) => [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].flatMap((b) => [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((c) => alpha2(a + b + c))));
    const reached = new Set(all.filter(Boolean));
    expect([...reached].filter((code) => !known.has(code))).toEqual([]);
    expect([...known].filter((code) => !reached.has(code))).toEqual([]);
  });
});

describe("an age as it looks", () => {
  const looks = (age: string, ageFrom = "", ageTo = "", danger = "") => ({ age, ageFrom, ageTo, danger });

  it("is a child's or an adult's, or a range of years, which says more", () => {
    expect(agesOf(looks(""))).toEqual([]);
    expect(agesOf(looks("unsure"))).toEqual([]);
    expect(agesOf(looks("child"))).toEqual([[0, 17]]);
    expect(agesOf(looks("adult"))).toEqual([[18, 120]]);
    expect(agesOf(looks("", " 15", "17 "))).toEqual([[15, 17]]);
    for (const age of ["child", "unsure", "adult"]) {
      expect(agesOf(looks(age, "15", "20"))).toEqual([[15, 20]]);
      expect(wrongAges(looks(age, "15", "20"))).toBeNull();
    }
  });

  it("is refused in words where half of it is missing or nobody can be of it", () => {
    expect(wrongAges(looks("child", "15"))).toEqual({ field: "age-to", key: "meet.years-both" });
    expect(wrongAges(looks("", "", "17"))).toEqual({ field: "age-from", key: "meet.years-both" });
    for (const [from, to] of [["17", "15"], ["15", "121"], ["15.5", "17"], ["-1", "3"], ["x", "17"]]) {
      expect(wrongAges(looks("", from, to))).toEqual({ field: "age-from", key: "meet.years-wrong" });
    }
  });

  it("that contradicts what was chosen is asked about; a danger does not wait, and both are said", () => {
    expect(wrongAges(looks("adult", "15", "17"))).toEqual({ field: "age", key: "meet.years-contradict" });
    expect(wrongAges(looks("child", "18", "25"))).toEqual({ field: "age", key: "meet.years-contradict" });
    expect(wrongAges(looks("adult", "15", "17", "yes"))).toBeNull();
    expect(agesOf(looks("adult", "15", "17", "yes"))).toEqual([[15, 17], [18, 120]]);
  });
});

describe("numbers of codes", () => {
  it("are said in runs, and read as somebody types them", () => {
    expect(ranges([3, 7, 8, 9, 41])).toBe("3, 7-9, 41");
    expect(ranges([])).toBe("");
    expect(numbersIn("3, 7-9 and 41", 60)).toEqual([3, 7, 8, 9, 41]);
    expect(numbersIn("9\u20137, 0, 61, 60-99, x", 60)).toEqual([60]);
  });
});

describe("the words", () => {
  it("of each verb that a phone may have on file are there", () => {
    const inner = new Set(["attachment.add", "compartment.open", "check.record", "custody.ask", "custody.release", "custody.statement", "custody.witness", "detention.link", "exhibit.return", "exploitation.view", "person.danger_close", "property.paid", "property.state", "site.register"]);
    const missing = Object.keys(made.verbs).filter((verb) => !(`verb.${verb}` in en) && !inner.has(verb));
    expect(missing).toEqual([]);
  });

  const told = JSON.stringify(made) + JSON.stringify(["this is not a value it can have", "too small", "too large", "say it in at most %(most)s characters"]);

  it.each(Object.entries({ es, pt, fr }))("in %s name the same numbers, and word labels that are there", (_code, language) => {
    const marks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
    const shapes = (text: string) => [...new Set(text.split(" | ").map(marks))].sort().join(" | ");
    const odd = Object.entries(en).filter(([key, text]) => shapes(language.words[key as keyof typeof en]) !== shapes(text));
    expect(odd.map(([key]) => key)).toEqual([]);
    const gone = Object.keys(language.vocabulary).filter((text) => !told.includes(JSON.stringify(text)));
    expect(gone).toEqual([]);
  });
});
