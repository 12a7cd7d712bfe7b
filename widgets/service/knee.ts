// The knee curve: at which rates a service is tried, and where more load stops paying. Knows no DOM.
import type { RunSummary } from "../../src/serving/index.js";
import { kneeOf } from "../../src/serving/study/knee.js";

export interface KneePoint {
  readonly rate: number;
  readonly summary: RunSummary;
}

/** Rates from a twentieth of the capacity to beyond it, denser near it, in an order that shows the whole curve early. */
export function ratesToTry(capacity: number, points = 26): number[] {
  const rates = Array.from({ length: points }, (_, i) => {
    const along = i / (points - 1);
    // Half of the points lie between 0.75 and 1.1 of the capacity, where everything happens.
    const share =
      along < 0.35
        ? 0.05 + (0.7 * along) / 0.35
        : along < 0.85
          ? 0.75 + (0.35 * (along - 0.35)) / 0.5
          : 1.1 + (0.3 * (along - 0.85)) / 0.15;
    return share * capacity;
  });
  return coarseToFine(rates);
}

/** First the ends and the middle, then the middles between them, and so on. */
export function coarseToFine<T>(values: readonly T[]): T[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (let step = 2 ** Math.ceil(Math.log2(Math.max(1, values.length))); step >= 1; step /= 2) {
    for (let i = 0; i < values.length; i += step) {
      if (!seen.has(i)) order.push(i);
      seen.add(i);
    }
    if (order.length > 0 && !seen.has(values.length - 1)) {
      order.push(values.length - 1);
      seen.add(values.length - 1);
    }
  }
  return order.map((i) => values[i]);
}

/** The point at the knee, by the definition of the study of loads; undefined while the points show none. */
export function kneePoint(points: readonly KneePoint[]): KneePoint | undefined {
  const { knee } = kneeOf(points.map(({ rate, summary }) => ({ ...summary, rps: rate })));
  return knee === null ? undefined : points.find(({ rate }) => rate === knee.rps);
}
