import { describe, expect, it } from "vitest";
import { f32, i32, i64 } from "../../src/core/dtype.js";
import { VirtualGPU } from "../../src/gpu/host/index.js";
import { kernel } from "../../src/gpu/language/index.js";
import { device, devices } from "../../src/hardware/index.js";
import { arrayCard, deviceCard, devicesTable, gpuCard, kernelCard } from "../../src/view/result-cards.js";

const gpu = new VirtualGPU("a100");
const scale = kernel("scale", { n: i32, y: f32.ptr }, ({ n, y }, { threadIdx }) => {
  if (threadIdx.x < n) y[threadIdx.x] = y[threadIdx.x] * 2;
});

describe("a kernel", () => {
  it("shows its signature, and its source and PTX folded", () => {
    const html = kernelCard(scale);
    expect(html).toContain("<pre>scale(n: i32, y: f32.ptr)</pre>");
    expect(html).toMatch(/<details><summary>Source, [^<]+<\/summary><pre>[^<]*threadIdx\.x &lt; n/);
    expect(html).toMatch(/<details><summary>PTX, \d+ lines<\/summary><pre>[^<]*\.visible \.entry scale\(/);
    expect(html).toMatch(/\d+ PTX instructions/);
  });

  it("that came as PTX has no source to show", () => {
    const html = kernelCard(gpu.load(scale.ptx).kernel());
    expect(html).toMatch(/<pre>scale\(\.\w+ \w+, \.u64 \w+\)<\/pre>/);
    expect(html).not.toContain("Source,");
    expect(html).toContain("from PTX");
  });
});

describe("an array", () => {
  it("shows dtype, length, label and its first values", () => {
    const html = arrayCard(
      gpu.array(
        f32,
        Array.from({ length: 70 }, (_, i) => i / 4),
        { label: "a < b" },
      ),
    );
    expect(html).toContain("<strong>a &lt; b</strong>");
    expect(html).toContain("</span> 70</span>");
    expect(html).toMatch(/<pre>\[0, 0\.25, 0\.5, .*, 15\.75 … 6 more\]<\/pre>/);
  });

  it("of bigints, of nothing, and one that was freed", () => {
    expect(arrayCard(gpu.array(i64, [2n ** 60n], { label: "big" }))).toContain("<pre>[1152921504606846976]</pre>");
    expect(arrayCard(gpu.zeros(f32, 0))).not.toContain("<pre>");
    const gone = gpu.zeros(f32, 4, { label: "gone" });
    gone.free();
    expect(arrayCard(gone)).toContain("freed");
    expect(arrayCard(gone)).not.toContain("<pre>");
  });
});

describe("a GPU", () => {
  it("shows its arrays", () => {
    const own = new VirtualGPU("h100");
    expect(gpuCard(own)).not.toContain("<table>");
    own.zeros(f32, 4, { label: "weights" });
    expect(gpuCard(own)).toContain("<td>weights</td>");
  });
});

describe("a device", () => {
  it("shows each figure with its source, and what is unsure", () => {
    const html = deviceCard(device("a100"));
    expect(html).toMatch(
      /title="Source: https:[^"]+">HBM2e bandwidth<\/th><td class="value">1,935 GB\/s<\/td><td class="remark">https:/,
    );
    expect(html).toContain("unsure: 9.7 is the rate of the FP64 units");
  });

  it("stands in a line for each beside the others", () => {
    const html = devicesTable(devices());
    for (const { key } of devices()) expect(html).toContain(`<td>${key}</td>`);
  });
});
