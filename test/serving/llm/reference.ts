// The same service written another way, to hold the simulator against: objects and lists that are filtered and sorted anew at every step,
// nothing kept but what a request says of itself. Slow. Replicas that do both prefill and decode, taken in turn; steps of 8 + n ms.

export interface ReferenceService {
  readonly replicas: number;
  readonly maxBatch: number;
  readonly maxTokens: number;
  readonly chunk: number | undefined;
  readonly blockTokens: number;
  readonly blocks: number;
  readonly preemption: "recompute" | "swap";
  /** Bytes of a token; bytes a second of the host link. */
  readonly tokenBytes: number;
  readonly swapOut: number;
  readonly swapIn: number;
}

interface Request {
  readonly id: number;
  readonly arrival: number;
  readonly prompt: number;
  readonly output: number;
  generated: number;
  /** Tokens in the cache, and blocks that are held for them. */
  cached: number;
  blocks: number;
  state: "waiting" | "prefilling" | "decoding" | "swapped" | "done";
  first: number;
  end: number;
}

/** When each request got its first and its last token, in seconds. */
export function reference(
  rows: readonly (readonly [at: number, prompt: number, output: number])[],
  service: ReferenceService,
): readonly { readonly first: number; readonly end: number }[] {
  const requests = rows.map(
    ([at, prompt, output], id): Request => ({
      id,
      arrival: at / 1000,
      prompt,
      output,
      generated: 0,
      cached: 0,
      blocks: 0,
      state: "waiting",
      first: Number.NaN,
      end: Number.NaN,
    }),
  );
  for (let replica = 0; replica < service.replicas; replica++) {
    serve(
      requests.filter(({ id }) => id % service.replicas === replica),
      service,
    );
  }
  return requests;
}

function serve(all: readonly Request[], service: ReferenceService): void {
  const { maxBatch, maxTokens, chunk, blockTokens, blocks, preemption, tokenBytes } = service;
  const reserve = Math.floor(blocks * 0.01);
  let now = 0;
  const running = () => all.filter(({ state }) => state === "prefilling" || state === "decoding");
  const free = () => blocks - running().reduce((sum, one) => sum + one.blocks, 0);
  const fits = (needed: number) => free() - needed >= (running().length > 0 ? reserve : 0);
  const length = (one: Request) => one.prompt + one.generated;
  // A request that was preempted is older than all that have never run, so that age is the order of the queue.
  const queue = (state: Request["state"]) => all.filter((one) => one.state === state && one.arrival <= now);
  while (all.some(({ state }) => state !== "done")) {
    if (running().length + queue("waiting").length + queue("swapped").length === 0) {
      now = Math.min(...all.filter(({ state }) => state !== "done").map(({ arrival }) => arrival));
    }
    let moved = 0;
    let preempted = false;
    const decodes: Request[] = [];
    const prefills: { readonly one: Request; readonly tokens: number }[] = [];
    const decode = (): void => {
      for (const one of running().filter(({ state }) => state === "decoding")) {
        if (one.state !== "decoding") continue;
        const needed = Math.ceil((one.cached + 1) / blockTokens);
        while (free() < needed - one.blocks && one.state === "decoding") {
          const youngest = running().reduce((a, b) => (b.id > a.id ? b : a));
          preempted = true;
          if (preemption === "swap" && youngest.state === "decoding") {
            moved += (youngest.blocks * blockTokens * tokenBytes) / service.swapOut;
            youngest.state = "swapped";
          } else {
            youngest.state = "waiting";
            youngest.cached = 0;
            youngest.blocks = 0;
          }
        }
        if (one.state !== "decoding") break;
        one.blocks = needed;
        decodes.push(one);
      }
      for (const one of queue("swapped")) {
        const needed = Math.ceil((one.cached + 1) / blockTokens);
        if (preempted || running().length >= maxBatch || !fits(needed)) break;
        moved += (one.blocks * blockTokens * tokenBytes) / service.swapIn;
        one.state = "decoding";
        one.blocks = needed;
        decodes.push(one);
      }
    };
    const prefill = (budget: number): void => {
      let left = budget;
      const take = (one: Request): void => {
        const tokens = Math.min(left, length(one) - one.cached);
        if (tokens > 0) prefills.push({ one, tokens });
        left -= tokens;
      };
      for (const one of running().filter(({ state }) => state === "prefilling")) take(one);
      for (const one of queue("waiting")) {
        if (left <= 0 || preempted || running().length >= maxBatch || queue("swapped").length > 0) break;
        const needed = Math.ceil(length(one) / blockTokens);
        if ((chunk === undefined && length(one) > left) || !fits(needed)) break;
        one.state = "prefilling";
        one.blocks = needed;
        take(one);
      }
    };
    if (chunk === undefined) {
      prefill(maxTokens);
      if (prefills.length === 0) decode();
    } else {
      decode();
      prefill(Math.min(chunk, maxTokens - decodes.length));
    }
    const tokens = decodes.length + prefills.reduce((sum, one) => sum + one.tokens, 0);
    now += (8 + tokens) / 1000 + moved;
    for (const one of decodes) {
      one.cached++;
      give(one, now);
    }
    for (const { one, tokens: done } of prefills) {
      one.cached += done;
      if (one.cached < length(one)) continue;
      one.state = "decoding";
      give(one, now);
    }
  }
}

function give(one: Request, now: number): void {
  one.generated++;
  if (one.generated === 1) one.first = now;
  if (one.generated < one.output) return;
  one.end = now;
  one.state = "done";
  one.blocks = 0;
}
