// How long requests take: a histogram with the quantiles marked, and the distribution function over it; a pinned run behind it.
import type { ServiceRun } from "../../src/serving/index.js";
import { namePlaces } from "../../src/view/chart/service/quantile-names.js";
import { svg } from "../stepper/dom.js";
import { cumulative, type Distribution, distributionOf, measuredLatencies, shareWithin } from "./distribution.js";
import { area, axisBelow, axisLeft, type Drawing, Figure, type Frame, line, text } from "./figure.js";
import { formatCount, formatMs, formatShare, formatTime, tickTime } from "./figures.js";
import { linearScale, logScaleBetween } from "./scale.js";

/** What the longest name of a quantile takes, in pixels. */
const roomOfName = 84;

export class LatencyPanel {
  readonly figure: Figure = new Figure({
    title: "Latency",
    label: "Latency of the requests, a histogram and its distribution function: arrow keys read it",
    height: 236,
    edges: { left: 46, top: 46, right: 40 },
  });

  update(run: ServiceRun, pinned: ServiceRun | undefined): void {
    const own = distribution(run);
    if (own === undefined) {
      this.figure.update(
        run.log === undefined
          ? "The requests of so long a run are not kept: its quantiles are in the summary."
          : "No request was measured and served.",
        () => ({ nodes: [], stops: [] }),
      );
      return;
    }
    const other = pinned === undefined || pinned === run ? undefined : distribution(pinned);
    const { summary } = run;
    const caption = `Of ${formatCount(own.sorted.length)} measured requests half take ${formatMs(summary.p50_ms)} at most, nine in ten ${formatMs(summary.p90_ms)}, 99 of 100 ${formatMs(summary.p99_ms)}.${other === undefined ? "" : " A is dashed."}`;
    this.figure.update(caption, (frame) => draw(frame, own, other, run));
  }
}

function distribution({ scenario, log }: ServiceRun): Distribution | undefined {
  return log === undefined ? undefined : distributionOf(measuredLatencies(scenario, log));
}

function draw(frame: Frame, own: Distribution, other: Distribution | undefined, { summary }: ServiceRun): Drawing {
  const { edges, counts, sorted } = own;
  const least = Math.min(edges[0], other?.edges[0] ?? Number.POSITIVE_INFINITY);
  const most = Math.max(edges[edges.length - 1], other?.edges.at(-1) ?? 0);
  const isLog = least > 0 && most / least > 4;
  const x = isLog
    ? logScaleBetween(least, most, frame.left, frame.right)
    : linearScale(least, most, frame.left, frame.right);
  const tallest = Math.max(...counts) / sorted.length;
  const y = linearScale(0, 100 * tallest, frame.bottom, frame.top, 4);
  const share = linearScale(0, 1, frame.bottom, frame.top);
  const top = (bin: number): number => y.at((100 * counts[bin]) / sorted.length);
  const bars = counts.flatMap((count, bin) => {
    if (count === 0) return [];
    const [from, to] = [x.at(edges[bin]), x.at(edges[bin + 1])];
    const width = Math.max(1, to - from - 0.5);
    return [
      svg("rect", { class: "bar", x: from, y: top(bin), width, height: Math.max(0.75, frame.bottom - top(bin)) }),
    ];
  });
  const steps = (of: Distribution): [number, number][] => {
    const points: [number, number][] = [[x.at(of.sorted[0]), share.at(0)]];
    for (const { latency, share: within } of cumulative(of)) {
      points.push([x.at(latency), points[points.length - 1][1]], [x.at(latency), share.at(within)]);
    }
    return points;
  };
  const quantiles = [
    ["p50", summary.p50_ms],
    ["p90", summary.p90_ms],
    ["p99", summary.p99_ms],
  ] as const;
  const known = quantiles.flatMap(([name, milliseconds]) =>
    milliseconds === null
      ? []
      : [{ name, milliseconds, at: x.at(Math.min(most, Math.max(least, milliseconds / 1e3))) }],
  );
  const places = namePlaces(
    known.map(({ at }) => at - frame.left),
    frame.right - frame.left,
    roomOfName,
  );
  const marks = known.flatMap(({ name, milliseconds, at }, i) => {
    const { row, side } = places[i];
    const y = frame.top - 8 - 12 * (2 - row);
    return [
      svg("line", { class: "quantile", x1: at, x2: at, y1: y - 8, y2: frame.bottom }),
      text(`${name} ${formatMs(milliseconds)}`, {
        class: "label quantile",
        x: at + (side === "left" ? -3 : 3),
        y,
        "text-anchor": side === "left" ? "end" : "start",
      }),
    ];
  });
  const right100 = [0.5, 1].map((value) =>
    text(`${100 * value} %`, { class: "tick", x: frame.right + 5, y: share.at(value) + 3.5 }),
  );
  return {
    nodes: [
      ...axisLeft(frame, y, "", (value) => `${value} %`),
      ...bars,
      ...(other === undefined ? [] : [line(steps(other), "cdf other")]),
      area(steps(own), frame.bottom, "cdf-area"),
      line(steps(own), "cdf"),
      ...marks,
      ...right100,
      ...axisBelow(frame, x, isLog ? "latency, log" : "latency", tickTime),
    ],
    stops: counts.flatMap((count, bin) =>
      count === 0
        ? []
        : [
            {
              x: (x.at(edges[bin]) + x.at(edges[bin + 1])) / 2,
              words: `${formatTime(edges[bin])} to ${formatTime(edges[bin + 1])}: ${formatCount(count)} requests, ${formatShare((100 * count) / sorted.length)}; ${formatShare(100 * shareWithin(own, edges[bin + 1]))} take no longer`,
            },
          ],
    ),
  };
}
