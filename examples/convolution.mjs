// @ts-check
// A picture blurred by a filter: a convolution in two dimensions, with the tile and what surrounds it in shared memory.
import { f32, i32, kernel, VirtualGPU } from "warplab";
import { largestDifference, program } from "./lib/program.mjs";

const convolve = kernel(
  "convolve",
  { width: i32, height: i32, picture: f32.ptr, filter: f32.ptr, out: f32.ptr },
  ({ width, height, picture, filter, out }, { blockIdx, threadIdx, shared, syncthreads, f32 }) => {
    const tile = shared(f32, [18, 18]);
    const left = blockIdx.x * 16 - 1;
    const top = blockIdx.y * 16 - 1;
    for (let at = threadIdx.y * 16 + threadIdx.x; at < 18 * 18; at += 256) {
      const x = left + (at % 18);
      const y = top + ((at / 18) | 0);
      tile[(at / 18) | 0][at % 18] = x >= 0 && x < width && y >= 0 && y < height ? picture[y * width + x] : 0;
    }
    syncthreads();
    const x = left + 1 + threadIdx.x;
    const y = top + 1 + threadIdx.y;
    if (x >= width || y >= height) return;
    let sum = 0;
    for (let j = 0; j < 3; j++) {
      for (let i = 0; i < 3; i++) sum += tile[threadIdx.y + j][threadIdx.x + i] * filter[3 * j + i];
    }
    out[y * width + x] = sum;
  },
);

program(
  "Blurs a picture of rings by a filter of 3 x 3, and draws a part of it before and after.",
  {
    width: { default: 64, help: "columns" },
    height: { default: 40, help: "rows" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-6, help: "how far a point may be from double precision" },
  },
  ({ width, height, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const picture = Float32Array.from({ length: width * height }, (_, at) =>
      Math.hypot((at % width) - width / 2, 2 * (Math.floor(at / width) - height / 2)) % 12 < 6 ? 1 : 0,
    );
    const filter = Float32Array.from([1, 2, 1, 2, 4, 2, 1, 2, 1], (weight) => weight / 16);
    const out = gpu.zeros(f32, picture.length, { label: "out" });
    gpu.launch(
      convolve,
      { grid: [Math.ceil(width / 16), Math.ceil(height / 16)], block: [16, 16] },
      { width, height, picture: gpu.array(f32, picture), filter: gpu.array(f32, filter), out },
    );
    const blurred = out.toArray();
    const drawn = (/** @type {Float32Array} */ values, /** @type {number} */ y) =>
      Array.from({ length: Math.min(width, 30) }, (_, x) => " .:*#"[Math.round(values[y * width + x] * 4)]).join("");
    for (let y = 0; y < Math.min(height, 12); y += 2) console.log(`${drawn(picture, y)}   ${drawn(blurred, y)}`);
    const expected = Array.from(picture, (_, at) => {
      let sum = 0;
      for (let tap = 0; tap < 9; tap++) {
        const [x, y] = [(at % width) + (tap % 3) - 1, Math.floor(at / width) + Math.floor(tap / 3) - 1];
        if (x >= 0 && x < width && y >= 0 && y < height) sum += picture[y * width + x] * filter[tap];
      }
      return sum;
    });
    check("picture", largestDifference(blurred, expected), tolerance);
  },
);
