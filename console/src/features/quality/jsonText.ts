// JSON as text: where it is wrong, and set out in lines. Nothing is turned into values and back, because values lose what
// texts hold: numbers of many digits, keys that stand twice.

/** What is wrong with a text, and where, counted from 1. */
export interface JsonFault {
  line: number;
  column: number;
  problem: "end" | "unexpected" | "text" | "object" | "rest";
}

interface Token {
  kind: "open" | "close" | "colon" | "comma" | "text" | "other";
  text: string;
  at: number;
}

const blanks = /[ \t\n\r]*/y;
const tokens: readonly [Token["kind"], RegExp][] = [
  ["open", /[{[]/y],
  ["close", /[}\]]/y],
  ["colon", /:/y],
  ["comma", /,/y],
  // Control characters must be escaped in JSON.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above
  ["text", /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y],
  ["other", /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![\w.+-])/y],
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const beginningOfText = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, pattern] of tokens) {
    const found = match(pattern, text, at);
    if (found !== undefined) return { kind, text: found, at };
  }
  return undefined;
}

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end" | "nothing";

/** What may follow a token, or nothing where the token may not stand there. */
function step(expected: Expected, token: Token, open: string[]): Expected | undefined {
  const isValue = token.kind === "text" || token.kind === "other";
  const after: Expected = open.length === 0 ? "nothing" : "comma or end";
  const canEnd = expected === "comma or end" || expected === "value or ]" || expected === "key or }";
  if (token.kind === "close") {
    const pair = open.at(-1) === "{" ? "}" : "]";
    if (!canEnd || token.text !== pair) return undefined;
    open.pop();
    return open.length === 0 ? "nothing" : "comma or end";
  }
  switch (expected) {
    case "value":
    case "value or ]":
      if (token.kind !== "open") return isValue ? after : undefined;
      open.push(token.text);
      return token.text === "{" ? "key or }" : "value or ]";
    case "key":
    case "key or }":
      return token.kind === "text" ? "colon" : undefined;
    case "colon":
      return token.kind === "colon" ? "value" : undefined;
    case "comma or end":
      if (token.kind !== "comma") return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    default:
      return undefined;
  }
}

function scan(text: string): Token[] | { at: number; problem: JsonFault["problem"] } {
  const found: Token[] = [];
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at += match(blanks, text, at)?.length ?? 0;
    if (at >= text.length) return expected === "nothing" ? found : { at, problem: "end" };
    if (expected === "nothing") return { at, problem: "rest" };
    const token = tokenAt(text, at);
    if (!token) return brokenAt(text, at);
    const next = step(expected, token, open);
    if (!next) return { at, problem: "unexpected" };
    found.push(token);
    expected = next;
    at += token.text.length;
  }
}

/** A text that does not end is wrong where it breaks off; anything else where it begins. */
function brokenAt(text: string, at: number): { at: number; problem: JsonFault["problem"] } {
  if (text[at] !== '"') return { at, problem: "unexpected" };
  return { at: at + (match(beginningOfText, text, at)?.length ?? 0), problem: "text" };
}

function faultAt(text: string, at: number, problem: JsonFault["problem"]): JsonFault {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem };
}

/** Why a text is no JSON object; nothing where it is one. */
export function faultOfObject(text: string): JsonFault | undefined {
  const found = scan(text);
  if (!Array.isArray(found)) return faultAt(text, found.at, found.problem);
  const first = found[0];
  return first?.text === "{" ? undefined : faultAt(text, first?.at ?? 0, "object");
}

/** The same JSON with a line for each member; what is no JSON stays as it is. */
export function setOut(text: string): string {
  const found = scan(text);
  if (!Array.isArray(found)) return text;
  let depth = 0;
  let written = "";
  found.forEach((token, index) => {
    const line = () => `\n${"  ".repeat(depth)}`;
    const next = found[index + 1];
    if (token.kind === "close") {
      depth -= 1;
      if (found[index - 1]?.kind !== "open") written += line();
    }
    written += token.kind === "colon" ? ": " : token.text;
    if (token.kind === "open") {
      depth += 1;
      if (next?.kind !== "close") written += line();
    }
    if (token.kind === "comma") written += line();
  });
  return written;
}
