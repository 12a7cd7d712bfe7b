// `warplab accuracy`, run as a user runs it.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-accuracy-"));
writeFileSync(
  join(folder, "gemm.csv"),
  "source,gpu,op,M,N,K,dtype,measured_us\nvidur,A100-SXM4-80GB,mlp,1024,4096,4096,fp16,155\nvidur,A100-SXM4-80GB,add,,,,fp16,9\n",
);

describe("warplab accuracy", () => {
  it("prints errors by table, GPU, operator and dtype, and what it did not predict", async () => {
    const { stdout, status } = await warplab(["accuracy", folder]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 of 2 rows: realistic [\d.]+ % off on average, ideal [\d.]+ %\n/);
    expect(stdout).toMatch(/gemm\.csv +A100-SXM4-80GB +mlp +fp16 +1 +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+\n/);
    expect(stdout).toMatch(/gemm\.csv +1 +operator add is not predicted yet/);
  });

  it("prints one JSON document", async () => {
    expect(await warplabJson(["accuracy", folder])).toMatchObject({
      groups: [{ file: "gemm.csv", gpu: "A100-SXM4-80GB", op: "mlp", dtype: "fp16", rows: 1 }],
      skipped: [{ file: "gemm.csv", rows: 1 }],
      summary: { rows: 2, used: 1, used_pct: 50 },
    });
  });

  it.each([
    { dir: join(folder, "nowhere"), says: "there is no such file or folder" },
    { dir: mkdtempSync(join(tmpdir(), "warplab-empty-")), says: "there is no .csv file in it" },
  ])("says of a folder: $says", async ({ dir, says }) => {
    const { status, stderr, stdout } = await warplab(["accuracy", dir]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});
