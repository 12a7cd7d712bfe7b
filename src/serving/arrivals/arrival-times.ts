// When requests arrive, one after the other, so that a million needs no list. Knows nothing of what serves them.
import { arrivalKindOf, type Workload } from "../scenario/index.js";
import { randomStream } from "./random-stream.js";

/** Seconds from the beginning of the run, in order. */
export interface ArrivalTimes {
  /** When the next request arrives; Infinity after the last. */
  next(): number;
}

const defaultBurst = 10;

/**
 * The arrivals of a workload that has been read and checked, before its `duration_s`; recorded ones all. Two workloads of one seed and
 * kind draw the same random numbers.
 */
export function arrivalTimes(workload: Workload, seed: number): ArrivalTimes {
  const { rps, duration_s, jitter_pct = 0, cv = 1, burst = defaultBurst, recorded_ms = [] } = workload;
  const random = randomStream(seed, "arrivals");
  switch (arrivalKindOf(workload)) {
    case "constant":
      return until(duration_s, (k) => k / rps);
    case "jittered": {
      const share = jitter_pct / 100;
      // As many as without jitter: those whose place is in the run, and one that would leave it moves to the other side of its place.
      // Divided once: k + x rises with k however it is rounded, since x stays within half an interval.
      return until(duration_s, (k) => {
        if (k / rps >= duration_s) return Number.POSITIVE_INFINITY;
        const by = share * (random.uniform() - 0.5);
        const time = (k + by) / rps;
        return Math.max(0, time < duration_s ? time : (k - by) / rps);
      });
    }
    case "poisson": {
      let now = 0;
      return until(duration_s, () => {
        now += random.exponential(1 / rps);
        return now;
      });
    }
    case "gamma": {
      let now = 0;
      return until(duration_s, () => {
        now += random.gamma(1 / rps, cv);
        return now;
      });
    }
    case "burst":
      return until(duration_s, (k) => (Math.floor(k / burst) * burst) / rps);
    case "recorded":
      return until(Number.POSITIVE_INFINITY, (k) =>
        k < recorded_ms.length ? recorded_ms[k] / 1000 : Number.POSITIVE_INFINITY,
      );
  }
}

function until(duration: number, at: (k: number) => number): ArrivalTimes {
  let k = 0;
  let ended = false;
  return {
    next() {
      if (ended) return Number.POSITIVE_INFINITY;
      const time = at(k++);
      if (time < duration) return time;
      ended = true;
      return Number.POSITIVE_INFINITY;
    },
  };
}
