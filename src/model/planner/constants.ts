// The planner's constants: one set for all devices and shapes. They were found by a random search over measured GEMMs of
// five GPU generations (V100, T4, A100, L4, H100, B200; FP32, FP16 and BF16; 700 rows a device, source and operator), none
// of them fitted to one device. What each stands for is physical, so that it can be checked by other means.

/** Share of the peak that the main loop of a very large tile reaches: issue slots lost to addresses, loops, barriers. */
export const mainLoopShare: number = 0.92;

/**
 * A tile of tm x tn reads (tm + tn) elements of shared memory for tm * tn multiply-adds; in that time its share of the peak
 * is 1 / (1 + edge (1 / tm + 1 / tn) / 2). In elements.
 */
export const tileEdge: number = 10;

/** Share of a DRAM's bandwidth that a kernel which only streams reaches: refresh, turnarounds and row misses take the rest. */
export const dramShare = { stacked: 0.87, planar: 0.78 } as const;

/** Bytes a clock that one SM draws from L2 (half of the 64 that its port is wide). */
export const l2BytesPerClock: number = 30.7;

/** From compute capability 9.0 on, blocks of a cluster share the operands that they fetch (TMA multicast): by this factor. */
export const clusterSharing: number = 4.3;

/** Bytes a second that one SM draws from DRAM by itself: the loads in flight over their latency. */
export const dramPerSm: number = 67e9;

/** From the start of a kernel to its first multiply-add, and from the last to its end. Seconds. */
export const pipelineFill: number = 1.4e-6;

/** What adding up the parts of a split K costs beside their traffic: another kernel, or a wait. Seconds. */
export const splitOverhead: number = 2.3e-6;

/**
 * Energy of one operation of a 16-bit tensor core at 12 nm, in joules, with everything that feeds it; a process of n nm
 * takes (n / 12)^energyExponent of it. What the power limit allows at this price bounds the sustained rate.
 */
export const tensorEnergy: number = 1.675e-12;
export const energyExponent: number = 0.75;
/** Where accumulators stay in tensor memory and two SMs share their operands (compute capability 10.x): of that energy this share. */
export const pairedEnergy: number = 0.8;
/** The same for an operation outside tensor cores, FP32, as a multiple. */
export const scalarEnergyFactor: number = 10.65;

/** What each way of timing adds to a kernel's own time. Seconds. */
export const launchOverhead: Readonly<Record<"graph" | "loop" | "events" | "eager", number>> = {
  graph: 1.2e-6,
  loop: 5.65e-6,
  events: 4.2e-6,
  eager: 28.8e-6,
};

/** What the host takes to launch one operator of an eager framework: nothing measured so is shorter. Seconds. */
export const eagerHostTime: number = 47.3e-6;

/** One of the small kernels that bring activations into a narrow format before a product, beside their traffic. Seconds. */
export const conversionKernel: number = 3.5e-6;
