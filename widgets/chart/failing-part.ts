// Which part of a Vega-Lite specification makes compiling fail: the one without which it does not. Knows no compiler; it is
// handed one.

/** How far inside a view a part is looked for: `encoding.x.axis.labelExpr`. */
const deepest = 3;

type Fields = Readonly<Record<string, unknown>>;

/** The path of the smallest part to blame, `layer[1].encoding.x`; undefined where no single part is to blame. */
export function failingPart(spec: unknown, fails: (spec: unknown) => boolean): string | undefined {
  if (!isFields(spec)) return undefined;
  for (const name of ["layer", "hconcat", "vconcat", "concat"]) {
    const parts = spec[name];
    if (!Array.isArray(parts)) continue;
    const rest = Object.fromEntries(Object.entries(spec).filter(([key]) => key !== name));
    for (const [i, part] of parts.entries()) {
      const alone = { ...rest, [name]: [part] };
      if (!fails(alone)) continue;
      const inside = failingPart(part, (tried) => fails({ ...rest, [name]: [tried] }));
      return inside === undefined ? `${name}[${i}]` : `${name}[${i}].${inside}`;
    }
  }
  return narrowed(spec, fails, deepest);
}

/** Takes away one part after the other, and looks into the one without which nothing fails. */
function narrowed(part: Fields, fails: (part: unknown) => boolean, depth: number): string | undefined {
  const cures = Object.keys(part).filter((key) => {
    if (key === "data" || key === "$schema") return false;
    const { [key]: _, ...rest } = part;
    return !fails(rest);
  });
  // Inside a part, where each of several cures, it is their company that fails: the part as a whole is named.
  if (cures.length === 0 || (depth < deepest && cures.length > 1)) return undefined;
  const [key] = cures;
  const value = part[key];
  const inside =
    depth > 0 && isFields(value) ? narrowed(value, (tried) => fails({ ...part, [key]: tried }), depth - 1) : undefined;
  return inside === undefined ? key : `${key}.${inside}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
