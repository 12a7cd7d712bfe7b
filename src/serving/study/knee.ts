// The knee of a service: the load up to which more of it pays. Knows nothing of how the loads were tried.
import { fourDigits } from "../../core/statistics.js";

/** What a service did at one rate. */
export interface LoadPoint {
  /** Requests a second that the workload asks for. */
  readonly rps: number;
  readonly throughput_rps: number;
  /** Mean time from arrival to end; null where nothing was measured. */
  readonly avg_ms: number | null;
  readonly overloaded: boolean;
}

export interface Knee {
  readonly rps: number;
  readonly throughput_rps: number;
  readonly avg_ms: number;
  /** The rates that were tried next to it: the knee of a finer sweep lies between them. Null below the least. */
  readonly between: readonly [number | null, number];
}

/** A knee, or why these rates show none. */
export interface KneeAnswer {
  readonly knee: Knee | null;
  /** In words, with figures. */
  readonly evidence: string;
}

/**
 * Of the rates that the service keeps up with, the one at which throughput over mean time in the service is greatest: below it, more
 * load gains more throughput than it costs time, above it the other way round. That ratio is Kleinrock's power ("Power and deterministic
 * rules of thumb for probabilistic problems in computer communications", ICC 1979), and where it is greatest is the knee of Jain,
 * Ramakrishnan and Chiu ("Congestion avoidance in computer networks with a connectionless network layer", DEC-TR-506, 1987). It needs no
 * threshold: of an M/G/1 queue whose service times have the coefficient of variation C it lies at a load of 1 / (1 + sqrt((1 + C^2) / 2)),
 * so at half of the capacity of an M/M/1 queue, and at all of the capacity where nothing varies.
 *
 * Where a rate above the service's capacity was tried, and one below, there is a knee.
 */
export function kneeOf(tried: Iterable<LoadPoint>): KneeAnswer {
  const points = [...tried].sort((a, b) => a.rps - b.rps);
  const kept = points.filter((point): point is MeasuredPoint => !point.overloaded && point.avg_ms !== null);
  if (kept.length === 0) {
    const overloaded = points.find((point) => point.overloaded);
    const why =
      overloaded === undefined
        ? "nothing was measured at any rate"
        : `${fourDigits(overloaded.rps)} requests a second, the least rate that was tried, is already too much: try lower ones`;
    return { knee: null, evidence: `No knee: ${why}.` };
  }
  const best = kept.reduce((a, b) => (powerOf(b) > powerOf(a) ? b : a));
  const at = points.indexOf(best);
  const above = points[at + 1];
  if (above === undefined) {
    return {
      knee: null,
      evidence: `No knee up to ${fourDigits(best.rps)} requests a second: throughput still grows faster than time. Try higher rates.`,
    };
  }
  const knee: Knee = {
    rps: best.rps,
    throughput_rps: best.throughput_rps,
    avg_ms: best.avg_ms,
    between: [points[at - 1]?.rps ?? null, above.rps],
  };
  const next = above.overloaded
    ? `at ${fourDigits(above.rps)} it is overloaded`
    : `at ${fourDigits(above.rps)} throughput is ${times(above.throughput_rps / best.throughput_rps)} and time ${times((above.avg_ms as number) / best.avg_ms)}`;
  return {
    knee,
    evidence: `The knee is at ${fourDigits(best.rps)} requests a second, ${fourDigits(best.avg_ms)} ms: ${next}.`,
  };
}

type MeasuredPoint = LoadPoint & { readonly avg_ms: number };

function powerOf({ throughput_rps, avg_ms }: MeasuredPoint): number {
  return throughput_rps / avg_ms;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} times as much`;
}
