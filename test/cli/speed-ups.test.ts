// What `--what-if` and `--from` say.
import { describe, expect, it } from "vitest";
import { nanosecondsOf } from "../../src/cli/option-values.js";
import { speedUpsOf } from "../../src/cli/speed-ups.js";

describe("what-ifs", () => {
  it.each([
    [["copies=2"], { copies: 2 }],
    [["copies=2", "launches=0.5", "host=1e1"], { copies: 2, launches: 0.5, host: 10 }],
    [["kernels=3"], { kernels: 3 }],
    [["kernels:*gemm*=1.5", "kernels:f<a=b>=4"], { kernels: { "*gemm*": 1.5, "f<a=b>": 4 } }],
  ])("%j", (texts, speedUps) => {
    expect(speedUpsOf(texts)).toEqual(speedUps);
  });

  it("let a kernel's own name count before all kernels", () => {
    const { kernels } = speedUpsOf(["kernels=3", "kernels:gemm=2"]);
    expect(Object.entries(kernels as object)).toEqual([
      ["gemm", 2],
      ["*", 3],
    ]);
  });

  it.each(["copies", "copies=", "copies=fast", "kernel:gemm=2", "=2", ""])(
    "%j is refused with what there is",
    (text) => {
      expect(() => speedUpsOf([text])).toThrow(
        `--what-if: "${text}" says of no part how many times as fast it is\n` +
          'Write copies=2 or "kernels:*gemm*=1.5"; there are copies, kernels, launches or host.',
      );
    },
  );
});

describe("times", () => {
  it.each([
    ["250us", 250_000],
    ["1.5 ms", 1_500_000],
    ["2s", 2e9],
    ["7ns", 7],
    ["12", 12],
    ["3\u00b5s", 3000],
  ])("%s", (text, nanoseconds) => {
    expect(nanosecondsOf(text, "--from")).toBe(nanoseconds);
  });

  it.each(["", "ms", "-1ms", "1.5m", "1e3"])("%j is none", (text) => {
    expect(() => nanosecondsOf(text, "--from")).toThrow(`--from: "${text}" is no time\nWrite 250us, 1.5ms or 2s.`);
  });
});
