// A pipeline simulated as naively as it can be: closures, objects, and a list of events that is sorted each time. It shares no code with
// the simulator but the random numbers, and says for each request and stage when it began to wait, began and ended.
import { arrivalTimes, randomStream } from "../../../src/serving/arrivals/index.js";
import type { Scenario } from "../../../src/serving/index.js";
import { stageSettings, targetSettings } from "../../../src/serving/scenario/settings.js";

export interface ReferenceRequest {
  readonly arrival: number;
  readonly stages: { queued: number; start: number; end: number }[];
  turnedAway: boolean;
}

export function reference(scenario: Scenario, seed: number): readonly ReferenceRequest[] {
  let events: { time: number; sequence: number; happen: () => void }[] = [];
  let sequence = 0;
  let now = 0;
  const at = (time: number, happen: () => void) => {
    const event = { time, sequence: sequence++, happen };
    events.push(event);
    return event;
  };

  const settings = stageSettings(scenario.pipeline ?? []);
  const { cpuWorkers, gpuSlots, copyEngines, queueLimit } = targetSettings(scenario);
  const { h2d_gbps = 1, d2h_gbps = 1 } = scenario.target;
  const servers = { cpu: cpuWorkers, gpu: gpuSlots, h2d: copyEngines, d2h: copyEngines };
  const busy = { cpu: 0, gpu: 0, h2d: 0, d2h: 0 };
  const waiting: Record<keyof typeof busy, Job[]> = { cpu: [], gpu: [], h2d: [], d2h: [] };

  interface Job {
    readonly begin: () => void;
    readonly requests: readonly number[];
  }

  /** Transfers that go on, with the bytes they have left. */
  const links = {
    h2d: { rate: h2d_gbps * 1e9, active: [] as Transfer[], since: 0 },
    d2h: { rate: d2h_gbps * 1e9, active: [] as Transfer[], since: 0 },
  };
  interface Transfer {
    left: number;
    readonly done: () => void;
    event: unknown;
  }
  function share(link: (typeof links)["h2d"], change: () => void): void {
    const moved = ((now - link.since) * link.rate) / Math.max(1, link.active.length);
    for (const transfer of link.active) transfer.left -= moved;
    link.since = now;
    change();
    for (const transfer of link.active) {
      events = events.filter((event) => event !== transfer.event);
      transfer.event = at(now + Math.max(0, (transfer.left * link.active.length) / link.rate), () => {
        share(link, () => link.active.splice(link.active.indexOf(transfer), 1));
        transfer.done();
      });
    }
  }

  const streams = settings.map(({ stage }) => randomStream(seed, `service ${stage.name}`));
  const requests: (ReferenceRequest & { factors: number[] })[] = [];
  const arrivals = arrivalTimes(scenario.workload, seed);
  for (let time = arrivals.next(); time < Number.POSITIVE_INFINITY; time = arrivals.next()) {
    const number = requests.length;
    requests.push({
      arrival: time,
      stages: [],
      turnedAway: false,
      factors: settings.map(({ cv }, index) => {
        if (cv === 0) return 1;
        return cv === 1 ? streams[index].exponential(1) : streams[index].gamma(1, cv);
      }),
    });
    at(time, () => enter([number], 0));
  }

  /** By stage, the requests of which a batch is being made, and the event that ends it. */
  const forming = new Map<number, { members: number[]; timeout: unknown }>();
  const waitingFor = (resource: keyof typeof busy): number => {
    let count = waiting[resource].reduce((sum, job) => sum + job.requests.length, 0);
    for (const [stage, { members }] of forming) if (settings[stage].resource === resource) count += members.length;
    return count;
  };

  function enter(members: readonly number[], stage: number): void {
    if (stage === settings.length) return;
    const { resource } = settings[stage];
    for (const member of members) requests[member].stages[stage] = { queued: now, start: Number.NaN, end: Number.NaN };
    const { batch_size = 1, batch_timeout_ms = 10 } = scenario.workload;
    const begins = resource !== "cpu" && (stage === 0 || settings[stage - 1].resource === "cpu");
    if (!begins || batch_size === 1) {
      ask(members, stage, members.length);
      return;
    }
    const [request] = members;
    if (waitingFor(resource) + 1 > queueLimit) {
      requests[request].turnedAway = true;
      return;
    }
    const batch = forming.get(stage) ?? { members: [], timeout: undefined };
    batch.members.push(request);
    const close = () => {
      forming.delete(stage);
      events = events.filter((event) => event !== batch.timeout);
      ask(batch.members, stage, 0);
    };
    if (batch.members.length === 1) {
      forming.set(stage, batch);
      batch.timeout = at(now + batch_timeout_ms / 1000, close);
    }
    if (batch.members.length === batch_size) close();
  }

  /** `more`: how many of them are not counted as waiting yet. */
  function ask(members: readonly number[], stage: number, more: number): void {
    const { resource } = settings[stage];
    const job = { requests: members, begin: () => serve(members, stage) };
    if (busy[resource] < servers[resource]) {
      busy[resource]++;
      job.begin();
    } else if (more > 0 && waitingFor(resource) + more > queueLimit) {
      for (const member of members) requests[member].turnedAway = true;
    } else waiting[resource].push(job);
  }

  function serve(members: readonly number[], stage: number): void {
    const { resource, stage: file } = settings[stage];
    for (const member of members) requests[member].stages[stage].start = now;
    const done = () => {
      const next = waiting[resource].shift();
      if (next === undefined) busy[resource]--;
      else next.begin();
      for (const member of members) requests[member].stages[stage].end = now;
      if (stage + 1 === settings.length || resource === "cpu" || settings[stage + 1].resource === "cpu") {
        for (const member of members) enter([member], stage + 1);
      } else enter(members, stage + 1);
    };
    if (resource === "h2d" || resource === "d2h") {
      const transfer: Transfer = { left: members.length * (file.value ?? 0), done, event: undefined };
      share(links[resource], () => links[resource].active.push(transfer));
      return;
    }
    const factor = members.reduce((sum, member) => sum + requests[member].factors[stage], 0) / members.length;
    at(now + ((members.length * (file.value ?? 0)) / 1000) * factor, done);
  }

  while (events.length > 0) {
    events.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
    const event = events.shift()!;
    now = event.time;
    event.happen();
  }
  return requests;
}
