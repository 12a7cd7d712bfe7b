import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { mostLiveWords, registersBeyondValues, registersOf } from "../../../src/gpu/occupancy/registers.js";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { verifyEntry } from "../../../src/gpu/ptx/verify.js";
import { device } from "../../../src/hardware/index.js";
import { hasPtxas } from "../language/ptxas.js";
import { kernelPtx } from "../launches.js";

const verified = (body: string, directives = "") =>
  verifyEntry(parseModule(kernelPtx(1, 0, body).replace("\n{", `${directives}\n{`)), "k");
const declared = ".reg .pred %p<9>; .reg .b32 %r<40>; .reg .b64 %rd<9>;";
const words = (body: string): number => mostLiveWords(verified(`${declared} ${body}`));
const limits = device("a100").limits;
if (limits === undefined) throw new Error("no limits");

describe("the words that live at one place", () => {
  it.each([
    ["one value after the other takes one place", "mov.u32 %r1, 1; mov.u32 %r2, %r1; mov.u32 %r3, %r2; ret;", 1],
    ["values that meet take two", "mov.u32 %r1, 1; mov.u32 %r2, 2; add.u32 %r3, %r1, %r2; ret;", 2],
    ["64 bits take two", "mov.u64 %rd1, 1; mov.u32 %r1, 2; st.global.u32 [%rd1], %r1; ret;", 3],
    [
      "predicates have places of their own",
      "mov.u32 %r1, 1; setp.eq.u32 %p1, %r1, 1; @%p1 bra e; mov.u32 %r2, 1; e: ret;",
      1,
    ],
    [
      "what one way needs lives on both until they part",
      "mov.u32 %r1, 1; mov.u32 %r2, 2; setp.eq.u32 %p1, %r2, 1; @%p1 bra e; add.u32 %r3, %r1, %r1; ret; e: ret;",
      2,
    ],
    [
      "what a loop needs again lives all the way round",
      "mov.u32 %r1, 0; mov.u32 %r2, 7; a: mov.u32 %r3, 1; add.u32 %r1, %r1, %r3; add.u32 %r1, %r1, %r2; setp.lt.u32 %p1, %r1, 99; @%p1 bra a; ret;",
      3,
    ],
    [
      "under a predicate the value before stays",
      "mov.u32 %r1, 1; mov.u32 %r2, 2; setp.eq.u32 %p1, %r2, 1; @%p1 mov.u32 %r1, 3; add.u32 %r4, %r1, %r2; ret;",
      2,
    ],
    ["a vector is its elements", "ld.param.u64 %rd1, [p0]; ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1]; ret;", 4],
  ])("%s", (_, body, expected) => {
    expect(words(body)).toBe(expected);
  });
});

it("of functions stand on top of those of who calls them", () => {
  const ptx = `.version 7.8\n.target sm_70\n.address_size 64
    .func (.reg .u32 %out) inner (.reg .u32 %in) { .reg .b32 %r<5>; mov.u32 %r1, 1; mov.u32 %r2, 2; mov.u32 %r3, 3;
      add.u32 %r1, %r1, %r2; add.u32 %r1, %r1, %r3; add.u32 %out, %r1, %in; ret; }
    .visible .entry k() { .reg .b32 %r<5>; mov.u32 %r1, 1; mov.u32 %r2, 2; call (%r3), inner, (%r1); add.u32 %r3, %r3, %r2; ret; }`;
  // The argument and what is needed afterwards; in the function its argument and three values.
  expect(mostLiveWords(verifyEntry(parseModule(ptx), "k"))).toBe(2 + 4);
});

describe("the registers of a thread", () => {
  const many = `${declared} ${Array.from({ length: 36 }, (_, i) => `mov.u32 %r${i + 1}, ${i};`).join(" ")}
    ${Array.from({ length: 35 }, (_, i) => `add.u32 %r1, %r1, %r${i + 2};`).join(" ")} ret;`;
  const count = (directives: string, threads = 128, stated?: number) =>
    registersOf(verified(many, directives), limits, stated, threads);

  it("are those that somebody states, else an estimate", () => {
    expect(count("", 128, 64)).toEqual({ count: 64, source: "stated" });
    expect(count("")).toEqual({ count: 36 + registersBeyondValues, source: "estimate" });
  });

  it("stay within what the kernel was compiled for", () => {
    expect(count(" .maxnreg 32")).toEqual({ count: 32, source: ".maxnreg" });
    expect(count(" .maxnreg 200")).toEqual({ count: 40, source: "estimate" });
    // 4 blocks of 16 warps are 64 warps: 16 on each quarter, of 16384 registers: 1024 a warp, 32 a thread.
    expect(count(" .maxntid 512 .minnctapersm 4")).toEqual({ count: 32, source: ".minnctapersm" });
    expect(count(" .maxntid 512 .minnctapersm 2")).toEqual({ count: 40, source: "estimate" });
  });

  it("never keep a block from being launched where they are an estimate", () => {
    const wide = Array.from({ length: 100 }, (_, i) => `mov.u64 %x${i}, ${i};`).join(" ");
    const used = Array.from({ length: 99 }, (_, i) => `add.u64 %x0, %x0, %x${i + 1};`).join(" ");
    const kernel = verified(`.reg .b64 %x<100>; ${wide} ${used} ret;`);
    expect(registersOf(kernel, limits, undefined, 128).count).toBe(200 + registersBeyondValues);
    expect(registersOf(kernel, limits, undefined, 1024)).toEqual({ count: 64, source: "estimate" });
  });

  test.skipIf(!hasPtxas)("are near what ptxas takes, over kernels that nvcc compiled", () => {
    const folder = mkdtempSync(join(tmpdir(), "warplab-registers-"));
    const differences: number[] = [];
    try {
      for (const name of ["reduction", "scan", "network", "sorting", "matmul"]) {
        const path = new URL(`../../kernels/cuda/${name}.ptx`, import.meta.url);
        const module = parseModule(readFileSync(path, "utf8"));
        const run = spawnSync("ptxas", ["-v", `-arch=${module.target}`, path.pathname, "-o", join(folder, "out")], {
          encoding: "utf8",
        });
        for (const kernel of module.entries.keys()) {
          const used = /Used (\d+) registers/.exec(run.stderr.slice(run.stderr.indexOf(`'${kernel}'`)))?.[1];
          const estimate = registersOf(verifyEntry(module, kernel), limits, undefined, 128);
          differences.push(Math.abs(Number(used) - estimate.count));
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    differences.sort((a, b) => a - b);
    expect(differences.length).toBeGreaterThan(20);
    expect(differences[Math.floor(differences.length / 2)]).toBeLessThanOrEqual(5);
  });
});
