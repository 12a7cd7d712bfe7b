// The knee curve: latency and throughput over the offered rate, with the capacity as asymptote; and the sliders that move it. Knows
// nothing of how points are computed: it shows those that it is given, as they come.
import { element, set, setText, svg } from "../stepper/dom.js";
import { type Draft, valueAt } from "./draft.js";
import { isLanguageModel } from "./fields.js";
import { axisBelow, axisLeft, type Drawing, endLabels, Figure, type Frame, line, text } from "./figure.js";
import { formatMs, formatRate, formatShare, tickTime } from "./figures.js";
import { type KneePoint, kneePoint } from "./knee.js";
import { linearScale, logScaleBetween } from "./scale.js";

/** What a slider moves. */
interface Lever {
  readonly path: string;
  readonly label: string;
  readonly fallback: number;
  readonly applies: (draft: Draft) => boolean;
  /** The positions of the slider, ascending. */
  readonly values: readonly number[];
}

const counts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
const isPipeline = (draft: Draft): boolean => !isLanguageModel(draft);
const levers: readonly Lever[] = [
  { path: "target.concurrency", label: "GPU slots", fallback: 1, applies: isPipeline, values: counts },
  { path: "workload.batch_size", label: "Batch size", fallback: 1, applies: isPipeline, values: counts },
  {
    path: "serving.replicas",
    label: "Replicas",
    fallback: 1,
    applies: (draft) => isLanguageModel(draft) && valueAt(draft, "serving.disaggregated") === undefined,
    values: [1, 2, 3, 4, 6, 8],
  },
  {
    path: "serving.max_batch_size",
    label: "Running at a time",
    fallback: 256,
    applies: isLanguageModel,
    values: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
];

/** Positions of the slider of rates: hundredths of the capacity. */
const ratePositions = 140;

export interface KneeEvents {
  onValue(path: string, value: number): void;
}

export interface KneeState {
  readonly draft: Draft;
  readonly rate: number;
  /** Requests a second; null where nothing limits. */
  readonly capacity: number | null;
  /** Those that are known so far, by ascending rate. */
  readonly points: readonly KneePoint[];
}

/** Fewer are no curve: what was drawn before stays in sight until there are so many. */
const leastPoints = 6;

export class KneePanel {
  readonly element: HTMLElement;
  readonly #latency: Figure;
  readonly #throughput: Figure;
  readonly #note: HTMLElement;
  readonly #rate: Slider;
  readonly #levers: readonly { readonly lever: Lever; readonly slider: Slider }[];
  #points: readonly KneePoint[] = [];
  #pinned: readonly KneePoint[] = [];
  #state: KneeState | undefined;

  constructor({ onValue }: KneeEvents) {
    this.#latency = new Figure({
      title: "Latency over the offered rate",
      label: "Latency over the offered rate: arrow keys read its points",
      height: 216,
      edges: { right: 70, top: 22, bottom: 20 },
    });
    this.#throughput = new Figure({
      title: "Throughput over the offered rate",
      label: "Throughput over the offered rate: arrow keys read its points",
      height: 132,
      edges: { right: 70, top: 18 },
    });
    this.#note = element("p", { class: "caption", "data-part": "knee" });
    this.#rate = new Slider("Rate", "rate", (position) => {
      const capacity = this.#state?.capacity;
      if (capacity) onValue("workload.rps", roundRate((position / 100) * capacity));
    });
    this.#levers = levers.map((lever) => ({
      lever,
      slider: new Slider(lever.label, lever.path, (position) => onValue(lever.path, lever.values[position])),
    }));
    this.element = element(
      "section",
      { class: "knee", "aria-label": "Knee curve" },
      this.#note,
      element("div", { class: "sliders" }, this.#rate.element, ...this.#levers.map(({ slider }) => slider.element)),
      this.#latency.element,
      this.#throughput.element,
    );
  }

  /** A curve to see behind the one that is moved; none where there are no points. */
  pin(points: readonly KneePoint[]): void {
    this.#pinned = points;
    this.#redraw();
  }

  update(state: KneeState): void {
    this.#state = state;
    const { draft, capacity, rate, points } = state;
    if (points.length >= leastPoints || this.#points.length === 0) this.#points = [...points];
    this.#rate.element.hidden = capacity === null;
    if (capacity !== null) {
      const position = Math.round((100 * rate) / capacity);
      this.#rate.update({
        most: ratePositions,
        position,
        words: `${formatRate(rate)}, ${formatShare((100 * rate) / capacity)} of capacity`,
      });
    }
    for (const { lever, slider } of this.#levers) {
      const value = Number(valueAt(draft, lever.path) ?? lever.fallback);
      slider.element.hidden = !lever.applies(draft);
      const position = lever.values.findLastIndex((each) => each <= value);
      slider.update({ most: lever.values.length - 1, position: Math.max(0, position), words: String(value) });
    }
    this.#redraw();
  }

  dispose(): void {
    this.#latency.dispose();
    this.#throughput.dispose();
  }

  #redraw(): void {
    const state = this.#state;
    if (state === undefined) return;
    const points = this.#points;
    const knee = state.capacity === null ? undefined : kneePoint(points);
    setText(this.#note, captionOf(state, knee));
    const furthest = Math.max(state.rate, ...points.map(({ rate }) => rate), (state.capacity ?? 0) * 1.2);
    // Where A goes on beyond B's picture it says nothing about B.
    const pinned = this.#pinned.filter(({ rate }) => rate <= furthest);
    const picture: Picture = { points, pinned, knee, state, furthest };
    this.#latency.update("", (frame) => drawLatency(frame, picture));
    this.#throughput.update("", (frame) => drawThroughput(frame, picture));
  }
}

