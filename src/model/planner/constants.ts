// The planner's constants: one set for all devices and shapes, as a value, so that a fit can try others. What each stands for is
// physical, so that it can be checked by other means. Knows no device.
import type { Protocol } from "./protocol.js";

/** What the planner takes to be the same on every device. SI units. */
export interface Constants {
  /** Share of the peak that the main loop of a very large tile reaches: issue slots lost to addresses, loops, barriers. */
  readonly mainLoopShare: number;
  /**
   * A tile of tm x tn reads (tm + tn) elements of shared memory for tm * tn multiply-adds; in that time its share of the peak
   * is 1 / (1 + edge (1 / tm + 1 / tn) / 2). In elements.
   */
  readonly tileEdge: number;
  /** That share outside tensor cores: where multiply-adds leave issue slots free for the rest of the loop, and where they share them. */
  readonly scalarLoop: { readonly free: number; readonly shared: number };
  /** Share and edge of AMD's matrix cores with the kernels of rocBLAS. */
  readonly matrixCoreLoop: { readonly share: number; readonly edge: number };
  /**
   * Share of a DRAM's bandwidth that a kernel which only streams reaches: refresh, turnarounds and row misses take the rest, and
   * behind AMD's memory controllers more of it.
   */
  readonly dramShare: { readonly stacked: number; readonly planar: number; readonly amd: number };
  /** Bytes a clock that one SM draws from L2 (half of the 64 that its port is wide). */
  readonly l2BytesPerClock: number;
  /** From compute capability 9.0 to 11.x, blocks of a cluster share the operands that they fetch (TMA multicast): by this factor. */
  readonly clusterSharing: number;
  /** Bytes a second that one SM draws from DRAM by itself: the loads in flight over their latency. */
  readonly dramPerSm: number;
  /** From the start of a kernel to its first multiply-add, and from the last to its end. Seconds. */
  readonly pipelineFill: number;
  /** What adding up the parts of a split K costs beside their traffic: another kernel, or a wait. Seconds. */
  readonly splitOverhead: number;
  /**
   * Energy of one operation of a 16-bit tensor core at 12 nm, in joules, with everything that feeds it; a process of n nm
   * takes (n / 12)^energyExponent of it. What the power limit allows at this price bounds the sustained rate.
   */
  readonly tensorEnergy: number;
  readonly energyExponent: number;
  /** Where accumulators stay in tensor memory and two SMs share their operands (compute capability 10.x and 11.x): of that energy this share. */
  readonly pairedEnergy: number;
  /** The same for an operation outside tensor cores, FP32, as a multiple. */
  readonly scalarEnergyFactor: number;
  /** A kernel that is short against `powerWindow` draws more than the power limit by this share of it. */
  readonly powerReserve: number;
  /** On average over such a time the limit holds. Seconds. */
  readonly powerWindow: number;
  /** What each way of timing adds to a kernel's own time. Seconds. */
  readonly launchOverhead: Readonly<Record<Exclude<Protocol, "eager">, number>>;
  /** Share of the tensor cores' peak that the products of attention reach between one softmax and the next. */
  readonly attentionShare: number;
  /** Instructions of the FP32 pipes for one score of attention: scale and subtract, compare, add, convert, rescale. */
  readonly scoreInstructions: number;
  /** What a block of attention waits for: its queries, first keys, first values, and writing its result. Seconds. */
  readonly attentionFill: number;
  /** The same for a block of few queries that reads a cache: pages, keys, values, and the results of its warps. Clocks. */
  readonly cachedFill: number;
  /** Of that wait, what is left where warps of their own meanwhile bring what the next block needs. */
  readonly prefetchedFill: number;
  /** How many such blocks of an SM wait at once where shared memory allows. */
  readonly cachedInFlight: number;
  /** What an eager framework takes to issue one operator of a model, with what it does between two of them. Seconds. */
  readonly hostOperator: number;
  /**
   * What a call of a convolution takes on the host before its kernels run, beside what every operator takes: an algorithm is
   * looked up, memory set aside, several kernels launched. Seconds.
   */
  readonly convolutionHostTime: number;
  /** Of what an SM draws from L2, the share that Winograd's transforms use: they take and put scattered elements. */
  readonly transformShare: number;
  /** Instructions by which software rounds one element to FP8: no lane of it is left out in a chunk that is not full. */
  readonly roundingInstructions: number;
  /** What a block has to do for its row beside that: addresses, scale, bounds, its start and end. Clocks of an SM. */
  readonly rowClocks: number;
  /** Rows that an SM does by itself before others hide their waits and after: the first, and part of the last. */
  readonly exposedRows: number;
  /** How long a thread waits for what it loads, while others of its SM load too. Clocks. */
  readonly loadClocks: { readonly l2: number; readonly dram: number };
  /** What the host takes for one call of an eager framework. */
  readonly eagerCall: Readonly<Record<Runtime, HostTimes>>;
  /** One of the small kernels that bring activations into a narrow format before a product, beside their traffic. Seconds. */
  readonly conversionKernel: number;
  /** Exchanges between devices, as NVIDIA's library of collectives has found them (NCCL, graph/topo.h and graph/tuning.cc). */
  readonly collective: {
    /** Share of a link's bandwidth that data get: 20 GB/s of the 25 that a link of NVLink 2 and 3 has each way. */
    readonly linkShare: number;
    /**
     * `small`: words of data with a flag beside each, which nobody waits for and which take a quarter of the link. `bulk`: whole
     * pieces, after each of which devices wait for each other. Seconds for the call and for a step over each kind of link.
     */
    readonly latency: Readonly<
      Record<
        "small" | "bulk",
        {
          readonly call: number;
          readonly step: { readonly peer: number; readonly pcie: number };
          readonly share: number;
        }
      >
    >;
  };
}

