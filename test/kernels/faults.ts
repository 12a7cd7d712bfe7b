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
      ["trap", 4, 17],
      found(() => trial.launch({ grid: 1, block: 64 }, [17])),
    ),
  beyond: (trial) => {
    const x = trial.gpu.zeros(i32, 40);
    return fault(
      ["out-of-bounds", 7, 20],
      found(() => trial.launch({ grid: 1, block: 32 }, [20, x])),
    );
  },
  crooked: (trial) => {
    const x = trial.gpu.zeros(f64, 5);
    return fault(
      ["misaligned", 9, 1],
      found(() => trial.launch({ grid: 1, block: 32 }, [x])),
    );
  },
  halfBarrier: (trial) => {
    const x = trial.gpu.zeros(i32, 128);
    return fault(
      ["deadlock", 14, 0],
      found(() => trial.launch({ grid: 1, block: 128 }, [x])),
    );
  },
  forever: (trial) => {
    const x = trial.gpu.zeros(i32, 1);
    return fault(
      ["livelock", 22, 0],
      found(() => trial.launch({ grid: 1, block: 32 }, [x])),
    );
  },
});
