// Runs a kernel on the virtual GPU and by its reference, for tests that want the same bytes of both.
import { expect } from "vitest";
import { type DTypeName, dtypes, type HostArrays, isDType } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import type { Kernel } from "../../../src/gpu/language/index.js";

export type Arguments = Readonly<Record<string, number | bigint | HostArrays[DTypeName]>>;

/** The arrays as they stand after the kernel ran on the virtual GPU, and after its reference. */
function runBoth(kernel: Kernel, block: number, args: Arguments, shared = 0): [device: unknown, reference: unknown] {
  const gpu = new VirtualGPU("a100");
  const arrays = kernel.parameters.flatMap(({ name, type }) => {
    if (isDType(type)) return [];
    const element = dtypes[type.pointerTo.name];
    return [[name, gpu.array(element as never, args[name] as never, { label: name })] as const];
  });
  gpu.launch(kernel, { grid: 1, block, shared }, { ...args, ...Object.fromEntries(arrays) } as never);
  const host = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === "object" ? value.slice() : value]),
  );
  kernel.reference.run({ grid: 1, block, shared }, host as never);
  return [
    Object.fromEntries(arrays.map(([name, array]) => [name, array.toArray()])),
    Object.fromEntries(arrays.map(([name]) => [name, host[name]])),
  ];
}

export function agree(kernel: Kernel, block: number, args: Arguments, shared = 0): void {
  const [device, reference] = runBoth(kernel, block, args, shared);
  expect(device).toEqual(reference);
}