/** The software that launches kernels: NVIDIA's, or AMD's. */
export type Runtime = "cuda" | "hip";

/** Seconds that the host takes for a call, as long as the device does not hold it up. */
export interface HostTimes {
  /** A function of two tensors, between two events. */
  readonly call: number;
  /** One thing more: a module around the function, a function of Python in between, a number made a tensor, a further result. */
  readonly step: number;
  /** Of all that, what comes after the launch, while the device already works. */
  readonly after: number;
}

/**
 * Those of products of matrices were found by searches over measured GEMMs (V100, T4, A100, L4, H100, B200, MI100) and by hand. Some
 * rest on few devices: matrixCoreLoop on the MI100 alone, pairedEnergy on the B200 alone, the power's reserve and window, chosen
 * with the errors of L4 and T4 in view, on those two. Searched anew on all devices but one (`npm run fit -- DIR --tables gemm_`),
 * that one is 13.8 % off on average. The values here give 12.7 %, but they have seen it; and the search starts
 * from them, so that 13.8 % is no clean measure of a device that nobody has seen either.
 * roundingInstructions, rowClocks and exposedRows are those of one library's conversion to FP8, vLLM's; prefetchedFill rests on Hopper's
 * kernel for caches in 8 bits alone.
 * Those of attention were found over prompts and steps of generation on A100, H100 and B200: 12, 10 and 10 %, and 14, 16 and 9 %
 * off on average; with each device left out in turn, that device is 14, 12 and 10 %, and 14, 17 and 10 % off.
 */
export const defaultConstants: Constants = Object.freeze({
  mainLoopShare: 0.92,
  tileEdge: 10,
  scalarLoop: Object.freeze({ free: 0.96, shared: 0.81 }),
  matrixCoreLoop: Object.freeze({ share: 0.8, edge: 22 }),
  dramShare: Object.freeze({ stacked: 0.87, planar: 0.78, amd: 0.81 }),
  l2BytesPerClock: 30.7,
  clusterSharing: 4.3,
  dramPerSm: 67e9,
  pipelineFill: 1.4e-6,
  splitOverhead: 2.3e-6,
  tensorEnergy: 1.475e-12,
  energyExponent: 0.75,
  pairedEnergy: 0.907,
  scalarEnergyFactor: 10.65,
  powerReserve: 0.23,
  powerWindow: 20e-3,
  launchOverhead: Object.freeze({ graph: 1.2e-6, loop: 5.65e-6, events: 4.2e-6, kernel: 0 }),
  attentionShare: 0.75,
  scoreInstructions: 8,
  attentionFill: 3.2e-6,
  cachedFill: 7200,
  prefetchedFill: 1 / 6,
  cachedInFlight: 3,
  hostOperator: 30e-6,
  convolutionHostTime: 135e-6,
  transformShare: 0.25,
  roundingInstructions: 70,
  rowClocks: 650,
  exposedRows: 1.4,
  loadClocks: Object.freeze({ l2: 280, dram: 600 }),
  eagerCall: Object.freeze({
    cuda: Object.freeze({ call: 28e-6, step: 4.6e-6, after: 13e-6 }),
    hip: Object.freeze({ call: 17e-6, step: 2.6e-6, after: 4e-6 }),
  }),
  conversionKernel: 3.5e-6,
  collective: Object.freeze({
    linkShare: 0.8,
    latency: Object.freeze({
      small: Object.freeze({ call: 3.6e-6, step: Object.freeze({ peer: 0.47e-6, pcie: 1e-6 }), share: 1 / 4 }),
      bulk: Object.freeze({ call: 8.4e-6, step: Object.freeze({ peer: 3.4e-6, pcie: 5.7e-6 }), share: 1 }),
    }),
  }),
});
