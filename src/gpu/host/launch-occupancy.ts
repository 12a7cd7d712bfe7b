// What a launch takes of the device's SMs: registers and shared memory of its blocks, how many an SM holds, and the waves of its
// grid. Refuses a launch whose blocks take more than there is. Knows nothing of how it runs.
import { type Dim3, volume } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import type { DeviceLimits, DeviceSpec } from "../../hardware/index.js";
import { type LaunchOccupancy, occupancyOf, registersOfBlock, wavesOf } from "../occupancy/occupancy.js";
import { registersOf } from "../occupancy/registers.js";
import { verifiedKernel } from "../ptx/verified-kernels.js";
import { planVariables } from "../simt/program.js";

/** The part of a launch's description that decides its occupancy. */
export interface OccupyingLaunch {
  readonly device: DeviceSpec;
  readonly ptx: string;
  readonly kernel: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly dynamicSharedBytes: number;
  readonly cooperative: boolean | undefined;
  /** What ptxas says the kernel takes; estimated where it is undefined. */
  readonly registersPerThread: number | undefined;
}

/**
 * The occupancy of a launch; undefined for a device whose file says too little. Throws InputError for registers that a block
 * cannot have, and for a cooperative grid that the device does not hold at a time.
 */
export function launchOccupancy(launch: OccupyingLaunch): LaunchOccupancy | undefined {
  const { device, ptx, kernel, grid, block, dynamicSharedBytes, registersPerThread } = launch;
  const { limits, sms } = device;
  if (limits === undefined || sms === undefined) return undefined;
  const threads = volume(block);
  const verified = verifiedKernel(ptx, kernel);
  const registers = registersOf(verified, limits, registersPerThread, threads);
  const where = `launch of "${kernel}"`;
  if (registersPerThread !== undefined) checkRegisters(where, device.name, limits, threads, registersPerThread);
  const { sharedBytes } = planVariables(verified, dynamicSharedBytes);
  const occupancy = occupancyOf(device, { threads, registersPerThread: registers.count, sharedBytes });
  if (occupancy === undefined) return undefined;
  const blocks = volume(grid);
  const waves = wavesOf(blocks, occupancy.activeBlocksPerSm, sms);
  const found: LaunchOccupancy = {
    ...occupancy,
    registersPerThread: registers.count,
    registersFrom: registers.source,
    sharedBytesPerBlock: sharedBytes,
    ...(waves ?? { blocksPerWave: 0, waves: 0, lastWave: 0 }),
  };
  if (launch.cooperative === true && blocks > found.blocksPerWave) refuseGrid(where, device, blocks, found);
  return found;
}

function checkRegisters(
  where: string,
  device: string,
  limits: DeviceLimits,
  threads: number,
  registersPerThread: number,
): void {
  if (
    !Number.isInteger(registersPerThread) ||
    registersPerThread < 1 ||
    registersPerThread > limits.registersPerThread
  ) {
    throw new InputError(
      `a thread takes 1 to ${limits.registersPerThread} registers on ${device}, got ${registersPerThread}`,
      { where, fix: "Give the number that ptxas -v prints." },
    );
  }
  const ofBlock = registersOfBlock(limits, threads, registersPerThread);
  if (ofBlock <= limits.registersPerBlock) return;
  throw new InputError(
    `a block of ${threads} threads with ${registersPerThread} registers each takes ${ofBlock}, where ${device} has ${limits.registersPerBlock} for a block`,
    { where, fix: "Use smaller blocks, or compile with fewer registers (__launch_bounds__, -maxrregcount)." },
  );
}

function refuseGrid(where: string, { name, sms }: DeviceSpec, blocks: number, found: LaunchOccupancy): never {
  const { activeBlocksPerSm, blocksPerWave, limiter, registersPerThread, registersFrom } = found;
  const registers = limiter === "registers" ? ` (${registersPerThread} a thread: ${registersFrom})` : "";
  throw new InputError(
    `a cooperative grid of ${blocks} blocks, where ${name} holds ${blocksPerWave} at a time: ${activeBlocksPerSm} on each of ${sms} SMs, limited by ${limiter}${registers}`,
    { where, fix: "Use fewer blocks, each of which does more in a loop." },
  );
}
