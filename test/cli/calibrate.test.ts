// `warplab calibrate`, run as a user runs it.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-calibrate-"));
const mine = join(folder, "mine");
const tables = join(folder, "tables");
mkdirSync(mine);
mkdirSync(tables);
const rows = ["vidur,H100-SXM,mlp,3424,8192,3072,fp16,215", "vidur,A100-SXM4-80GB,mlp,1024,4096,4096,fp16,155"];
writeFileSync(join(tables, "gemm.csv"), `source,gpu,op,M,N,K,dtype,measured_us\n${rows.join("\n")}\n`);
writeFileSync(join(tables, "other.csv"), "source,gpu,op,M,N,K,dtype,measured_us\nvidur,V100,mlp,1,1,1,fp16,9\n");

const measured = ["--gemv", "32768,16384=412", "--gemm", "8192,8192,8192=1700", "--precision", "fp16"];

describe("warplab calibrate", () => {
  it("prints the shares that it found beside those that were supposed, and errors before and after", async () => {
    const { stdout, status } = await warplab(["calibrate", "h100", ...measured, "--against", tables]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/DRAM bandwidth +[\d.]+ % +[\d.]+ % +Measured: gemv 32768 x 16384 FP16 in 412 us \(graph\)/);
    expect(stdout).toMatch(
      /FP16 peak +[\d.]+ % +[\d.]+ % +Measured: gemm 8192 x 8192 x 8192 FP16 in 1700 us \(graph\)/,
    );
    expect(stdout).toMatch(/gemm\.csv +mlp +fp16 +1 +[\d.]+ +[\d.]+/);
    expect(stdout).not.toContain("other.csv");
  });

  it("writes a device file that the other commands take", async () => {
    const out = join(mine, "h100-sxm.json");
    const { dram_share, math_share } = (await warplabJson(["calibrate", "h100", ...measured, "--out", out])) as {
      dram_share: number;
      math_share: number;
    };
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({
      key: "h100-sxm",
      sustained: { dram_share, math_share: { FP16: math_share } },
    });
    const asked = ["predict", "gemm", "--shape", "8192,8192,8192", "--precision", "fp16", "--device", "h100"];
    const { predicted_time_us } = (await warplabJson([...asked, "--hardware", mine])) as { predicted_time_us: number };
    expect(predicted_time_us).toBeCloseTo(1700, 1);
  });

  it.each([
    {
      words: ["--gemv", "32768,16384"],
      says: '--gemv: a measurement is extents, "=" and microseconds, got "32768,16384"',
    },
    { words: ["--gemm", "8192,8192=5"], says: "gemm.shape: gemm has 3 extents" },
    { words: ["--protocol", "sundial"], says: 'gemv.protocol: unknown protocol "sundial"' },
    { words: ["--against", mine], says: "no row of a .csv file in it is of H100 SXM" },
  ])("refuses $words", async ({ words, says }) => {
    const { status, stderr, stdout } = await warplab(["calibrate", "h100", ...measured, ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});
