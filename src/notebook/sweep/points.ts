// Every combination of what varies, by its number: the last of what varies does so fastest. Knows nothing of what becomes of a point.
import { InputError } from "../../core/errors.js";

/** Lists of values by the name of what varies. */
export type Varied = Readonly<Record<string, readonly unknown[]>>;

/** One value of each. */
export type PointOf<V extends Varied> = { readonly [Name in keyof V]: V[Name][number] };

/** How many combinations there are. Throws InputError for what is no list, and for a list with nothing in it. */
export function countPoints(vary: Varied): number {
  const lists = Object.entries(typeof vary === "object" && vary !== null ? vary : {});
  if (lists.length === 0) {
    throw new InputError("nothing varies", { where: "vary", fix: "Write { block: [32, 64], n: [1024, 4096] }." });
  }
  for (const [name, values] of lists) {
    if (Array.isArray(values) && values.length > 0) continue;
    throw new InputError(`${name} has no values`, { where: "vary", fix: `Write { ${quoted(name)}: [32, 64] }.` });
  }
  return lists.reduce((product, [, values]) => product * values.length, 1);
}

/** The combination with this number. */
export function pointAt<V extends Varied>(vary: V, number: number): PointOf<V> {
  let rest = number;
  const chosen = Object.keys(vary)
    .reverse()
    .map((name) => {
      const values = vary[name];
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value] as const;
    });
  return Object.fromEntries(chosen.reverse()) as PointOf<V>;
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
