// What simulating a service costs: events a second, requests a second, memory.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { presets, silent, simulate } from "../dist/index.js";
import { EventQueue } from "../dist/serving/engine/index.js";
import { BareHeap } from "./bare-heap.mjs";

const runs = 5;
const eventBar = 1e7;

export function measureServing() {
  return {
    queue: [64, 10_000].map((pending) => ({
      pending,
      events_per_s: holdRate(() => new EventQueue(), pending),
      bare_heap_events_per_s: holdRate(() => new BareHeap(pending), pending),
      bar: eventBar,
    })),
    pipeline: { requests: 1e6, seconds: pipelineSeconds(1e6), bar: 2 },
    language_model: languageModelRates(),
    memory: [1e5, 1e6].map((requests) => ({ requests, peak_bytes: peakMemory(requests) })),
  };
}

/**
 * The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", 1986): the next event is taken and
 * another one scheduled an exponential time later, so that as many are pending all the time. Events taken a second of CPU time, the best of
 * a few runs.
 */
function holdRate(make, pending) {
  const draws = 2 ** 16;
  let word = 1;
  const delays = Float64Array.from({ length: draws }, () => {
    word = Math.imul(word, 1664525) + 1013904223;
    return -Math.log(((word >>> 0) + 0.5) / 2 ** 32);
  });
  const queue = make();
  for (let i = 0; i < pending; i++) queue.schedule(delays[i & (draws - 1)], 1, i);
  const hold = (events) => {
    for (let i = 0; i < events; i++) {
      queue.next();
      queue.schedule(queue.time + delays[i & (draws - 1)], 1, queue.payload);
    }
  };
  const events = 2e6;
  hold(events);
  return events / bestSeconds(() => hold(events));
}

/** Seconds of CPU time for so many requests through the five stages of the demo, at a rate that it can serve. */
function pipelineSeconds(requests) {
  const scenario = demoOf(requests);
  return bestSeconds(() => simulate(scenario, { keep: "figures", progress: silent }));
}

function demoOf(requests) {
  const demo = presets.get("demo");
  const rps = 100;
  return { ...demo, workload: { ...demo.workload, rps, duration_s: requests / rps, arrivals: "poisson" } };
}

/**
 * A million decode steps of one request after another, and a replica that decodes some hundred requests at a time: what the scheduler
 * costs a step, and a token.
 */
function languageModelRates() {
  const llm = presets.get("llm");
  const rates = (workload) => {
    const scenario = { ...llm, workload: { ...workload, arrivals: "poisson" } };
    let tokens = 0;
    const seconds = bestSeconds(() => {
      const { checks } = simulate(scenario, { keep: "figures", progress: silent });
      tokens = checks.find(({ name }) => name === "conservation of answer tokens").measured;
    });
    return { tokens, seconds };
  };
  return {
    alone: rates({ rps: 0.1, duration_s: 10_000, input_tokens: 512, output_tokens: 1000 }),
    together: rates({ rps: 40, duration_s: 2000, input_tokens: 512, output_tokens: 128 }),
  };
}

/** The most memory that a process has had which does nothing else. */
function peakMemory(requests) {
  const answer = execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--memory", String(requests)]);
  return Number(answer.toString());
}

function bestSeconds(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) * 1e-6);
  }
  return best;
}

export function servingTable({ queue, pipeline, language_model, memory }) {
  const rate = (value) => `${(value / 1e6).toFixed(1)} M/s`;
  return [
    ...queue.map(
      ({ pending, events_per_s, bare_heap_events_per_s, bar }) =>
        `  events, ${pending.toLocaleString("en-US").padEnd(6)} pending ${rate(events_per_s).padStart(12)}  (bar: ${rate(bar)}; a bare heap: ${rate(bare_heap_events_per_s)})`,
    ),
    `  ${pipeline.requests.toLocaleString("en-US")} requests through five stages ${pipeline.seconds.toFixed(2).padStart(6)} s  (bar: ${pipeline.bar} s)`,
    ...[
      ["one request at a time", language_model.alone],
      ["some hundred at a time", language_model.together],
    ].map(
      ([how, { tokens, seconds }]) =>
        `  a language model, ${how.padEnd(22)} ${tokens.toLocaleString("en-US").padStart(10)} tokens in ${seconds.toFixed(2)} s`,
    ),
    ...memory.map(
      ({ requests, peak_bytes }) =>
        `  memory at most, ${requests.toLocaleString("en-US").padStart(9)} requests ${(peak_bytes / 2 ** 20).toFixed(0).padStart(6)} MiB`,
    ),
  ];
}

if (process.argv[2] === "--memory") {
  simulate(demoOf(Number(process.argv[3])), { keep: "figures", progress: silent });
  // In KiB.
  console.log(process.resourceUsage().maxRSS * 1024);
}
