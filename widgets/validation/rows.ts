// The rows of a validation, of one model or of both, sorted and filtered: which are shown, in which order. Knows no DOM.
import type { ValidationStatus } from "../../src/model/validation/residual.js";
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationColumns } from "../../src/view/validation-state.js";

/** What the rows can be ordered by. */
export type SortKey = Exclude<keyof ValidationColumns, "ai" | "flops" | "note" | "measuredBottleneck"> | "index";

/**
 * The columns in which `predicted` and its companions are of the model that is shown: of the realistic one where both are, beside
 * which the ideal one keeps its own.
 */
export function columnsIn(columns: ValidationColumns, mode: ShownModes): ValidationColumns {
  if (mode !== "ideal") return columns;
  const { ideal, idealResidual, idealBottleneck, idealStatus } = columns;
  return { ...columns, predicted: ideal, residual: idealResidual, bottleneck: idealBottleneck, status: idealStatus };
}

export interface Choice {
  /** Words that a row must have, in its kernel, shape, precision, bottleneck or status; any case. */
  readonly text: string;
  /** The statuses that are shown. */
  readonly statuses: ReadonlySet<string>;
  /** Of these rows alone, where something asks for them. */
  readonly only?: ReadonlySet<number> | undefined;
  readonly key: SortKey;
  readonly descending: boolean;
}

/** How bad a status is, for ordering. */
const severity: Readonly<Record<ValidationStatus, number>> = { green: 0, yellow: 1, red: 2 };

/** The places of the rows that are shown, in their order; rows that compare equal stay in the file's. */
export function shownRows(columns: ValidationColumns, { text, statuses, only, key, descending }: Choice): number[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const rows: number[] = [];
  for (let row = 0; row < columns.measured.length; row++) {
    if (!statuses.has(columns.status[row]) || only?.has(row) === false) continue;
    if (words.length > 0) {
      const said =
        `${columns.kernel[row]} ${columns.shape[row]} ${columns.precision[row]} ${columns.bottleneck[row]} ${columns.status[row]}`.toLowerCase();
      if (!words.every((word) => said.includes(word))) continue;
    }
    rows.push(row);
  }
  const compare = comparison(columns, key);
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => sign * compare(a, b) || a - b);
}

/** How many rows have each status. */
export function countByStatus({ status }: ValidationColumns): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of status) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}

function comparison(columns: ValidationColumns, key: SortKey): (a: number, b: number) => number {
  if (key === "index") return (a, b) => a - b;
  // How far off, whichever way.
  if (key === "residual" || key === "idealResidual") {
    const residual = columns[key];
    return (a, b) => Math.abs(residual[a]) - Math.abs(residual[b]);
  }
  if (key === "status" || key === "idealStatus") {
    const status = columns[key];
    return (a, b) => severity[status[a]] - severity[status[b]];
  }
  const column = columns[key];
  if (typeof column[0] === "number") return (a, b) => (column[a] as number) - (column[b] as number);
  const collator = new Intl.Collator("en", { numeric: true });
  return (a, b) => collator.compare(String(column[a]), String(column[b]));
}
