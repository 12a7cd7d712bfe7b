// An operator's shape as options of the command line: all extents in one, or each in its own. Knows operators by their dimensions.
import { Option } from "commander";
import { InputError } from "../core/errors.js";
import { type Dimension, exampleShape, hasLength, type Operator, type ShapeLike, withArticle } from "../model/index.js";

/** More extents than a reader keeps apart by their order. */
const many = 4;

/** `--shape <M,N,K>`. */
export function shapeOption(operator: Operator): Option {
  const { dimensions } = operator;
  const example = exampleShape(operator).join(",");
  if (dimensions.length >= many) {
    return new Option("--shape <list>", `all extents in the order of the options below: ${example}`);
  }
  const extents = dimensions.map(({ name }) => name).join(",");
  return new Option(`--shape <${extents}>`, `the extents ${extents}: ${example}`);
}

/** An example of an operator's shape in words of the command line: `--shape 4096,4096`, or by name where there are many. */
export function exampleWords(operator: Operator): string {
  const { dimensions } = operator;
  if (dimensions.length < many) return `--shape ${exampleShape(operator).join(",")}`;
  return dimensions
    .filter(({ otherwise }) => otherwise === undefined)
    .map(({ name, example }) => `--${flagName(name)} ${example}`)
    .join(" ");
}

/** `--kv-heads <n>`, `--causal [true|false]`: an option for each dimension. */
export function dimensionOptions({ dimensions }: Operator): Option[] {
  return dimensions.flatMap((dimension) => {
    const { name, meaning, kind, otherwise } = dimension;
    const value = kind === "flag" ? "[true|false]" : "<n>";
    const left = typeof otherwise === "number" ? ` (${otherwise} unless given)` : otherwise ? " (may be left out)" : "";
    const option = new Option(`--${flagName(name)} ${value}`, `${meaning}${left}`);
    // `--M` as it stands in tables, beside `--m`.
    const asWritten = name.replaceAll("_", "-");
    return asWritten === flagName(name) ? [option] : [option, new Option(`--${asWritten} ${value}`).hideHelp()];
  });
}

/**
 * The shape that these options give. Throws InputError where extents are given both ways, or are missing, or are no numbers;
 * whether the numbers are a shape of the operator is for its own reader to say.
 */
export function writtenShape(operator: Operator, options: Readonly<Record<string, unknown>>): ShapeLike {
  const { type, dimensions } = operator;
  const named = dimensions
    .map((dimension) => ({ dimension, value: options[keyOf(dimension.name)] ?? options[dimension.name] }))
    .filter(({ value }) => value !== undefined);
  const whole = options["shape"];
  if (whole !== undefined && named.length > 0) {
    const flag = `--${flagName(named[0].dimension.name)}`;
    throw new InputError(`--shape and ${flag} both say the shape`, { fix: "Give one or the other." });
  }
  if (whole !== undefined) return readWhole(String(whole), operator);
  const absent = dimensions.filter(
    ({ name, otherwise }) => otherwise === undefined && !named.some(({ dimension }) => dimension.name === name),
  );
  if (absent.length > 0) {
    const flags = dimensions
      .filter(({ otherwise }) => otherwise === undefined)
      .map(({ name, example }) => `--${flagName(name)} ${example}`)
      .join(" ");
    const what = named.length === 0 ? "no shape is given" : `${absent.map(({ name }) => name).join(", ")} not given`;
    throw new InputError(`${type}: ${what}`, {
      fix: `Write ${flags}, or --shape ${exampleShape(operator).join(",")}.`,
    });
  }
  return Object.fromEntries(named.map(({ dimension, value }) => [dimension.name, readOne(dimension, value)]));
}

function flagName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** The key under which commander keeps the option of a dimension: `kvHeads`. */
function keyOf(name: string): string {
  return flagName(name).replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function readOne(dimension: Dimension, value: unknown): number {
  const { name, kind, example } = dimension;
  const text = String(value).trim().toLowerCase();
  if (kind === "flag" && (text === "true" || text === "false")) return text === "true" ? 1 : 0;
  if (isNumberOf(dimension, text)) return Number(text);
  throw new InputError(`${name} cannot be ${JSON.stringify(value)}`, {
    where: `--${flagName(name)}`,
    fix:
      kind === "flag"
        ? `Write --${flagName(name)}, or --${flagName(name)} false.`
        : `Write a whole number of at least ${kind === "extent" ? 1 : 0}: --${flagName(name)} ${example}.`,
  });
}

function isNumberOf({ kind }: Dimension, text: string): boolean {
  const most = kind === "flag" ? 1 : Number.MAX_SAFE_INTEGER;
  return /^\d+$/.test(text) && Number(text) >= (kind === "extent" ? 1 : 0) && Number(text) <= most;
}

/** Reads `4096,4096` or `4096x4096`. Throws InputError that names the extents. */
function readWhole(text: string, operator: Operator): readonly number[] {
  const { dimensions } = operator;
  const words = text.split(/[,x×]/i).map((word) => word.trim());
  if (hasLength(operator, words.length) && words.every((word, i) => isNumberOf(dimensions[i], word))) {
    return words.map(Number);
  }
  const least = dimensions.every(({ kind }) => kind === "extent") ? " of at least 1" : "";
  throw new InputError(`"${text}" is no shape of ${withArticle(operator)}`, {
    where: "--shape",
    fix: `Write whole numbers${least} for ${dimensions.map(({ name }) => name).join(",")}: --shape ${exampleShape(operator).join(",")}.`,
  });
}
