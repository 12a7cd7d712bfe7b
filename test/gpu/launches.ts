// Launch images for tests: PTX in a line or two, memory by label, parameters in order.
import type { Dim3Like } from "../../src/core/dim3.js";
import { dim3 } from "../../src/core/dim3.js";
import type { DTypeName } from "../../src/core/dtype.js";
import type { LaunchImage, ReconvergencePolicy, SchedulerName } from "../../src/gpu/simt/launch-image.js";
import { allocationAlignment, globalBase } from "../../src/gpu/simt/memory-region.js";

export interface TestArray {
  readonly label: string;
  readonly dtype: DTypeName;
  readonly data: ArrayBufferView;
}

export interface TestLaunch {
  readonly ptx: string;
  readonly grid?: Dim3Like;
  readonly block?: Dim3Like;
  readonly arrays?: readonly TestArray[];
  /** Scalars after the arrays' pointers, each as 8 bytes or as the 4 bytes of an i32. */
  readonly scalars?: readonly number[];
  readonly policy?: ReconvergencePolicy;
  readonly maxSteps?: number;
  readonly sharedBytes?: number;
  readonly scheduler?: SchedulerName;
  readonly seed?: number;
  readonly blocksPerSm?: number;
  readonly cooperative?: boolean;
}

/** The launch of the module's first kernel: a 64-bit pointer for each array, then an s32 for each scalar. */
export function launchImage(launch: TestLaunch): LaunchImage {
  const arrays = launch.arrays ?? [];
  let address = globalBase;
  const memory = arrays.map(({ label, dtype, data }) => {
    const bytes = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
    const image = { address, bytes, label, dtype };
    address += (Math.ceil(bytes.length / allocationAlignment) + 1) * allocationAlignment;
    return image;
  });
  const scalars = launch.scalars ?? [];
  const parameters = new DataView(new ArrayBuffer(8 * arrays.length + 4 * scalars.length));
  memory.forEach((image, index) => {
    parameters.setBigUint64(8 * index, BigInt(image.address), true);
  });
  scalars.forEach((value, index) => {
    parameters.setInt32(8 * arrays.length + 4 * index, value, true);
  });
  return {
    ptx: launch.ptx,
    kernel: /\.entry\s+([\w$]+)/.exec(launch.ptx)?.[1] ?? "",
    grid: dim3(launch.grid ?? 1, "grid"),
    block: dim3(launch.block ?? 32, "block"),
    dynamicSharedBytes: launch.sharedBytes ?? 0,
    parameters: new Uint8Array(parameters.buffer),
    memory,
    limits: { device: "test device", sms: 4, maxThreadsPerBlock: 1024, sharedBytesPerBlock: 48 * 1024 },
    policy: launch.policy ?? "independent",
    maxSteps: launch.maxSteps ?? 1_000_000,
    scheduler: launch.scheduler ?? "default",
    seed: launch.seed ?? 0,
    blocksPerSm: launch.blocksPerSm ?? 1,
    cooperative: launch.cooperative ?? false,
  };
}

/** A module with one kernel `k`: pointer parameters p0, p1, ..., then .s32 parameters s0, s1, ... */
export function kernelPtx(pointers: number, scalars: number, body: string): string {
  const parameters = [
    ...Array.from({ length: pointers }, (_, i) => `.param .u64 p${i}`),
    ...Array.from({ length: scalars }, (_, i) => `.param .s32 s${i}`),
  ];
  return `.version 7.8\n.target sm_70\n.address_size 64\n.visible .entry k(${parameters.join(", ")})\n{\n${body}\n}\n`;
}
