// What a language model's replicas did over time: requests that run, prompt tokens, how full the KV cache is. Drawn for whatever
// tracks and counters a log has; knows nothing of what they mean.
import type { CounterLog, RunLog, ServiceRun } from "../../src/serving/index.js";
import { element } from "../stepper/dom.js";
import { area, axisBelow, axisLeft, type Drawing, endLabels, Figure, type Frame, line } from "./figure.js";
import { formatMean, formatTime, tickTime } from "./figures.js";
import { linearScale } from "./scale.js";
import { endOf, type Series, steppedSeries } from "./series.js";

const spans = 240;

/** Series that share an axis. */
interface Group {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

export class StepsPanel {
  readonly element: HTMLElement;
  #figures: Figure[] = [];

  constructor() {
    this.element = element("div", { class: "steps" });
  }

  update({ log, scenario }: ServiceRun): void {
    const groups = log === undefined || log.tracks.length === 0 ? [] : groupsOf(log, scenario.workload.duration_s);
    this.element.hidden = groups.length === 0;
    while (this.#figures.length > groups.length) {
      const figure = this.#figures.pop();
      figure?.dispose();
      figure?.element.remove();
    }
    for (const [g, group] of groups.entries()) {
      const known = this.#figures[g];
      const label = `${group.title} over time: arrow keys read it`;
      const figure = known ?? new Figure({ title: group.title, label, height: 150, edges: { right: 86, top: 20 } });
      figure.rename(group.title, label);
      if (known === undefined) {
        this.#figures.push(figure);
        this.element.append(figure.element);
      }
      figure.update(captionOf(group), (frame) => draw(frame, group));
    }
  }

  dispose(): void {
    for (const figure of this.#figures) figure.dispose();
  }
}

function groupsOf(log: RunLog, duration: number): Group[] {
  const until = Math.max(endOf(log), duration) || 1;
  const groups = new Map<string, Group>();
  const add = (title: string, unit: string, series: Series): void => {
    const known = groups.get(title);
    groups.set(title, { title, unit, series: [...(known?.series ?? []), series] });
  };
  const memory = log.counters.filter(isMemory);
  for (const { resource, start, figures } of log.tracks) {
    for (const [figure, value] of Object.entries(figures)) {
      // What a counter has of its own is not drawn twice.
      if (memory.some(({ name }) => figure.startsWith(name))) continue;
      add(`${capital(figure)}, step by step`, "", steppedSeries(resource, start, value, until, spans));
    }
  }
  for (const { resource, name, unit, time, value } of memory) {
    add(capital(name), unit, steppedSeries(resource, time, value, until, spans));
  }
  return [...groups.values()].filter(({ series }) => series.some(({ most }) => most.some((value) => value > 0)));
}

function capital(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** Who waits is drawn elsewhere. */
function isMemory({ name }: CounterLog): boolean {
  return /kv|cache|block|memory/i.test(name);
}

function captionOf({ series, unit }: Group): string {
  const most = Math.max(...series.map(({ most }) => Math.max(...most)));
  return `At most ${formatMean(most)}${unit === "" ? "" : ` ${unit}`}.`;
}

function draw(frame: Frame, { series, unit }: Group): Drawing {
  const until = series[0].until;
  const x = linearScale(0, until, frame.left, frame.right);
  const most = Math.max(...series.map(({ most }) => Math.max(...most)));
  const y = linearScale(0, most, frame.bottom, frame.top, 3);
  const at = (span: number): number => x.at(((span + 0.5) / spans) * until);
  return {
    nodes: [
      ...axisLeft(frame, y, unit, formatMean),
      ...series.flatMap(({ most, mean }, i) => [
        area(
          [...most].map((value, span) => [at(span), y.at(value)]),
          frame.bottom,
          `envelope series-${i % 5}`,
        ),
        line(
          [...mean].map((value, span) => [at(span), y.at(value)]),
          `series series-${i % 5}`,
        ),
      ]),
      ...endLabels(
        series.map(({ name, mean }, i) => ({ words: name, y: y.at(mean[mean.length - 1]), style: `series-${i % 5}` })),
        { x: frame.right + 5, top: frame.top, bottom: frame.bottom },
      ),
      ...axisBelow(frame, x, "time", tickTime),
    ],
    stops: Array.from({ length: spans }, (_, span) => ({
      x: at(span),
      words: `${formatTime(((span + 0.5) / spans) * until)}: ${series.map(({ name, mean, most }) => `${name} ${formatMean(mean[span])}, at most ${formatMean(most[span])}`).join("; ")}`,
    })),
  };
}
