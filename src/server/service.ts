// What the routes of the service stand on: the store, the runs and their limits, opened and closed together. Knows no route.
import { availableParallelism } from "node:os";
import { defaultLimits, type RunLimits, Runs } from "./runs/index.js";
import { inMemory, Store } from "./store/index.js";

export interface ServiceOptions {
  /** The folder that keeps scenarios and runs; `:memory:`, which keeps nothing, unless given. */
  readonly data?: string;
  /** Threads that compute runs; as many as the machine runs at once unless given. */
  readonly workers?: number;
  readonly limits?: Partial<RunLimits>;
}

export interface Service {
  readonly store: Store;
  readonly runs: Runs;
  readonly limits: RunLimits;
  close(): Promise<void>;
}

/** Throws InputError where the folder is not usable. */
export async function openService({ data = inMemory, workers, limits: given }: ServiceOptions): Promise<Service> {
  const limits = { ...defaultLimits, ...given };
  const store = await Store.open(data);
  const runs = await Runs.open(store, workers ?? availableParallelism(), limits);
  return {
    store,
    runs,
    limits,
    close: async () => {
      await runs.close();
      await store.close();
    },
  };
}
