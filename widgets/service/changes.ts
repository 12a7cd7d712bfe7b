// In which fields two scenarios differ, in words. Knows no DOM.

/** `target.concurrency 4 -> 8`, ...; empty where they say the same. */
export function changedFields(a: unknown, b: unknown): string[] {
  const found: string[] = [];
  visit(a, b, "", found);
  return found.filter((each) => !each.startsWith("name "));
}

function visit(a: unknown, b: unknown, path: string, found: string[]): void {
  if (isNested(a) && isNested(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const inner = Array.isArray(a) && Array.isArray(b) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      visit((a as Fields)[key], (b as Fields)[key], inner, found);
    }
  } else if (JSON.stringify(a) !== JSON.stringify(b)) found.push(`${path} ${said(a)} \u2192 ${said(b)}`);
}

type Fields = Readonly<Record<string, unknown>>;

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function said(value: unknown): string {
  if (value === undefined) return "absent";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}\u2026`;
}