interface Picture {
  readonly points: readonly KneePoint[];
  readonly pinned: readonly KneePoint[];
  readonly knee: KneePoint | undefined;
  readonly state: KneeState;
  /** The rate at the right end. */
  readonly furthest: number;
}

function captionOf({ capacity, draft }: KneeState, knee: KneePoint | undefined): string {
  if (capacity === null) return "Nothing limits this service: there is no knee.";
  // Of a language model it is reckoned from steps.
  const about = isLanguageModel(draft) ? "about " : "";
  if (knee === undefined) return `It can serve ${about}${formatRate(capacity)}.`;
  return `The knee is at ${formatRate(knee.rate)}, ${formatShare((100 * knee.rate) / capacity)} of ${about || "the "}${formatRate(capacity)} that it can serve: there p99 is ${formatMs(knee.summary.p99_ms)}, and beyond it time grows faster than throughput.`;
}

function rateScale(frame: Frame, { furthest }: Picture): ReturnType<typeof linearScale> {
  return linearScale(0, furthest, frame.left, frame.right, 6);
}

function drawLatency(frame: Frame, picture: Picture): Drawing {
  const { points, pinned, knee, state } = picture;
  const x = rateScale(frame, picture);
  const known = points.filter(({ summary }) => summary.p50_ms !== null && summary.p99_ms !== null);
  const least = Math.min(...known.map(({ summary }) => summary.p50_ms!)) / 1e3;
  const highest = Math.max(...known.map(({ summary }) => summary.p99_ms!)) / 1e3;
  // Beyond capacity latency grows with the length of the run: how high says nothing, so it leaves the picture.
  const y = logScaleBetween(
    least / 1.25,
    Math.max(least * 4, Math.min(highest * 1.15, least * 60)),
    frame.bottom,
    frame.top,
  );
  const clipped = (seconds: number): number => Math.min(frame.bottom, Math.max(frame.top, y.at(seconds)));
  const curve = (of: readonly KneePoint[], key: "p50_ms" | "p99_ms"): [number, number][] =>
    of.flatMap(({ rate, summary }) => (summary[key] === null ? [] : [[x.at(rate), clipped(summary[key] / 1e3)]]));
  const last = known.at(-1);
  return {
    nodes: [
      ...axisLeft(frame, y, "latency, log", tickTime),
      ...capacityLine(frame, x, state.capacity),
      ...(pinned.length < 2
        ? []
        : [line(curve(pinned, "p50_ms"), "series other"), line(curve(pinned, "p99_ms"), "series other")]),
      ...(known.length < 2
        ? []
        : [line(curve(known, "p50_ms"), "series series-0"), line(curve(known, "p99_ms"), "series series-1")]),
      ...(last === undefined
        ? []
        : endLabels(
            [
              { words: "p99", y: clipped(last.summary.p99_ms! / 1e3), style: "series-1" },
              { words: "p50", y: clipped(last.summary.p50_ms! / 1e3), style: "series-0" },
            ],
            { x: frame.right + 5, top: frame.top, bottom: frame.bottom },
          )),
      ...hereMark(frame, x, state),
      ...kneeMark(knee, x, {
        frame,
        y: (point) => clipped((point.summary.p99_ms ?? 0) / 1e3),
        label: "above",
      }),
      ...axisBelow(frame, x, "", (value) => String(value)),
    ],
    stops: stopsOf(points, x),
  };
}

