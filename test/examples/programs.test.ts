// The example programs run as people run them: each says what it found, holds its own checks, and explains itself.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ending, repository } from "../cli/command.js";

function run(program: string, ...words: string[]): Promise<Ending> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { cwd: repository }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === "number" ? error.code : null, stdout, stderr });
    });
  });
}

/** What a person runs a program for. */
const told: Readonly<Record<string, RegExp>> = {
  adam: /^loss 0\.39\d\d after 60 steps$/m,
  allocations: /^80 bytes in use, 1080 at most; 2 allocations live, 1 freed$/m,
  "atomic-sum": /^direct: -1981800902, 625 atomic requests$/m,
  convolution: /^#+ {14}#{10} {3}:\*\*:::\. {8}\.{4}:\*{10}$/m,
  "linear-regression": /^y = 3\.0102 x - 0\.4956 after 150 steps$/m,
  "logistic-regression": /^92\.5 % of the points are told apart after 120 steps/m,
  "matrix-multiply": /^tiled: 55296 bytes read from global memory/m,
  "mixed-precision": /^mixed: off by \S+; 0 FLOP in f16, 524288 in f32$/m,
  mlp: /^1 xor 1 = 0\.01\d$/m,
  reduction: /^sum 4369857 after 3 launches$/m,
  "reduction-devices": /^sum 77296842 of 2 parts$/m,
  "vector-arithmetic": /^10000 elements: 80000 bytes read, 40000 written, 4\.0 sectors per request$/m,
};

const programs = readdirSync(`${repository}examples`)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.replace(".mjs", ""));

it("has twelve programs, which README lists", () => {
  expect(programs.sort()).toEqual(Object.keys(told).sort());
  expect(programs).toHaveLength(12);
  const readme = readFileSync(`${repository}README.md`, "utf8");
  for (const program of programs) expect(readme).toContain(`(examples/${program}.mjs)`);
});

describe.each(programs)("%s", (program) => {
  it("tells its result, which its checks hold", async () => {
    const { status, stdout, stderr } = await run(`examples/${program}.mjs`);
    expect(stderr).toBe("");
    expect(stdout).toMatch(told[program]);
    expect(stdout).toMatch(/^ok {3}/m);
    expect(status).toBe(0);
  });

  it("explains itself", async () => {
    const { status, stdout } = await run(`examples/${program}.mjs`, "--help");
    expect(stdout).toMatch(new RegExp(`^Usage: node ${program}\\.mjs \\[options\\]\n\n[A-Z].*\\.\n\nOptions:\n`));
    expect(stdout).toContain("--device h100");
    expect(status).toBe(0);
  });
});

describe("a program", () => {
  it("ends with status 1 where a check does not hold", async () => {
    const { status, stdout } = await run("examples/mixed-precision.mjs", "--tolerance", "0");
    expect(stdout).toMatch(/^FAIL sums in single precision: off by \S+, at most 0 allowed$/m);
    expect(status).toBe(1);
  });

  it("takes NaN for what does not hold", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "warplab-program-")), "program.mjs");
    const library = `${repository}examples/lib/program.mjs`;
    writeFileSync(
      file,
      `import { largestDifference, program } from "${library}";
      program("It.", {}, (_, check) => check("x", largestDifference([1, NaN], [1, 2]), 1e9));`,
    );
    expect(await run(file)).toMatchObject({
      status: 1,
      stdout: "FAIL x: off by Infinity, at most 1000000000 allowed\n",
    });
  });

  it.each([
    ["an option that there is not", ["--rats", "3"], "Unknown option '--rats'"],
    ["a number that is none", ["--n", "many"], '--n takes a number, got "many"'],
    ["a device that there is not", ["--device", "h1000"], 'unknown device "h1000"'],
    ["a shape that cannot be launched", ["--n", "0"], "grid must be whole numbers of at least 1, got 0"],
  ])("refuses %s in one message, with status 2", async (_, words, message) => {
    const { status, stderr } = await run("examples/adam.mjs", ...words);
    expect(stderr).toContain(message);
    expect(stderr).toContain("node adam.mjs --help tells the options.");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });
});
