/** Where a line of a text begins and ends; lines are counted from 1. Behind the last one it is the end. */
export function lineAt(text: string, line: number): [number, number] {
  let from = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf("\n", from);
    if (end < 0) return [text.length, text.length];
    from = end + 1;
  }
  const end = text.indexOf("\n", from);
  return [from, end < 0 ? text.length : end];
}
