import { describe, expect, it } from "vitest";
import { chinese } from "./chinese";
import { english } from "./english";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, path = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") flat.set(path + key, value);
    else for (const [inner, text] of flatten(value, `${path}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const en = flatten(english as Tree);
const zh = flatten(chinese as Tree);
/** English has a singular where Chinese has one form for all numbers. */
const base = (key: string) => key.replace(/_(one|other)$/, "");
const variables = (text: string) => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]))].sort();
/** Han characters followed or preceded by half-width punctuation, outside of placeholders. */
const halfWidth = /\p{Script=Han}[,:;!?()]|[,;!?(]\p{Script=Han}/u;

describe("locales", () => {
  it("have the same keys", () => {
    expect([...new Set([...zh.keys()].map(base))].sort()).toEqual([...new Set([...en.keys()].map(base))].sort());
  });

  it("fill the same gaps", () => {
    for (const [key, text] of zh) {
      const original = en.get(key) ?? en.get(`${base(key)}_other`) ?? en.get(base(key));
      // A count may be left out where a formatted number stands for it.
      const needed = (words: string) => variables(words).filter((name) => name !== "count");
      expect(needed(text), key).toEqual(needed(original ?? ""));
    }
  });

  it("have both English plurals wherever there is one", () => {
    for (const key of en.keys()) {
      if (key.endsWith("_one")) expect(en.has(key.replace(/_one$/, "_other")), key).toBe(true);
    }
  });

  it("use full-width punctuation in Chinese", () => {
    for (const [key, text] of zh) expect(text.replaceAll(/\{\{.*?\}\}/g, "文"), key).not.toMatch(halfWidth);
  });

  it("would notice half-width punctuation", () => {
    expect("客户:全部").toMatch(halfWidth);
    expect("占收入(65%)").toMatch(halfWidth);
    expect("客户：全部").not.toMatch(halfWidth);
  });

  it("leave no text empty and none untranslated by accident", () => {
    for (const [key, text] of [...en, ...zh]) expect(text.trim(), key).not.toBe("");
    // What people who speak Chinese call by its English name.
    const english = ["Webhook"];
    const isTheSame = (key: string, text: string) => en.get(key) === text && /[a-z]{4,}/.test(text);
    const same = [...zh].filter(([key, text]) => isTheSame(key, text) && !english.includes(text)).map(([key]) => key);
    expect(same).toEqual([]);
  });
});
