// Measures the approximate functions over all 2^32 inputs of single precision, and over all of f16 and bf16, and writes what came
// out to test/gpu/arithmetic/approximate-accuracy.json and docs/approximate-functions.md. The reference are this JavaScript engine's
// own Math functions in double, another route than ours, right to about 1 ulp of a double; the tests hold both against big integers.
// Run after a build: node scripts/approximate-accuracy.mjs [name...]; a function takes minutes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const data = new URL("../test/gpu/arithmetic/approximate-accuracy.json", import.meta.url);
const page = new URL("../docs/approximate-functions.md", import.meta.url);

/**
 * By instruction: our function's name, the reference, and what a minus before the input does: it changes the sign of the result
 * (odd), nothing (even), or gives NaN. Of such functions the inputs without a minus are tried, and of the others a sample is held
 * against that.
 */
const functions = {
  "rcp.approx.f32": ["reciprocal", (a) => 1 / a, "odd"],
  "sqrt.approx.f32": [undefined, Math.sqrt, "NaN"],
  "rsqrt.approx.f32": ["reciprocalRoot", (a) => 1 / Math.sqrt(a), "NaN"],
  "ex2.approx.f32": ["exp2", (a) => 2 ** a],
  "lg2.approx.f32": ["log2", Math.log2, "NaN"],
  "sin.approx.f32": ["sine", Math.sin, "odd"],
  "cos.approx.f32": ["cosine", Math.cos, "even"],
  "tanh.approx.f32": ["tanh", Math.tanh, "odd"],
  "ex2.approx.f16": ["exp2", (a) => 2 ** a],
  "ex2.approx.ftz.bf16": ["exp2", (a) => 2 ** a],
  "tanh.approx.f16": ["tanh", Math.tanh],
  "tanh.approx.bf16": ["tanh", Math.tanh],
};

if (isMainThread) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(functions);
  const table = existsSync(data) ? JSON.parse(readFileSync(data, "utf8")) : {};
  const queue = [...names];
  await Promise.all([1, 2].map(() => work(queue, table)));
} else parentPort.postMessage(await measure(workerData));

async function work(queue, table) {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const start = performance.now();
    const regions = await new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: name });
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    const seconds = (performance.now() - start) / 1000;
    console.log(`${name}: ${seconds.toFixed(0)} s`, JSON.stringify(regions));
    table[name] = { node: process.version, date: new Date().toISOString().slice(0, 10), regions };
    const rows = Object.fromEntries(
      Object.keys(functions).flatMap((each) => (table[each] ? [[each, table[each]]] : [])),
    );
    writeFileSync(data, `${JSON.stringify(rows, null, 2)}\n`);
    writeFileSync(page, describe(rows));
  }
}

