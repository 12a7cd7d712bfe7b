// @ts-check
// What the example programs have in common: options with --help, and checks that decide on the exit status: 0 all hold, 1 one does
// not, 2 an option that does not exist or has no such value. Knows nothing of GPUs.
import { basename } from "node:path";
import { parseArgs } from "node:util";

/** @typedef {{ default: number | string, help: string }} Option */
/** @typedef {{ name: string, value: number, bound: number }} Check */

/**
 * Runs a program. `main` gets the options by name, numbers where the default is one, and `check`, which says how far a result is
 * from what plain JavaScript gives and how far it may be.
 *
 * @template {Record<string, Option>} O
 * @param {string} about What the program does, in a sentence or two.
 * @param {O} options
 * @param {(options: { [Name in keyof O]: O[Name]["default"] extends number ? number : string }, check: (name: string, value: number, bound?: number) => void) => void} main
 */
export function program(about, options, main) {
  const name = basename(process.argv[1]);
  const refuse = (/** @type {string} */ message) => {
    console.error(`${message}\nnode ${name} --help tells the options.`);
    process.exit(2);
  };
  /** @type {Record<string, number | string>} */
  const values = {};
  try {
    const strings = Object.keys(options).map((option) => /** @type {const} */ ([option, { type: "string" }]));
    const parsed = parseArgs({ options: { ...Object.fromEntries(strings), help: { type: "boolean" } } });
    const given = /** @type {Record<string, string | boolean | undefined>} */ (parsed.values);
    if (given["help"]) {
      console.log(`Usage: node ${name} [options]\n\n${about}\n\nOptions:`);
      const lines = Object.entries(options).map(([option, { default: value, help }]) => [`--${option} ${value}`, help]);
      for (const [option, help] of [...lines, ["--help", "this text"]]) console.log(`  ${option.padEnd(20)} ${help}`);
      return;
    }
    for (const [option, { default: value }] of Object.entries(options)) {
      const text = given[option];
      values[option] = text === undefined ? value : typeof value === "number" ? Number(text) : String(text);
      if (Number.isNaN(values[option])) refuse(`--${option} takes a number, got "${text}"`);
    }
  } catch (error) {
    refuse(/** @type {Error} */ (error).message);
  }
  const check = (/** @type {string} */ what, /** @type {number} */ value, bound = 0) => {
    const holds = value <= bound;
    const short = (/** @type {number} */ number) => String(Number(number.toPrecision(2)));
    console.log(`${holds ? "ok  " : "FAIL"} ${what}: off by ${short(value)}, at most ${short(bound)} allowed`);
    if (!holds) process.exitCode = 1;
  };
  try {
    main(/** @type {any} */ (values), check);
  } catch (error) {
    // What warplab refuses says what to do; anything else is a mistake of the program.
    if (!(error instanceof Error) || error.name !== "InputError") throw error;
    refuse(error.message);
  }
}

/**
 * The largest difference between two lists; infinite where one has a NaN that the other has not.
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} expected
 */
export function largestDifference(got, expected) {
  let largest = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i] - expected[i]);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/**
 * Numbers from -1 to 1 that look like chance and are the same each time (mulberry32).
 * @param {number} seed
 */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
