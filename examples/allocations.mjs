// @ts-check
// What lies in a device's memory: allocations with labels, views, transfers, and the bytes themselves.
import { f16, f32, i32, kernel, VirtualGPU } from "warplab";
import { program } from "./lib/program.mjs";

const square = kernel("square", { n: i32, x: f32.ptr }, ({ n, x }, { blockIdx, blockDim, threadIdx }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) x[i] = x[i] * x[i];
});

program(
  "Allocates, copies, launches and frees, and prints the tables of allocations, transfers and launches, and some bytes.",
  { n: { default: 16, help: "elements" }, device: { default: "h100", help: "the GPU" } },
  ({ n, device }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const x = gpu.array(
      f32,
      Array.from({ length: n }, (_, i) => i - 2.5),
      { label: "x" },
    );
    const weights = gpu.malloc(8, { dtype: f16, label: "weights" });
    weights.fill(1.5);
    const scratch = gpu.malloc(1000, { label: "scratch" });
    gpu.memcpy(scratch, x.view(scratch.dtype), { count: x.byteLength });
    gpu.launch(square, { grid: 1, block: 32 }, { n: n - 4, x: x.add(4) });
    scratch.free();

    const rows = gpu.memory.table;
    console.log("label       address         type  length  bytes  state");
    for (const { label, address, dtype, length, bytes, state } of rows) {
      console.log(
        `${label.padEnd(10)}  ${address.padEnd(14)}  ${dtype.padEnd(4)}  ${String(length).padStart(6)}  ${String(bytes).padStart(5)}  ${state}`,
      );
    }
    const { used, peak, allocations, freed } = gpu.memory.stats;
    console.log(`${used} bytes in use, ${peak} at most; ${allocations} allocations live, ${freed} freed`);
    for (const { direction, label, bytes, cycles } of gpu.log.transfers)
      console.log(`${direction}, ${label}: ${bytes} bytes in ${cycles} cycles`);
    for (const { kernel: name, grid, block, status } of gpu.log.launches)
      console.log(`${name} <<<${grid.join("x")}, ${block.join("x")}>>>: ${status}`);
    const bytes = Array.from(weights.contents().subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
    console.log(`weights in memory: ${bytes.join(" ")} ...`);

    const expected = Array.from({ length: n }, (_, i) => (i < 4 ? i - 2.5 : (i - 2.5) ** 2));
    check("x", Math.max(...expected.map((value, i) => Math.abs(value - x.get(i)))));
    check("bytes in use", Math.abs(used - (4 * n + 16)));
    // 1.5 in half precision is 0x3e00, its low byte first.
    check("bytes of the weights", bytes.join(" ").startsWith("00 3e 00 3e") ? 0 : 1);
  },
);
