// Queues of which theory knows the mean time, as scenarios, and how long they are run: what `npm run bench -- --only coverage` and a test
// hold the simulator's intervals against. Knows nothing of how they are run.

export const loads = [0.5, 0.8, 0.95];

/** Of one server; what it is does not matter, since everything is in its units. */
const meanService = 0.01;

/**
 * Requests that are measured. What a queue forgets its past in grows with 1 / (1 - load)^2: each of the ten batches is some forty of
 * that, and each run a little more than ten batches of a power of two. A twentieth more comes before, and is not measured.
 */
const measured = { 0.5: 10.5 * 2 ** 11, 0.8: 10.5 * 2 ** 13, 0.95: 10.5 * 2 ** 16 };
const warmup = 0.05;

const stage = (name, resource, distribution) => ({
  name,
  kind: "fixed_ms",
  value: 1000 * meanService,
  resource,
  distribution,
});

export const systems = [
  {
    name: "M/M/1",
    servers: 1,
    pipeline: [stage("serve", "cpu", "exponential")],
    expected: ({ mm1 }, arrivalRate) => mm1({ arrivalRate, meanService }),
  },
  {
    name: "M/D/1",
    servers: 1,
    pipeline: [stage("serve", "cpu", "constant")],
    expected: ({ md1 }, arrivalRate) => md1({ arrivalRate, meanService }),
  },
  {
    name: "M/M/4",
    servers: 4,
    pipeline: [stage("serve", "cpu", "exponential")],
    expected: ({ mmc }, arrivalRate) => mmc({ arrivalRate, meanService }, 4),
  },
  {
    name: "tandem of two",
    servers: 1,
    pipeline: [stage("first", "cpu", "exponential"), stage("second", "gpu", "exponential")],
    expected: ({ tandem }, arrivalRate) =>
      tandem(arrivalRate, [
        { meanService, servers: 1 },
        { meanService, servers: 1 },
      ]),
  },
];

/** A scenario of a system at a load, and the mean time of a request by `theory` (the exports of src/serving/theory). */
export function coverageCase(system, load, theory) {
  const rps = (load * system.servers) / meanService;
  const requests = measured[load];
  const duration_s = ((1 + warmup) * requests) / rps;
  return {
    requests,
    expected_ms: 1000 * system.expected(theory, rps).meanTime,
    scenario: {
      name: `${system.name} at a load of ${load}`,
      workload: { rps, duration_s, arrivals: "poisson", warmup_s: (warmup * requests) / rps },
      target: { cpu_workers: system.servers, concurrency: system.servers },
      pipeline: system.pipeline,
    },
  };
}

/** Runs with the seeds `from` to `to` - 1: how many intervals cover the mean, and how far the means are from it. */
export function countCovered({ scenario, expected_ms }, { from, to }, simulate) {
  let covered = 0;
  let difference = 0;
  let distance = 0;
  for (let seed = from; seed < to; seed++) {
    const { avg_ms, avg_ms_interval } = simulate(scenario, seed).summary;
    if (avg_ms_interval[0] <= expected_ms && expected_ms <= avg_ms_interval[1]) covered++;
    difference += avg_ms / expected_ms - 1;
    distance += Math.abs(avg_ms / expected_ms - 1);
  }
  return { covered, difference, distance };
}
