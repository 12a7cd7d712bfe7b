// What a run came to: a sentence, its bottleneck with the evidence, and the figures. Knows nothing of how it was run.
import type { RunSummary, ServiceRun } from "../../src/serving/index.js";
import { element, setText } from "../stepper/dom.js";
import { formatCount, formatMean, formatMs, formatRate, formatShare } from "./figures.js";
import { bottleneckWords, verdictOf, verdictSigns } from "./words.js";

interface Tile {
  readonly name: string;
  readonly hint: string;
  text(run: ServiceRun): string | undefined;
}

const always: readonly Tile[] = [
  {
    name: "throughput",
    hint: "served within the measured time",
    text: ({ summary }) => formatRate(summary.throughput_rps),
  },
  { name: "p50", hint: "half of the requests take no longer", text: ({ summary }) => formatMs(summary.p50_ms) },
  { name: "p90", hint: "nine in ten take no longer", text: ({ summary }) => formatMs(summary.p90_ms) },
  { name: "p99", hint: "99 of 100 take no longer", text: ({ summary }) => formatMs(summary.p99_ms) },
  { name: "mean", hint: "with its 95 % interval, by batch means", text: ({ summary }) => meanWords(summary) },
  { name: "waiting", hint: "of which it waits, on average", text: ({ summary }) => formatMs(summary.avg_queue_ms) },
  { name: "GPU busy", hint: "busy share of its slots", text: ({ summary }) => formatShare(summary.gpu_util_percent) },
  {
    name: "goodput",
    hint: "served within the limits, a second",
    text: ({ summary, scenario }) => (scenario.slo === undefined ? undefined : formatRate(summary.goodput_rps)),
  },
  {
    name: "requests",
    hint: "that arrived in the whole run",
    text: ({ summary }) => formatCount(summary.total_requests),
  },
];

const ofTokens: readonly Tile[] = [
  {
    name: "TTFT p50",
    hint: "time to first token",
    text: ({ summary: { tokens } }) => tokens && formatMs(tokens.ttft_p50_ms),
  },
  {
    name: "TTFT p99",
    hint: "time to first token",
    text: ({ summary: { tokens } }) => tokens && formatMs(tokens.ttft_p99_ms),
  },
  {
    name: "TPOT p50",
    hint: "time per output token after the first",
    text: ({ summary: { tokens } }) => tokens && formatMs(tokens.tpot_p50_ms),
  },
  {
    name: "TPOT p99",
    hint: "time per output token after the first",
    text: ({ summary: { tokens } }) => tokens && formatMs(tokens.tpot_p99_ms),
  },
  {
    name: "ITL p99",
    hint: "time between two tokens",
    text: ({ summary: { tokens } }) => tokens && formatMs(tokens.itl_p99_ms),
  },
  {
    name: "output",
    hint: "tokens a second",
    text: ({ summary: { tokens } }) => tokens && `${formatMean(tokens.output_tokens_per_s)} tokens/s`,
  },
  {
    name: "KV cache",
    hint: "fullest",
    text: ({ summary: { tokens } }) => tokens && formatShare(tokens.kv_peak_percent),
  },
  {
    name: "preemptions",
    hint: "in the whole run",
    text: ({ summary: { tokens } }) => tokens && formatCount(tokens.preemptions),
  },
];

export class SummaryPanel {
  readonly element: HTMLElement;
  readonly #verdict: HTMLElement;
  readonly #bottleneck: HTMLElement;
  readonly #tiles: HTMLElement;

  constructor() {
    this.#verdict = element("p", { class: "verdict", "data-part": "verdict" });
    this.#bottleneck = element("p", { class: "bottleneck", "data-part": "bottleneck" });
    this.#tiles = element("dl", { class: "tiles" });
    this.element = element(
      "section",
      { class: "summary", "aria-label": "Summary" },
      this.#verdict,
      this.#bottleneck,
      this.#tiles,
    );
  }

  update(run: ServiceRun): void {
    const { kind, text } = verdictOf(run);
    this.#verdict.dataset["kind"] = kind;
    // Of what is bad the word stands out as its sign does.
    const loud = kind === "bad" ? text.slice(0, text.indexOf(":")) : "";
    this.#verdict.replaceChildren(element("b", {}, `${verdictSigns[kind]} ${loud}`), text.slice(loud.length));
    setText(this.#bottleneck, bottleneckWords(run));
    this.#tiles.replaceChildren(
      ...[...ofTokens, ...always].flatMap(({ name, hint, text }) => {
        const words = text(run);
        return words === undefined
          ? []
          : [element("div", { title: hint }, element("dt", {}, name), element("dd", {}, words))];
      }),
    );
  }
}

function meanWords({ avg_ms, avg_ms_interval }: RunSummary): string {
  if (avg_ms === null || avg_ms_interval === null) return formatMs(avg_ms);
  const half = (avg_ms_interval[1] - avg_ms_interval[0]) / 2;
  // Of times that are all the same there is only rounding left.
  return half < 1e-6 * avg_ms ? formatMs(avg_ms) : `${formatMs(avg_ms)} \u00b1 ${formatMs(half)}`;
}
