// Symbolic dimensions of an ONNX file ("batch", "sequence_length") and the numbers that are put in their place. Knows no
// operator.
import { InputError, listChoices } from "../../../core/errors.js";
import type { OnnxGraph, OnnxValue } from "./model-file.js";

/**
 * Numbers by the name of a dimension: `{ batch_size: 8, sequence_length: 128 }`. `batch` and `seq` also stand for the usual
 * spellings of the two, and a dimension without a name is known by its place, `input[0]`.
 */
export type Dimensions = Readonly<Record<string, number>>;

const spellings: Readonly<Record<string, RegExp>> = {
  batch: /^(batch(_?size|_?dim)?|bs|n)$/i,
  seq: /^(seq|sequence|seq(uence)?_?len(gth)?|max_seq_len|time|t)$/i,
};

/** The shapes of a graph's inputs with every dimension a number. */
export class BoundDimensions {
  private readonly known = new Map<string, number>();

  /** Throws InputError for a dimension that is not given, and for one that is given and not in the file. */
  constructor(graph: OnnxGraph, given: Dimensions) {
    const weights = new Set(graph.initializers.map(({ name }) => name));
    const inputs = graph.inputs.filter(({ name }) => !weights.has(name));
    const names = [...new Set(inputs.flatMap(openDimensions))];
    for (const [name, value] of Object.entries(given)) this.bind(name, value, names, inputs);
    const open = names.filter((name) => this.evaluate(name) === undefined);
    if (open.length > 0) {
      throw new InputError(`${open.length === 1 ? "a dimension is" : "dimensions are"} not known: ${open.join(", ")}`, {
        where: `ONNX graph "${graph.name}"`,
        fix: `Give a number for each: { ${open.map((name) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: 1`).join(", ")} }.`,
      });
    }
  }

  /** What the file states, with numbers in it as far as they are known. */
  shape({ name, shape }: OnnxValue): readonly (number | undefined)[] | undefined {
    return shape?.map((extent, i) =>
      typeof extent === "number" ? extent : this.evaluate(extent ?? placeName(name, i)),
    );
  }

  private bind(name: string, value: number, names: readonly string[], inputs: readonly OnnxValue[]): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InputError(`${name} must be a whole number, got ${JSON.stringify(value)}`, { where: "dimensions" });
    }
    const meant = names.includes(name) ? [name] : names.filter((one) => spellings[name]?.test(one));
    if (meant.length === 0) {
      const fixed = inputs.map((input) => `${input.name} [${(input.shape ?? []).map((e) => e ?? "?").join(", ")}]`);
      throw new InputError(`the file has no dimension "${name}"`, {
        where: "dimensions",
        fix:
          names.length === 0
            ? `Its inputs have fixed shapes: ${fixed.join("; ")}.`
            : `It has ${listChoices(names.filter((one) => !isSum(one)))}.`,
      });
    }
    for (const one of meant) this.known.set(one, value);
  }

  /** A name, a number, or a sum of them as exporters write it: `past_sequence_length + 1`. */
  private evaluate(name: string): number | undefined {
    const known = this.known.get(name);
    if (known !== undefined || !isSum(name)) return known;
    let sum = 0;
    for (const term of name.split("+").map((part) => part.trim())) {
      const value = /^\d+$/.test(term) ? Number(term) : this.known.get(term);
      if (value === undefined) return undefined;
      sum += value;
    }
    return sum;
  }
}

function isSum(name: string): boolean {
  return name.includes("+");
}

function openDimensions({ name, shape }: OnnxValue): string[] {
  return (shape ?? []).flatMap((extent, i) => {
    if (typeof extent === "number") return [];
    if (extent === undefined) return [placeName(name, i)];
    // The names in a sum are asked for, not the sum.
    return isSum(extent)
      ? extent
          .split("+")
          .map((term) => term.trim())
          .filter((term) => !/^\d+$/.test(term))
      : [extent];
  });
}

function placeName(input: string, index: number): string {
  return `${input}[${index}]`;
}
