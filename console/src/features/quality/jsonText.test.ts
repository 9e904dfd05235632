import { describe, expect, it } from "vitest";
import { faultOfObject, setOut } from "./jsonText";

describe("JSON that somebody types", () => {
  const check = (text: string, fault?: [line: number, column: number, problem: string]) => {
    const found = faultOfObject(text);
    expect(found && [found.line, found.column, found.problem], text).toEqual(fault);
  };

  it("is right where it is an object", () => {
    check("{}");
    check(' {"a": [1, -2.5e+3, true, null, {}, [], "\\u00e9\\n\\"ö"]}\n');
    check('{"a":1,"a":12345678901234567890123}');
    check(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`);
  });

  it("is wrong at a line and a column", () => {
    check("", [1, 1, "end"]);
    check('{"a": 1', [1, 8, "end"]);
    check('{\n  "a": 1,\n}', [3, 1, "unexpected"]);
    check('{\n  "a" 1\n}', [2, 7, "unexpected"]);
    check("{a: 1}", [1, 2, "unexpected"]);
    check("{'a': 1}", [1, 2, "unexpected"]);
    check('{"a": 01}', [1, 7, "unexpected"]);
    check('{"a": [1}', [1, 9, "unexpected"]);
    check('{"a": "x', [1, 9, "text"]);
    check('{"a": "x\ny"}', [1, 9, "text"]);
    check('{"a": "\\x"}', [1, 8, "text"]);
    check("{} {}", [1, 4, "rest"]);
    check("[]", [1, 1, "object"]);
    check(" 7", [1, 2, "object"]);
  });

  it("agrees with the browser on what is JSON", () => {
    for (const text of [
      '{"a":tru}',
      '{"a":1.}',
      '{"a":.5}',
      '{"a":+1}',
      '{"a":1,,"b":2}',
      '{"a"}',
      "{1:2}",
      '{"a":1]',
    ]) {
      expect(() => JSON.parse(text), text).toThrow();
      expect(faultOfObject(text), text).toBeDefined();
    }
  });
});

describe("JSON set out in lines", () => {
  it("says the same, number by number", () => {
    const text = '{"a":[1,{"b":"x, y: {z}"}],"c":{},"d":[],"n":12345678901234567890123,"n":1e999}';
    const lines = setOut(text);
    expect(lines).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": "x, y: {z}"\n    }\n  ],\n  "c": {},\n  "d": [],\n  "n": 12345678901234567890123,\n  "n": 1e999\n}',
    );
    expect(setOut(lines)).toBe(lines);
  });

  it("looks like what the browser writes", () => {
    const value = { type: "track", properties: { list: [1, [], {}, "ö"], nothing: null } };
    expect(setOut(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it("leaves alone what is no JSON", () => {
    expect(setOut("536365,71053,…")).toBe("536365,71053,…");
  });
});
