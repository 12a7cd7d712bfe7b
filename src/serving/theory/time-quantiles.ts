// How the times of a queue with random arrivals and exponential service are distributed. Knows nothing of simulations.

import { exp, log } from "../../core/elementary.js";
import { InputError } from "../../core/errors.js";
import { erlangC, loadOf, type Offered } from "./queues.js";

/**
 * The wait that a share `q` (at least 0, less than 1) of the requests do not exceed: who waits does so for an exponential time, at the
 * rate at which all servers together have more than is offered (Kleinrock 3.5 with 5.7). Seconds; Infinity under overload.
 */
export function waitQuantile(offered: Offered, servers: number, q: number): number {
  const spare = spareRate(offered, servers, q);
  if (spare <= 0) return Number.POSITIVE_INFINITY;
  const waits = erlangC(offered, servers);
  return q <= 1 - waits ? 0 : log(waits / (1 - q)) / spare;
}

/** The time from arrival to end that a share `q` of the requests do not exceed: of one server exponential as a whole. */
export function timeQuantile(offered: Offered, servers: number, q: number): number {
  const spare = spareRate(offered, servers, q);
  if (spare <= 0) return Number.POSITIVE_INFINITY;
  if (servers === 1) return log(1 / (1 - q)) / spare;
  const waits = erlangC(offered, servers);
  const longer = (time: number): number => longerThan(time, 1 / offered.meanService, spare, waits);
  let [low, high] = [0, offered.meanService];
  while (longer(high) > 1 - q) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (longer(middle) > 1 - q) low = middle;
    else high = middle;
  }
}

/** The share of requests whose time is longer, `waits` of which wait; `service` and `spare` are rates. */
function longerThan(time: number, service: number, spare: number, waits: number): number {
  const [slow, fast] = spare < service ? [spare, service] : [service, spare];
  // Of who waits, the sum of two exponential times; by the slower one, so that nothing overflows and equal rates are no exception.
  const both = exp(-slow * time) * (1 + slow * time * decayMean((fast - slow) * time));
  return (1 - waits) * exp(-service * time) + waits * both;
}

/** (1 - e^-x) / x. */
function decayMean(x: number): number {
  if (x > 0.01) return (1 - exp(-x)) / x;
  return 1 - (x / 2) * (1 - (x / 3) * (1 - (x / 4) * (1 - (x / 5) * (1 - (x / 6) * (1 - x / 7)))));
}

function spareRate(offered: Offered, servers: number, q: number): number {
  if (!(q >= 0 && q < 1)) throw new InputError(`must be at least 0 and less than 1, got ${q}`, { where: "q" });
  const load = loadOf(offered, servers);
  return ((1 - load) * servers) / offered.meanService;
}
