// Convolutions: their work by hand, and what the planner says of the ways to compute them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { device, devices, loadDevice } from "../../src/hardware/index.js";
import {
  accuracy,
  type ConvolutionWork,
  conv2d,
  convolutionSizes,
  operator,
  predict,
  readShape,
  uniform,
} from "../../src/model/index.js";
import { isPlannable, limitOf, plannerOf } from "../../src/model/planner/index.js";

const square = { batch: 8, in_channels: 64, out_channels: 64, height: 56, width: 56, kernel_h: 3, padding: 1 };

describe("the work of a convolution", () => {
  it("is a multiply-add for every output, input channel and element of the window", () => {
    // 2 images of 3 x 5 x 4 with 7 filters of 3 x 3 and no padding: 2 x 7 x 3 x 2 outputs of 27 multiply-adds.
    const shape = readShape(conv2d, { batch: 2, in_channels: 3, out_channels: 7, height: 5, width: 4, kernel_h: 3 });
    expect(conv2d.work(shape, uniform("FP16"))).toEqual({
      flop: { FP16: 2 * 84 * 27 },
      units: "matrix",
      bytes: { dram: 2 * (2 * 3 * 5 * 4 + 7 * 27 + 84) },
    });
  });

  it("of the first layer of ResNet-50 is 118,013,952 multiply-adds an image", () => {
    const shape = {
      batch: 1,
      in_channels: 3,
      out_channels: 64,
      height: 224,
      width: 224,
      kernel_h: 7,
      stride: 2,
      padding: 3,
    };
    // 112 x 112 x 64 outputs of 7 x 7 x 3.
    expect(conv2d.work(readShape(conv2d, shape), uniform("FP32")).flop.FP32).toBe(2 * 118_013_952);
  });

  it("of a 1 x 1 window is that of a product of matrices", () => {
    const size = fc.integer({ min: 1, max: 512 });
    fc.assert(
      fc.property(size, size, size, (pixels, from, to) => {
        const shape = readShape(conv2d, {
          batch: 1,
          in_channels: from,
          out_channels: to,
          height: pixels,
          width: 1,
          kernel_h: 1,
        });
        expect(conv2d.work(shape, uniform("FP16"))).toEqual(operator("gemm").work([pixels, to, from], uniform("FP16")));
      }),
    );
  });

  it("falls in proportion to the groups, but for what is read and written", () => {
    const grouped = conv2d.work(readShape(conv2d, { ...square, groups: 4 }), uniform("FP32"));
    const whole = conv2d.work(readShape(conv2d, square), uniform("FP32"));
    expect(grouped.flop.FP32).toBe((whole.flop.FP32 as number) / 4);
    expect(whole.bytes.dram - grouped.bytes.dram).toBe(4 * 64 * 64 * 9 * (3 / 4));
  });

  it.each([
    [
      { ...square, groups: 3 },
      "shape: 64 and 64 channels cannot be parted into 3 groups\nBoth in_channels and out_channels must be multiples of groups.",
    ],
    [
      { ...square, height: 2, padding: 0 },
      "shape: the window is larger than the padded input\n" +
        "A window spans dilation x (kernel - 1) + 1 elements; the input has height or width, and twice the padding.",
    ],
    [{ ...square, stride: 0 }, "stride must be a whole number of at least 1, got 0"],
    [{ ...square, padding: -1 }, "padding must be a whole number of at least 0, got -1"],
  ])("of %j is refused", (shape, message) => {
    expect(() => readShape(conv2d, shape)).toThrow(InputError);
    expect(() => readShape(conv2d, shape)).toThrow(message);
  });
});

