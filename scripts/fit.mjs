// `npm run fit -- DIR`: looks for constants of the planner that bring its predictions nearer to measured latencies, and says what
// they are worth on devices that the search has not seen. Changes nothing: what is found is printed, to be judged and copied.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromCSV } from "arquero";
import { device } from "../dist/hardware/index.js";
import { isNotCovered, readRow } from "../dist/model/accuracy/rows/index.js";
import { defaultConstants, Planner } from "../dist/model/planner/index.js";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tables: { type: "string", default: "." },
    rows: { type: "string", default: "40" },
    tries: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    constants: { type: "string", default: "" },
    "seen-only": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help || positionals.length !== 1) {
  console.log(`npm run fit -- DIR [--seen-only] [--tables PATTERN] [--constants a,b.c] [--rows 40] [--tries 300] [--seed 1]
Searches the constants (all, unless --constants names some) over at most --rows rows of each table, GPU, operator and dtype of the
tables that match --tables; then fits without each device in turn and prints the error on that device, which --seen-only leaves out.`);
  process.exit(positionals.length === 1 ? 0 : 2);
}

const random = mulberry32(Number(options.seed));
const groups = readGroups(positionals[0]);
const devices = [...new Set(groups.map((group) => group.device))].sort();
const paths = pathsOf(defaultConstants).filter(
  (path) => options.constants === "" || options.constants.split(",").includes(path),
);
console.log(
  `${groups.reduce((sum, { questions }) => sum + questions.length, 0)} rows in ${groups.length} groups of ${devices.length} devices; ${paths.length} constants, ${options.tries} tries.\n`,
);

fitAll();
if (options["seen-only"]) console.log("\nThe search has seen every row of this: it says nothing of other devices.");
else leaveOneOut();

function fitAll() {
  const found = search(groups);
  console.log("device                 before %  after %");
  for (const name of devices) {
    const own = groups.filter((group) => group.device === name);
    console.log(`${name.padEnd(22)} ${percent(error(own, defaultConstants))}  ${percent(error(own, found))}`);
  }
  console.log(`${"all".padEnd(22)} ${percent(error(groups, defaultConstants))}  ${percent(error(groups, found))}\n`);
  for (const path of paths)
    console.log(`${path.padEnd(24)} ${at(defaultConstants, path).toPrecision(4)} -> ${at(found, path).toPrecision(4)}`);
}

function leaveOneOut() {
  console.log("\nOn devices that the search has not seen, each left out in turn:");
  console.log("left out               before %  after %  others before %  others after %");
  let [before, after] = [0, 0];
  for (const name of devices) {
    const own = groups.filter((group) => group.device === name);
    const others = groups.filter((group) => group.device !== name);
    const found = search(others);
    const [b, a] = [error(own, defaultConstants), error(own, found)];
    before += b / devices.length;
    after += a / devices.length;
    console.log(
      `${name.padEnd(22)} ${percent(b)}  ${percent(a)}  ${percent(error(others, defaultConstants))}           ${percent(error(others, found))}`,
    );
  }
  console.log(`${"mean of devices".padEnd(22)} ${percent(before)}  ${percent(after)}`);
}

/** The rows of the tables, sampled, by table, GPU, operator and dtype. */
function readGroups(folder) {
  const found = new Map();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".csv") || !new RegExp(options.tables).test(name)) continue;
    const table = fromCSV(readFileSync(join(folder, name), "utf8"), { autoType: false });
    for (const row of table.objects({ limit: Number.POSITIVE_INFINITY })) {
      const question = readRow(Object.fromEntries(Object.entries(row).map(([column, text]) => [column, text ?? ""])));
      if (isNotCovered(question)) continue;
      const key = [name, question.gpu, question.op, question.dtype].join(" ");
      if (!found.has(key)) found.set(key, { gpu: question.gpu, key, questions: [] });
      found.get(key).questions.push(question);
    }
  }
  return [...found.values()].flatMap(({ gpu, key, questions }) => {
    try {
      const spec = device(gpu);
      const planner = new Planner(spec);
      const sample = shuffled(questions).slice(0, Number(options.rows));
      for (const question of sample) question.predict(planner);
      return sample.length < 5 ? [] : [{ key, spec, device: spec.key, questions: sample }];
    } catch (reason) {
      console.error(`${key}: left out, ${String(reason.message).split("\n")[0]}`);
      return [];
    }
  });
}

/** The mean over devices of the mean over their groups, so that no device and no long table outweighs the others. */
function error(of, constants) {
  const byDevice = new Map();
  for (const { spec, questions } of of) {
    const planner = new Planner(spec, constants);
    let sum = 0;
    for (const question of questions) sum += Math.abs(question.predict(planner).time / question.measured - 1);
    if (!byDevice.has(spec.key)) byDevice.set(spec.key, []);
    byDevice.get(spec.key).push(sum / questions.length);
  }
  return mean([...byDevice.values()].map(mean));
}

/** Steps of a random size along one to three constants at a time, kept where they help. */
function search(of) {
  let best = defaultConstants;
  let least = error(of, best);
  let size = 0.2;
  for (let tried = 0; tried < Number(options.tries); tried++) {
    let next = best;
    for (let changed = 1 + Math.floor(3 * random()); changed > 0; changed--) {
      const path = paths[Math.floor(paths.length * random())];
      const value = at(next, path) * Math.exp(size * (2 * random() - 1) * 2);
      next = withValue(next, path.split("."), /Share/.test(path) ? Math.min(1, value) : value);
    }
    const now = error(of, next);
    if (now < least) [best, least, size] = [next, now, Math.min(0.4, size * 1.3)];
    else size = Math.max(0.01, size * 0.98);
  }
  return best;
}

function pathsOf(value, prefix = "") {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "number" ? [`${prefix}${name}`] : pathsOf(inner, `${prefix}${name}.`),
  );
}

function at(constants, path) {
  return path.split(".").reduce((value, name) => value[name], constants);
}

function withValue(constants, [name, ...rest], value) {
  return { ...constants, [name]: rest.length === 0 ? value : withValue(constants[name], rest, value) };
}

function shuffled(list) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share) {
  return (100 * share).toFixed(1).padStart(7);
}

// The generator mulberry32, by Tommy Ettinger (public domain): the same sample and the same steps for the same seed.
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
