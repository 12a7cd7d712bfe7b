// What the routes of the service stand on: the store, the runs and their limits, and recorded traces, opened and closed together. Knows no
// route.
import { availableParallelism } from "node:os";
import { defaultTraceBytes, RealTraces } from "./realtraces/index.js";
import { defaultLimits, type RunLimits, Runs } from "./runs/index.js";
import { inMemory, Store } from "./store/index.js";

export interface ServiceOptions {
  /** The folder that keeps scenarios, runs and recorded traces; `:memory:`, which keeps nothing, unless given. */
  readonly data?: string;
  /** Threads that compute runs; as many as the machine runs at once unless given. */
  readonly workers?: number;
  readonly limits?: Partial<RunLimits>;
  /** Bytes of a recorded trace that is taken; 2 GiB unless given. */
  readonly traceBytes?: number;
}

export interface Service {
  readonly store: Store;
  readonly runs: Runs;
  readonly limits: RunLimits;
  readonly realTraces: RealTraces;
  close(): Promise<void>;
}

/** Throws InputError where the folder is not usable. */
export async function openService({
  data = inMemory,
  workers,
  limits: given,
  traceBytes = defaultTraceBytes,
}: ServiceOptions): Promise<Service> {
  const limits = { ...defaultLimits, ...given };
  const store = await Store.open(data);
  const runs = await Runs.open(store, workers ?? availableParallelism(), limits);
  const realTraces = await RealTraces.open(data, traceBytes);
  return {
    store,
    runs,
    limits,
    realTraces,
    close: async () => {
      await realTraces.close();
      await runs.close();
      await store.close();
    },
  };
}
