// Who waits over time, for which resource. Knows nothing of why.
import type { ServiceRun } from "../../src/serving/index.js";
import { svg } from "../stepper/dom.js";
import { area, axisBelow, axisLeft, type Drawing, endLabels, Figure, type Frame, line } from "./figure.js";
import { formatMean, formatTime, tickTime } from "./figures.js";
import { linearScale } from "./scale.js";
import { endOf, type Series, waitingSeries } from "./series.js";

const spans = 240;

export class QueuePanel {
  readonly figure: Figure = new Figure({
    title: "Waiting",
    label: "Requests that wait for each resource, over time: arrow keys read it",
    height: 236,
    edges: { right: 64, top: 22 },
  });

  update({ log, scenario }: ServiceRun): void {
    if (log === undefined) {
      this.figure.update("What happened in so long a run is not kept.", () => ({ nodes: [], stops: [] }));
      return;
    }
    const until = Math.max(endOf(log), scenario.workload.duration_s) || 1;
    const all = waitingSeries(log, until, spans);
    const busy = all.filter(({ most }) => most.some((value) => value > 0));
    this.figure.update(captionOf(busy, scenario.workload.duration_s, until), (frame) =>
      draw(frame, busy, { until, arrivalsEnd: scenario.workload.duration_s }),
    );
  }
}

function captionOf(busy: readonly Series[], duration: number, until: number): string {
  if (busy.length === 0) return "Nobody waits: whoever comes is served at once.";
  const worst = busy.reduce((a, b) => (Math.max(...b.most) > Math.max(...a.most) ? b : a));
  const most = Math.max(...worst.most);
  const at = (worst.most.indexOf(most) / spans) * until;
  const after =
    until > duration * 1.02
      ? ` The last request leaves at ${formatTime(until)}; arrivals end at ${formatTime(duration)}.`
      : "";
  return `At most ${formatMean(most)} wait for ${worst.name}, at ${formatTime(at)}.${after}`;
}

function draw(
  frame: Frame,
  series: readonly Series[],
  { until, arrivalsEnd }: { until: number; arrivalsEnd: number },
): Drawing {
  const x = linearScale(0, until, frame.left, frame.right);
  const most = Math.max(1, ...series.map(({ most }) => Math.max(...most)));
  const y = linearScale(0, most, frame.bottom, frame.top, 4);
  const at = (span: number): number => x.at(((span + 0.5) / spans) * until);
  const end = x.at(arrivalsEnd);
  return {
    nodes: [
      ...axisLeft(frame, y, "requests", formatMean),
      ...(arrivalsEnd < until * 0.99
        ? [
            svg("rect", {
              class: "after",
              x: end,
              y: frame.top,
              width: frame.right - end,
              height: frame.bottom - frame.top,
            }),
          ]
        : []),
      ...series.flatMap(({ most, mean }, i) => [
        area(
          [...most].map((value, span) => [at(span), y.at(value)]),
          frame.bottom,
          `envelope series-${i}`,
        ),
        line(
          [...mean].map((value, span) => [at(span), y.at(value)]),
          `series series-${i}`,
        ),
      ]),
      ...endLabels(
        series.map(({ name, mean }, i) => ({ words: name, y: y.at(mean[mean.length - 1]), style: `series-${i}` })),
        { x: frame.right + 5, top: frame.top, bottom: frame.bottom },
      ),
      ...axisBelow(frame, x, "time", tickTime),
    ],
    stops: Array.from({ length: spans }, (_, span) => ({
      x: at(span),
      words: `${formatTime(((span + 0.5) / spans) * until)}: ${
        series
          .map(({ name, mean, most }) => `${name} ${formatMean(mean[span])} waiting, ${formatMean(most[span])} at most`)
          .join("; ") || "nobody waits"
      }`,
    })),
  };
}