describe("the plan of a convolution", () => {
  const plan = (shape: object, precision: "FP32" | "FP16", key = "v100-pcie-32gb") =>
    plannerOf(device(key)).plan(conv2d.kernels(readShape(conv2d, { ...square, ...shape }), uniform(precision))[0]);
  const algorithms = (...asked: Parameters<typeof plan>) =>
    plan(...asked)
      .candidates?.()
      .map(({ choice }) => choice["algorithm"]);

  it("is Winograd's only for 3 x 3 windows that touch, in FP32", () => {
    const all = ["Winograd F(4x4, 3x3) in passes", "fused Winograd F(2x2, 3x3)", "implicit GEMM"];
    expect(algorithms({}, "FP32")?.sort()).toEqual(all);
    for (const other of [{ stride: 2 }, { kernel_h: 1 }, { kernel_h: 5 }, { dilation: 2 }, { groups: 2 }]) {
      expect(algorithms(other, "FP32")).toEqual(["implicit GEMM"]);
    }
    expect(algorithms({}, "FP16")).toEqual(["implicit GEMM"]);
  });

  // What cuDNN chose where it measured on a V100 (NeuSight's table), batch x channels -> channels, pixels.
  it.each([
    [{ batch: 54, in_channels: 183, out_channels: 123, height: 48, width: 48 }, "fused Winograd F(2x2, 3x3)"],
    [{ batch: 60, in_channels: 512, out_channels: 512, height: 28, width: 28 }, "Winograd F(4x4, 3x3) in passes"],
    [{ batch: 35, in_channels: 6, out_channels: 794, height: 5, width: 5 }, "implicit GEMM"],
  ])("of %j is %s", (shape, algorithm) => {
    expect(algorithms(shape, "FP32")?.[0]).toBe(algorithm);
    expect(plan(shape, "FP32").inWords()).toContain(`Planned by ${algorithm}.`);
  });

  it("is the cheapest of its candidates, and its time is what its resources make", () => {
    const size = fc.integer({ min: 1, max: 512 });
    const shapes = fc.record({
      batch: fc.integer({ min: 1, max: 64 }),
      in_channels: size,
      out_channels: size,
      height: fc.integer({ min: 3, max: 128 }),
      width: fc.integer({ min: 3, max: 128 }),
    });
    const keys = fc.constantFrom(...devices().filter((spec) => isPlannable(spec) && spec.peak.FP32 !== undefined));
    fc.assert(
      fc.property(keys, shapes, (spec, shape) => {
        const planned = plan(shape, "FP32", spec.key);
        const times = planned.candidates?.().map(({ time }) => time) ?? [];
        expect(planned.time).toBe(Math.min(...times));
        expect(planned.combine(planned.resources)).toBeCloseTo(planned.time, 12);
        // More of the same for every output takes no less.
        expect(plan({ ...shape, in_channels: shape.in_channels * 2 }, "FP32", spec.key).time).toBeGreaterThanOrEqual(
          planned.time * (1 - 1e-9),
        );
        // No more than Winograd saves.
        const { predicted_time_us } = predict({
          kernel: "conv2d",
          shape: { ...square, ...shape },
          precision: "FP32",
          device: spec,
          mode: "ideal",
        });
        expect(planned.time * 1e6).toBeGreaterThan(predicted_time_us / 4);
      }),
    );
  });

  it.each([
    [{ batch: 1, in_channels: 1, out_channels: 8, height: 8, width: 8 }, "overhead"],
    [{ batch: 64, in_channels: 512, out_channels: 512 }, "compute"],
    [{ batch: 64, in_channels: 512, out_channels: 512, groups: 512 }, "memory"],
  ])("of %j is bound by %s", (shape, bottleneck) => {
    expect(limitOf([plan(shape, "FP32", "h100")]).bottleneck).toBe(bottleneck);
  });
});

describe("a device of which only the least is known", () => {
  it("is planned for, by its units for 16 bits without a look at others", () => {
    const bare = loadDevice({
      key: "bare",
      name: "Bare",
      vendor: "NVIDIA",
      kind: "gpu",
      architecture: "Own",
      aliases: [],
      sms: 40,
      peak_tflops: { FP16: 65 },
      dram: { type: "GDDR6", bandwidth_gb_s: 320, capacity_gb: 16 },
      sources: {},
      unsure: [],
    });
    const [kernel] = conv2d.kernels(readShape(conv2d, square), uniform("FP16"));
    const { flop } = convolutionSizes(kernel as ConvolutionWork);
    const { time } = plannerOf(bare).plan(kernel);
    expect(time).toBeGreaterThan(flop / 65e12);
    expect(time).toBeLessThan(10 * (flop / 65e12));
  });
});

describe("a table of convolutions", () => {
  const heading = "source,gpu,op,batch,in_ch,out_ch,kernel,in_size,stride,padding,dtype,measured_us";
  const rows = (...lines: string[]) => accuracy([{ name: "conv.csv", text: [heading, ...lines].join("\n") }]);

  it("is read by its columns", () => {
    const { groups, skipped } = rows("neusight,v100,conv2d,33,119,119,3,15,1,1,fp32,400");
    expect(skipped).toEqual([]);
    expect(groups).toMatchObject([{ op: "conv2d", dtype: "fp32", rows: 1 }]);
  });

  it("counts what it cannot use by reason", () => {
    const { skipped } = rows(
      "neusight,v100,conv2d,0,119,119,3,15,1,1,fp32,400",
      "neusight,v100,conv2d,1,119,119,3,1,1,0,fp32,400",
      "neusight,v100,conv2d,1,119,119,3,15,1,1,fp3,400",
      "neusight,v100,conv2d,1,119,119,3,15,0,1,fp32,400",
      "neusight,v100,conv2d,1,119,119,3,15,1,same,fp32,400",
    );
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'batch is "0"',
      "shape: the window is larger than the padded input",
      "dtype fp3 is not predicted yet",
      'stride is "0"',
      'padding is "same"',
    ]);
  });

  it("that was timed eagerly has the host's work on a convolution in it", () => {
    const shape = "v100,conv2d,33,119,119,3,15,1,1,fp32";
    const error = (source: string) => rows(`${source},${shape},1`).groups[0].mean_error_pct;
    // Measured 1 us: the error in percent is the prediction in us, times 100, less 100.
    expect((error("neusight") - error("other")) / 100).toBeGreaterThan(135);
  });
});
