// What `npm pack` makes, beside nothing but its production dependencies: what a person has who installed it. No network.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../cli/command.js";

let folder: string;
let packed: string[];

function command(
  program: string,
  words: readonly string[],
  cwd: string,
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

const warplab = (...words: string[]) =>
  command(process.execPath, [join(folder, "node_modules/warplab/dist/cli/main.js"), ...words], folder);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-packed-"));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const pack = command(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], repository);
  if (pack.status !== 0) throw new Error(`npm pack ended with ${pack.status}: ${pack.err}`);
  const [{ filename, files }] = JSON.parse(pack.out) as { filename: string; files: { path: string }[] }[];
  packed = files.map(({ path }) => path);
  const unpack = command("tar", ["-xzf", join(folder, filename)], folder);
  if (unpack.status !== 0) throw new Error(`tar ended with ${unpack.status}: ${unpack.err}`);
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  // The package itself lies here, so that it finds only these; a link to a dependency finds that one's own dependencies.
  const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: true; optional?: true; devOptional?: true }>;
  };
  const installed = new Set(readdirSync(join(repository, "node_modules")));
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (name === undefined || dev || devOptional || !installed.has(name.split("/")[0])) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name), "junction");
  }
  const moved = command("mv", [join(folder, "package"), join(modules, "warplab")], folder);
  if (moved.status !== 0) throw new Error(moved.err);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

it("holds what is run and read, and nothing of how it was made", () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      "dist/index.js",
      "dist/index.d.ts",
      "dist/assets/page.js",
      "dist/labextension/package.json",
      "examples/saxpy.json",
      "hardware/gb10.json",
      "notebooks/00-tour.ipynb",
      "LICENSE",
    ]),
  );
  expect(packed.filter((path) => /\.map$|^dist\/\.|^dist\/jupyter|^(src|test|scripts)\//.test(path))).toEqual([]);
});

it("runs a notebook, with Node's types and its own for the cells", () => {
  const cells = [
    'import { device } from "warplab";\nimport { join } from "node:path";',
    "console.log(join('a', 'b'), device('h100').key, process.argv.length > 0);",
  ].map((source, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source, execution_count: null, outputs: [] }));
  writeFileSync(join(folder, "small.ipynb"), JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const { status, err } = warplab("run", "small.ipynb");
  expect({ status, err }).toMatchObject({ status: 0 });
  expect(readFileSync(join(folder, "out/small.ipynb"), "utf8")).toContain("a/b h100-sxm true");
}, 60_000);

it("predicts", () => {
  const { status, out, err } = warplab(
    "predict",
    "gemv",
    "--shape",
    "4096,4096",
    "--precision",
    "fp16",
    "--device",
    "gb10",
    "--json",
  );
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({ kernel_type: "gemv", device: "gb10" });
});

it("is a library for plain Node", () => {
  const code =
    'import { VirtualGPU, f32 } from "warplab"; const gpu = new VirtualGPU("a100"); console.log(gpu.array(f32, [1, 2]).toArray().length);';
  expect(command(process.execPath, ["--input-type=module", "-e", code], folder)).toEqual({
    status: 0,
    out: "2\n",
    err: "",
  });
});
