// Cards of a device's host side: what they say, and what they leave to the tables below them.
import { describe, expect, it } from "vitest";
import { f32, u8 } from "../../src/core/dtype.js";
import { GPUCluster, VirtualGPU } from "../../src/gpu/host/index.js";
import { clusterCard, logCard, memoryCard, traceCard } from "../../src/view/index.js";

const textOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<\/(td|th|span|div|caption)>/g, " ")
    .replace(/<[^>]+>/g, "")
    .replace(/\s+/g, " ")
    .trim();

describe("the card", () => {
  const gpu = new VirtualGPU("h100", { memory: 1000 });
  const trace = gpu.recordTrace();
  gpu.array(f32, [1, 2, 3], { label: "weights" });
  gpu.malloc(100, { label: "scratch" }).free();

  it("of a memory tells what is in use, and every allocation", () => {
    const text = textOf(memoryCard(gpu.memory));
    expect(text).toContain("memory global memory allocations 1 freed 1");
    expect(text).toContain("in use 12 bytes peak 112 bytes capacity 1,000 bytes");
    expect(text).toMatch(/weights 0x700000000000 f32 3 12 host live .*scratch 0x\w+ u8 100 100 host freed/);
  });

  it("of a log counts, and shows the newest", () => {
    for (let i = 0; i < 30; i++) gpu.memset(gpu.malloc(1), 0);
    const text = textOf(logCard(gpu.log));
    expect(text).toContain("launches 0 transfers 31 divergences 0 blocks 0");
    expect(text).toContain("Transfers");
    expect(text).not.toContain("weights");
    expect(text).toContain("cuMemsetD8_v2");
  });

  it("of a cluster has a row a device", () => {
    const cluster = new GPUCluster(["h100", "h100"], { sms: 4 });
    cluster.setCurrent(1);
    cluster.getCurrent().zeros(u8, 7);
    const text = textOf(clusterCard(cluster));
    expect(text).toContain("cluster 2 devices device 1 is current");
    expect(text).toMatch(/0 H100 SXM 4 0 .* false 1 H100 SXM 4 7 .* true/);
  });

  it("of a trace counts calls by category", () => {
    const text = textOf(traceCard(trace));
    expect(text).toMatch(/trace H100 SXM \d+ driver calls, simulated memory \d+ transfer \d+/);
    expect(text).toContain("cuMemAlloc_v2");
  });
});
