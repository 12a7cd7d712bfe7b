// Launches into a file: stopped on the way and gone on with, and told in whole before anything is written.
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { f32, i32 } from "../../../src/core/dtype.js";
import { silent } from "../../../src/core/progress.js";
import { kernel } from "../../../src/gpu/language/index.js";
import { sweepLaunchesToFile } from "../../../src/notebook/sweep/index.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-to-file-"));
const scale = kernel("scale", { n: i32, x: f32.ptr }, ({ n, x }, { threadIdx }) => {
  if (threadIdx.x < n) x[threadIdx.x] = x[threadIdx.x] * 2;
});
const sweep = (most: number) => ({
  vary: { n: Array.from({ length: most }, (_, i) => i + 1), block: [32, 2000] },
  launch: ({ n, block }: { n: number; block: number }) => ({
    kernel: scale,
    grid: 1,
    block,
    args: { n, x: { count: n, fill: 1 } },
  }),
});

it("a sweep that its signal stops is gone on with, and ends with the bytes of one that was not", async () => {
  const whole = await sweepLaunchesToFile(sweep(30), join(folder, "whole.csv"), { rowsPerPart: 4, progress: silent });
  expect(whole).toMatchObject({ rows: 60, parts_found: 0, parts_computed: 15 });

  const path = join(folder, "stopped.csv");
  const stop = new AbortController();
  // Stopped by the first part that is there.
  const parts = () => readdirSync(`${path}.parts`).filter((name) => name.endsWith(".arrow")).length;
  const launch = (point: { n: number; block: number }) => {
    if (existsSync(`${path}.parts`) && parts() > 0) stop.abort();
    return sweep(30).launch(point);
  };
  const how = { rowsPerPart: 4, workers: 1, progress: silent };
  await expect(sweepLaunchesToFile({ ...sweep(30), launch }, path, { ...how, signal: stop.signal })).rejects.toThrow(
    "The sweep was interrupted.",
  );
  expect(existsSync(path)).toBe(false);
  const found = parts();
  expect(found).toBeGreaterThan(0);
  expect(await sweepLaunchesToFile(sweep(30), path, how)).toMatchObject({
    parts_found: found,
    parts_computed: 15 - found,
  });
  expect(readFileSync(path).equals(readFileSync(whole.path))).toBe(true);
  expect(existsSync(`${path}.parts`)).toBe(false);
});

it("another question does not go on with its parts, whatever its function is called", async () => {
  const path = join(folder, "other.csv");
  const signal = AbortSignal.abort();
  await expect(sweepLaunchesToFile(sweep(3), path, { signal, progress: silent })).rejects.toThrow("interrupted");
  const other = {
    ...sweep(3),
    launch: (point: { n: number; block: number }) => ({ ...sweep(3).launch(point), grid: 2 }),
  };
  await expect(sweepLaunchesToFile(other, path, { progress: silent })).rejects.toThrow(
    "the parts of another sweep are here",
  );
});

it("what is wrong with every launch leaves no file and no folder", async () => {
  const path = join(folder, "wrong.csv");
  const asked = { vary: { blok: [1] }, launch: { kernel: scale, grid: 1, block: 1, args: { n: 1, x: [1] } } };
  await expect(sweepLaunchesToFile(asked, path)).rejects.toThrow('a launch has no field "blok"');
  expect(readdirSync(folder).filter((name) => name.startsWith("wrong"))).toEqual([]);
});