async function measure(name) {
  const ours = await import("../dist/gpu/arithmetic/approximate.js");
  const { decodeFloat, floatFormats, roundTo } = await import("../dist/core/float-format.js");
  const [method, reference, minus] = functions[name];
  const apply = method === undefined ? Math.sqrt : ours[method];
  const promised = ours.documentedErrors.filter(({ instruction }) => instruction === name);
  const regions = [...promised, { range: "all finite results", kind: "none", holds: () => true }].map((promise) => ({
    promise,
    worst: {
      range: promise.range,
      inputs: 0,
      notNearest: 0,
      ulp: 0,
      ulpAt: 0,
      absolute: 0,
      absoluteAt: 0,
      relative: 0,
      relativeAt: 0,
    },
  }));
  const format = /\.(bf16|f16)$/.exec(name)?.[1];
  const leastNormal = 2 ** floatFormats[format ?? "f32"].least;
  const note = (a, result, wanted, nearest, ulp) => {
    const absolute = Math.abs(result - wanted);
    for (const { promise, worst } of regions) {
      if (!promise.holds(a)) continue;
      worst.inputs++;
      if (!Object.is(result, nearest)) worst.notNearest++;
      if (absolute / ulp > worst.ulp) [worst.ulp, worst.ulpAt] = [absolute / ulp, a];
      if (absolute > worst.absolute) [worst.absolute, worst.absoluteAt] = [absolute, a];
      // Where the result is subnormal a relative error says nothing.
      if (Math.abs(wanted) >= leastNormal && absolute / Math.abs(wanted) > worst.relative) {
        [worst.relative, worst.relativeAt] = [absolute / Math.abs(wanted), a];
      }
    }
  };
  if (format !== undefined) {
    const target = floatFormats[format];
    for (let word = 0; word < 65536; word++) {
      const a = decodeFloat(target, word);
      const [result, wanted] = [roundTo(target, apply(a)), reference(a)];
      const nearest = roundTo(target, wanted);
      if (!Number.isFinite(nearest) || !Number.isFinite(result)) special(name, a, result, nearest);
      else
        note(
          a,
          result,
          wanted,
          nearest,
          2 ** (Math.max(Math.floor(Math.log2(Math.abs(nearest) || 2 ** -200)), target.least) - target.fraction),
        );
    }
    return regions.map(({ worst }) => worst);
  }
  /** The worst of some inputs, without a call for each. */
  const scan = (from, to) => {
    let [count, notNearest, ulp, ulpAt, absolute, absoluteAt, relative, relativeAt] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = from; i < to; i++) {
      const exponent = (nearestWords[i] >>> 23) & 0xff;
      if (exponent === 255 || !Number.isFinite(results[i])) {
        special(name, inputs[i], results[i], nearests[i]);
        continue;
      }
      count++;
      if (resultWords[i] !== nearestWords[i]) notNearest++;
      const error = Math.abs(results[i] - wanted[i]);
      if (error > absolute) [absolute, absoluteAt] = [error, inputs[i]];
      if (error > ulp * ulps[exponent]) [ulp, ulpAt] = [error / ulps[exponent], inputs[i]];
      const size = Math.abs(wanted[i]);
      if (error > relative * size && size >= leastNormal) [relative, relativeAt] = [error / size, inputs[i]];
    }
    return { inputs: count, notNearest, ulp, ulpAt, absolute, absoluteAt, relative, relativeAt };
  };
  const ulps = Float64Array.from({ length: 256 }, (_, e) => 2 ** (Math.max(e, 1) - 150));
  const words = new Uint32Array(65536);
  const inputs = new Float32Array(words.buffer);
  const results = new Float32Array(65536);
  const resultWords = new Uint32Array(results.buffer);
  const nearests = new Float32Array(65536);
  const nearestWords = new Uint32Array(nearests.buffer);
  const wanted = new Float64Array(65536);
  for (let block = 0; block < (minus === undefined ? 65536 : 32768); block++) {
    for (let i = 0; i < 65536; i++) words[i] = (block * 65536 + i) >>> 0;
    for (let i = 0; i < 65536; i++) results[i] = apply(inputs[i]);
    for (let i = 0; i < 65536; i++) wanted[i] = reference(inputs[i]);
    nearests.set(wanted);
    // A block has one sign and one exponent: the ranges that its ends are in are those of all of it, or it is taken one by one.
    const [lowest, highest] = [inputs[0], inputs[65535]];
    const uniform = regions.every(({ promise }) => promise.holds(lowest) === promise.holds(highest));
    for (let from = 0; from < 65536; from += uniform ? 65536 : 1) {
      const found = scan(from, uniform ? 65536 : from + 1);
      for (const { promise, worst } of regions) if (promise.holds(inputs[from])) merge(worst, found);
    }
  }
  for (let word = 0; minus !== undefined && word < 2 ** 31; word += 251) {
    words[0] = word;
    words[1] = word + 2 ** 31;
    const [plus, other] = [apply(inputs[0]), apply(inputs[1])];
    const expected = minus === "odd" ? -plus : minus === "even" || inputs[0] === 0 ? plus : Number.NaN;
    if (!Object.is(other, expected) && !(inputs[0] === 0 && Math.abs(other) === Math.abs(plus))) {
      throw new Error(`${name} of ${inputs[1]} is ${other}, not ${expected}`);
    }
  }
  if (minus === "odd" || minus === "even") {
    for (const { worst } of regions) {
      worst.inputs *= 2;
      worst.notNearest *= 2;
    }
  }
  return regions.map(({ worst }) => worst);
}

function merge(worst, found) {
  worst.inputs += found.inputs;
  worst.notNearest += found.notNearest;
  for (const what of ["ulp", "absolute", "relative"]) {
    if (found[what] > worst[what]) [worst[what], worst[`${what}At`]] = [found[what], found[`${what}At`]];
  }
}

// Infinities and NaN are the same on both routes, or something is wrong.
function special(name, a, result, wanted) {
  if (!Object.is(result, wanted)) throw new Error(`${name} of ${a} is ${result}, not ${wanted}`);
}

function describe(rows) {
  const power = (value) => (value === 0 ? "0" : `2^${Math.log2(value).toFixed(2)}`);
  const lines = Object.entries(rows).flatMap(([name, { regions }]) =>
    regions.map(
      ({ range, inputs, notNearest, ulp, ulpAt, absolute, relative }) =>
        `| \`${name}\` | ${range} | ${inputs.toLocaleString("en-US")} | ${notNearest.toLocaleString("en-US")} | ${ulp.toFixed(4)} at ${ulpAt} | ${power(absolute)} | ${power(relative)} |`,
    ),
  );
  const dates = [...new Set(Object.values(rows).map(({ node, date }) => `Node ${node}, ${date}`))].join("; ");
  return `# Approximate functions

PTX gives some functions as approximations with a documented error. Here they are computed in double by additions, products, quotients
and square roots, the same on every machine, and rounded once. Every input of each format was tried; the error is that of the result
against the JavaScript engine's own function in double, which is exact to about its last bit, so that a correctly rounded result has up
to half a unit in the last place (ulp). Reciprocals and roots are the engine's own operations on both sides: the tests of the rows hold
them against exact fractions. What PTX allows is in
\`documentedErrors\` of \`src/gpu/arithmetic/approximate.ts\`, and a test holds this table against it.

| instruction | inputs in | how many | not the nearest number | largest error in ulp | absolute | relative (normal results) |
|---|---|---|---|---|---|---|
${lines.join("\n")}

Written by \`npm run accuracy:approx\` (${dates}). The square root of a negative number, the logarithm of one and the sine of an
infinity are NaN, and infinite results agree with the reference everywhere; they are not counted above.
`;
}
