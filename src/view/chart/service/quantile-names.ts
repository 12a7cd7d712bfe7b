// Where the names of quantiles stand beside their lines, so that no line goes through a name. Knows no chart and no units.

/** Where a name stands: in which row from above, and on which side of its line. The line begins at its name. */
export interface NamePlace {
  readonly row: number;
  readonly side: "left" | "right";
}

/**
 * Places for names of lines at ascending `at`, in a picture that is `width` wide, each name at most `room`: a row each. Where names
 * stand to the right of their lines the first stands highest, where they stand to the left the last does.
 */
export function namePlaces(at: readonly number[], width: number, room: number): NamePlace[] {
  const [first, last] = [at[0], at[at.length - 1]];
  const sides = at.map((one) =>
    last + room <= width || (first < room && one + room <= width / 2) ? ("right" as const) : ("left" as const),
  );
  const indices = at.map((_, i) => i);
  const rows = [
    ...indices.filter((i) => sides[i] === "right"),
    ...indices.filter((i) => sides[i] === "left").reverse(),
  ];
  return sides.map((side, i) => ({ row: rows.indexOf(i), side }));
}
