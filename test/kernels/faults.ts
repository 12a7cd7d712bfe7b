// Kernels with mistakes: what is found, and in which line of the source.
import { f64, i32 } from "../../src/core/dtype.js";
import { LaunchFault } from "../../src/gpu/host/index.js";
import { casesOf, type KernelCase, type Outcome } from "./kernel-case.js";

function found(launch: () => unknown): Outcome["got"] {
  try {
    launch();
  } catch (error) {
    if (!(error instanceof LaunchFault)) throw error;
    const { kind, line, thread } = error.finding;
    return [kind, line ?? -1, thread[0]];
  }
  return ["nothing"];
}

const fault = (expected: readonly (string | number)[], got: Outcome["got"]): Outcome[] => [
  { what: "fault", got, expected },
];

export const faults: readonly KernelCase[] = casesOf("faults", {
  stopped: (trial) =>
    fault(
      ["trap", 5, 17],
      found(() => trial.launch({ grid: 1, block: 64 }, [17])),
    ),
  beyond: (trial) => {
    const x = trial.gpu.zeros(i32, 40);
    return fault(
      ["out-of-bounds", 8, 20],
      found(() => trial.launch({ grid: 1, block: 32 }, [20, x])),
    );
  },
  crooked: (trial) => {
    const x = trial.gpu.zeros(f64, 5);
    return fault(
      ["misaligned", 10, 1],
      found(() => trial.launch({ grid: 1, block: 32 }, [x])),
    );
  },
  halfBarrier: (trial) => {
    const x = trial.gpu.zeros(i32, 128);
    return fault(
      ["deadlock", 15, 0],
      found(() => trial.launch({ grid: 1, block: 128 }, [x])),
    );
  },
  forever: (trial) => {
    const x = trial.gpu.zeros(i32, 1);
    return fault(
      ["livelock", 23, 0],
      found(() => trial.launch({ grid: 1, block: 32 }, [x])),
    );
  },
  asserted: (trial) => {
    const x = trial.gpu.array(i32, [3, 0, 7, -1, 5, -2, 1, 1]);
    return fault(
      ["assert", 27, 3],
      found(() => trial.launch({ grid: 1, block: 8 }, [x])),
    );
  },
  freedTwice: (trial) =>
    fault(
      ["invalid free", 33, 0],
      found(() => trial.launch({ grid: 1, block: 32 }, [])),
    ),
});
