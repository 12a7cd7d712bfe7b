// Predictions of one operator on one device over columns of extents, into columns: for millions of shapes, without an object for
// each. Says what `predict` says, row by row.
import { InputError } from "../../core/errors.js";
import { totalFlop } from "../../core/work.js";
import type { Dimension, Operator } from "../operator/index.js";
import type { Bottleneck } from "../roofline/roofline.js";
import type { ModelName } from "./prediction.js";
import { type Answer, Predictor, type PredictorOptions, rooflineLimit } from "./predictor.js";

export interface PredictColumnsOptions extends PredictorOptions {
  /** A column for each of the operator's extents, by name; a number stands for a column of it. Those with a default may be left out. */
  readonly shape: Readonly<Record<string, ArrayLike<number> | number>>;
}

/** The fields of predictions as columns of equal length. */
export interface PredictionColumns {
  readonly length: number;
  /** What answered, the same for every row. */
  readonly model: ModelName;
  readonly predicted_time_us: Float64Array;
  /** Absent unless `interval` asked for them. */
  readonly predicted_time_low_us?: Float64Array;
  readonly predicted_time_high_us?: Float64Array;
  readonly predicted_tflops: Float64Array;
  readonly ai: Float64Array;
  readonly flops: Float64Array;
  readonly bytes: Float64Array;
  /** Each an index into `bottlenecks`. */
  readonly bottleneck: Uint8Array;
}

/** What the codes in a column `bottleneck` mean: 0 is memory. */
export const bottlenecks: readonly Bottleneck[] = Object.freeze(["memory", "compute", "overhead"] as const);

const codes: Readonly<Record<Bottleneck, number>> = { memory: 0, compute: 1, overhead: 2 };

/**
 * Predicts every row of columns of extents. Throws InputError as `predict` does, and, with the row (`shape.M[17]`), for a column
 * that is missing, strange or too short and for a value that is no extent.
 */
export function predictColumns(options: PredictColumnsOptions): PredictionColumns {
  const predictor = new Predictor(options);
  const { operator } = predictor;
  const shapes = new ShapeColumns(operator, options.shape);
  const { length } = shapes;
  const columns: PredictionColumns = {
    length,
    model: predictor.model,
    predicted_time_us: new Float64Array(length),
    ...(predictor.interval && {
      predicted_time_low_us: new Float64Array(length),
      predicted_time_high_us: new Float64Array(length),
    }),
    predicted_tflops: new Float64Array(length),
    ai: new Float64Array(length),
    flops: new Float64Array(length),
    bytes: new Float64Array(length),
    bottleneck: new Uint8Array(length),
  };
  const { predicted_time_low_us: lows, predicted_time_high_us: highs } = columns;
  const shape = new Array<number>(operator.dimensions.length);
  for (let row = 0; row < length; row++) {
    shapes.read(row, shape);
    const answer = predictor.answer(shape);
    const flops = totalFlop(answer.work);
    columns.predicted_time_us[row] = answer.time * 1e6;
    columns.predicted_tflops[row] = flops / answer.time / 1e12;
    columns.ai[row] = answer.place.intensity;
    columns.flops[row] = flops;
    columns.bytes[row] = answer.work.bytes.dram;
    const bottleneck = bottleneckOf(answer, predictor);
    columns.bottleneck[row] = codes[bottleneck];
    if (lows !== undefined && highs !== undefined) {
      const { low, high } = predictor.spread(shape, bottleneck);
      lows[row] = answer.time * 1e6 * low;
      highs[row] = answer.time * 1e6 * high;
    }
  }
  return Object.freeze(columns);
}

function bottleneckOf({ timing, place, work }: Answer, { device, efficiency }: Predictor): Bottleneck {
  return (timing?.limit() ?? rooflineLimit(place, work, device, efficiency)).bottleneck;
}

/** Columns of extents that were checked, in the operator's order. */
class ShapeColumns {
  readonly length: number;
  readonly #operator: Operator;
  readonly #columns: readonly (ArrayLike<number> | number | undefined)[];

  constructor(operator: Operator, shape: PredictColumnsOptions["shape"]) {
    const { type, dimensions } = operator;
    const names = dimensions.map(({ name }) => name);
    const strange = Object.keys(shape ?? {}).find((name) => !names.includes(name));
    const missing = dimensions.find(({ name, otherwise }) => shape?.[name] === undefined && otherwise === undefined);
    if (strange !== undefined || missing !== undefined) {
      throw new InputError(
        strange !== undefined ? `${type} has no extent "${strange}"` : `${type} needs a column ${missing?.name}`,
        { where: "shape", fix: `Give columns or numbers for ${names.join(", ")}.` },
      );
    }
    const columns = dimensions.map(({ name }) => shape[name]);
    const lengths = columns.filter((column) => typeof column === "object").map((column) => column.length);
    const length = lengths.length === 0 ? 1 : Math.max(...lengths);
    for (const [i, column] of columns.entries()) {
      if (column !== undefined) checkColumn(dimensions[i], column, length);
    }
    this.length = length;
    this.#operator = operator;
    this.#columns = columns;
  }

  /** Writes the extents of a row into `shape`. Throws InputError where they do not fit each other. */
  read(row: number, shape: number[]): void {
    const { dimensions, check } = this.#operator;
    for (let i = 0; i < dimensions.length; i++) {
      const column = this.#columns[i];
      if (typeof column === "number") shape[i] = column;
      else if (column !== undefined) shape[i] = column[row];
      else shape[i] = otherwise(dimensions, i, shape);
    }
    if (check !== undefined) this.#operator.check?.(shape, `shape, row ${row}`);
  }
}

function otherwise(dimensions: readonly Dimension[], index: number, shape: readonly number[]): number {
  const value = dimensions[index].otherwise;
  if (typeof value === "number") return value;
  const before = dimensions.slice(0, index).map(({ name }, i) => [name, shape[i]]);
  return value?.(Object.fromEntries(before)) ?? Number.NaN;
}

function checkColumn({ name, kind }: Dimension, column: ArrayLike<number> | number, length: number): void {
  const where = `shape.${name}`;
  const least = kind === "extent" ? 1 : 0;
  const most = kind === "flag" ? 1 : Number.MAX_SAFE_INTEGER;
  const isGood = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  const refuse = (value: unknown, at: string): never => {
    throw new InputError(`${name} must be a whole number of at least ${least}, got ${JSON.stringify(value)}`, {
      where: at,
      fix: `Write a number, an array or a Float64Array of ${name}.`,
    });
  };
  if (typeof column === "number") {
    if (!isGood(column)) refuse(column, where);
    return;
  }
  if (typeof column !== "object" || typeof column.length !== "number") refuse(column, where);
  if (column.length !== length) {
    throw new InputError(`the column has ${column.length} rows, another ${length}`, {
      where,
      fix: "Give columns of one length; a number stands for a column of it.",
    });
  }
  for (let row = 0; row < length; row++) {
    if (!isGood(column[row])) refuse(column[row], `${where}[${row}]`);
  }
}