function drawThroughput(frame: Frame, picture: Picture): Drawing {
  const { points, pinned, knee, state } = picture;
  const x = rateScale(frame, picture);
  const highest = Math.max(...points.map(({ summary }) => summary.throughput_rps), state.capacity ?? 0);
  const y = linearScale(0, highest * 1.12 || 1, frame.bottom, frame.top, 3);
  const served = (of: readonly KneePoint[]): [number, number][] =>
    of.map(({ rate, summary }) => [x.at(rate), y.at(summary.throughput_rps)]);
  const all = Math.min(x.to, y.to);
  const last = points.at(-1);
  return {
    nodes: [
      ...axisLeft(frame, y, "served, requests/s", (value) => String(value)),
      svg("line", { class: "ideal", x1: x.at(0), y1: y.at(0), x2: x.at(all), y2: y.at(all) }),
      ...(state.capacity === null
        ? []
        : [
            svg("line", {
              class: "limit",
              x1: frame.left,
              x2: frame.right,
              y1: y.at(state.capacity),
              y2: y.at(state.capacity),
            }),
          ]),
      ...capacityLine(frame, x, state.capacity),
      ...(pinned.length < 2 ? [] : [line(served(pinned), "series other")]),
      ...(points.length < 2 ? [] : [line(served(points), "series series-2")]),
      ...(last === undefined
        ? []
        : [text("served", { class: "label series-2", x: frame.right + 5, y: y.at(last.summary.throughput_rps) + 4 })]),
      ...hereMark(frame, x, state),
      ...kneeMark(knee, x, {
        frame,
        y: (point) => y.at(point.summary.throughput_rps),
        label: "below",
      }),
      ...axisBelow(frame, x, "offered, requests/s", (value) => String(value)),
    ],
    stops: stopsOf(points, x),
  };
}

function capacityLine(frame: Frame, x: { at(value: number): number }, capacity: number | null): Node[] {
  if (capacity === null) return [];
  const at = x.at(capacity);
  return [
    svg("line", { class: "limit", x1: at, x2: at, y1: frame.top, y2: frame.bottom }),
    text(`capacity ${formatRate(capacity)}`, {
      class: "label limit",
      x: at + 4,
      y: frame.top - 5,
      "text-anchor": at > frame.right - 110 ? "middle" : "start",
    }),
  ];
}

/** What the label of a knee takes, in pixels. */
const roomOfKnee = 92;

/** Its label lies where the curve does not: above one that rises after it, below one that rises before it. */
function kneeMark(
  knee: KneePoint | undefined,
  x: { at(value: number): number },
  {
    y,
    label,
    frame,
  }: { readonly y: (point: KneePoint) => number; readonly label: "above" | "below"; readonly frame: Frame },
): Node[] {
  if (knee === undefined) return [];
  return [
    svg("circle", { class: "knee-mark", cx: x.at(knee.rate), cy: y(knee), r: 4.5 }),
    text(`knee ${formatRate(knee.rate)}`, {
      class: "label knee-mark",
      // To the right of the picture is the name of the curve.
      x: label === "above" ? x.at(knee.rate) - 8 : Math.min(x.at(knee.rate) + 6, frame.right - roomOfKnee),
      // Above the picture is the name of the axis.
      y: label === "above" ? Math.max(y(knee) - 8, frame.top + 11) : y(knee) + 18,
      "text-anchor": label === "above" ? "end" : "start",
    }),
  ];
}

/** Where the scenario is. */
function hereMark(frame: Frame, x: { at(value: number): number; readonly to: number }, { rate }: KneeState): Node[] {
  if (!(rate <= x.to)) return [];
  const at = x.at(rate);
  return [
    svg("line", { class: "here", x1: at, x2: at, y1: frame.top, y2: frame.bottom }),
    svg("path", { class: "here", d: `M${at - 5} ${frame.bottom + 6}h10l-5 -6z` }),
  ];
}

function stopsOf(points: readonly KneePoint[], x: { at(value: number): number }): Drawing["stops"] {
  return points.map(({ rate, summary }) => ({
    x: x.at(rate),
    words: `${formatRate(rate)} offered: p50 ${formatMs(summary.p50_ms)}, p99 ${formatMs(summary.p99_ms)}, ${formatRate(summary.throughput_rps)} served${summary.overloaded ? ", overloaded" : ""}`,
  }));
}

function roundRate(rate: number): number {
  return Number(rate.toPrecision(3));
}

/** A slider over positions, told in the words of what it stands for. */
class Slider {
  readonly element: HTMLElement;
  readonly #box: HTMLInputElement;
  readonly #words: HTMLElement;

  constructor(label: string, what: string, onPosition: (position: number) => void) {
    this.#box = element("input", { type: "range", min: 0, max: 1, step: 1, "aria-label": label, "data-lever": what });
    this.#words = element("output", {});
    this.#box.addEventListener("input", () => onPosition(Number(this.#box.value)));
    this.element = element("label", { class: "lever" }, element("span", {}, label), this.#box, this.#words);
  }

  update({ most, position, words }: { most: number; position: number; words: string }): void {
    set(this.#box, { max: most, min: most === ratePositions ? 1 : 0, "aria-valuetext": words });
    if (Number(this.#box.value) !== position) this.#box.value = String(position);
    setText(this.#words, words);
  }
}
