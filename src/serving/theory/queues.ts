// Queues of which theory knows the answer: what a simulation of one has to come to. Knows nothing of simulations. Of the sources,
// Kleinrock is "Queueing Systems, Volume 1: Theory" (1975) and Harchol-Balter "Performance Modeling and Design of Computer Systems"
// (2013).
import { InputError } from "../../core/errors.js";

/** What is offered to a station: `arrivalRate` a second, each of which needs one of its servers for `meanService` seconds on average. */
export interface Offered {
  readonly arrivalRate: number;
  readonly meanService: number;
}

/** In the long run; seconds. Where more is offered than can be served, queue and times grow without end and are Infinity. */
export interface QueueFigures {
  /** Busy share of the servers: 1 at most. */
  readonly utilisation: number;
  /** Mean time from arrival to the beginning of service. */
  readonly meanWait: number;
  /** Mean time from arrival to the end of service. */
  readonly meanTime: number;
  /** Mean number of those that wait. */
  readonly meanQueue: number;
  /** Mean number of those that wait or are served. */
  readonly meanInside: number;
}

/** Random (Poisson) arrivals, exponential service, one server: Kleinrock 3.2, Harchol-Balter 13.1. */
export function mm1(offered: Offered): QueueFigures {
  return mg1(offered, 1);
}

/** Random arrivals, constant service, one server. */
export function md1(offered: Offered): QueueFigures {
  return mg1(offered, 0);
}

/**
 * Random arrivals, any service of this coefficient of variation, one server, first come, first served: the formula of Pollaczek and
 * Khinchine, Kleinrock 5.6, Harchol-Balter 23.
 */
export function mg1(offered: Offered, cv: number): QueueFigures {
  const load = loadOf(offered, 1);
  if (!(cv >= 0 && cv < Number.POSITIVE_INFINITY)) {
    throw new InputError(`must be 0 or greater and finite, got ${cv}`, { where: "cv" });
  }
  return figures(offered, 1, (load / (1 - load)) * ((1 + cv * cv) / 2) * offered.meanService);
}

/** Random arrivals, exponential service, `servers` servers with one queue: Kleinrock 3.5, Harchol-Balter 14.3. */
export function mmc(offered: Offered, servers: number): QueueFigures {
  const load = loadOf(offered, servers);
  return figures(offered, servers, (erlangC(offered, servers) * offered.meanService) / (servers * (1 - load)));
}

/** Arrivals and services that do not vary: nobody waits as long as the servers are enough. */
export function ddc(offered: Offered, servers: number): QueueFigures {
  return figures(offered, servers, loadOf(offered, servers) <= 1 ? 0 : Number.POSITIVE_INFINITY);
}

/** The share of arrivals that find all servers busy and wait, with random arrivals and exponential service; 1 under overload. */
export function erlangC(offered: Offered, servers: number): number {
  const load = loadOf(offered, servers);
  if (load >= 1) return 1;
  // By the recursion of Erlang's B (Harchol-Balter, exercise 14.8): no factorials, so that a thousand servers are as good as one.
  const erlangs = load * servers;
  let blocked = 1;
  for (let count = 1; count <= servers; count++) blocked = (erlangs * blocked) / (count + erlangs * blocked);
  return blocked / (1 - load * (1 - blocked));
}

/**
 * Stations that everyone passes one after the other, with exponential service: what leaves one is as random as what came (Burke, "The
 * output of a queuing system", 1956), and so each is as if it were alone (Jackson, 1957). The utilisation is the busiest one's.
 */
export function tandem(
  arrivalRate: number,
  stations: readonly { readonly meanService: number; readonly servers: number }[],
): QueueFigures {
  if (stations.length === 0) throw new InputError("needs a station", { where: "stations" });
  const alone = stations.map(({ meanService, servers }) => mmc({ arrivalRate, meanService }, servers));
  const sum = (of: (figures: QueueFigures) => number): number => alone.reduce((all, station) => all + of(station), 0);
  return {
    utilisation: Math.max(...alone.map(({ utilisation }) => utilisation)),
    meanWait: sum(({ meanWait }) => meanWait),
    meanTime: sum(({ meanTime }) => meanTime),
    meanQueue: sum(({ meanQueue }) => meanQueue),
    meanInside: sum(({ meanInside }) => meanInside),
  };
}

/** Offered work over what the servers can do; checks what it is computed from. */
export function loadOf({ arrivalRate, meanService }: Offered, servers: number): number {
  for (const [where, value] of Object.entries({ arrivalRate, meanService })) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new InputError(`must be greater than 0 and finite, got ${value}`, { where });
    }
  }
  if (!(Number.isSafeInteger(servers) && servers >= 1)) {
    throw new InputError(`must be a whole number of 1 or more, got ${servers}`, { where: "servers" });
  }
  return (arrivalRate * meanService) / servers;
}

function figures(offered: Offered, servers: number, wait: number): QueueFigures {
  const load = loadOf(offered, servers);
  // At a load of 1 a queue whose times vary has no end either.
  const meanWait = load > 1 || (load === 1 && wait !== 0) ? Number.POSITIVE_INFINITY : wait;
  const meanTime = meanWait + offered.meanService;
  return {
    utilisation: Math.min(1, load),
    meanWait,
    meanTime,
    // Little's law.
    meanQueue: offered.arrivalRate * meanWait,
    meanInside: offered.arrivalRate * meanTime,
  };
}
