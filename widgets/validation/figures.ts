// Figures as people read them. Knows nothing of validations.

/** Four significant figures, without exponent where it can be: 203.4, 14,302, 0.0351. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(4)).toString();
}

/** 62 T, 287 G, 1.5 k. */
export function withPrefix(value: number): string {
  const prefixes = [
    [1e15, "P"],
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [factor, letter] = prefixes.find(([size]) => value >= size) ?? [1, ""];
  return `${Number((value / factor).toPrecision(3))}${letter === "" ? "" : ` ${letter}`}`;
}
