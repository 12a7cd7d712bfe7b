// An inference as a card, and as what a cell shows of it.
import { describe, expect, it } from "vitest";
import { InferenceRun, infer } from "../../src/inference/index.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { inferenceCard } from "../../src/view/index.js";

const textOf = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("the card of an inference", () => {
  it("says of GPT-2 how fast it is, what it holds, and where the time goes", () => {
    const run = infer("gpt2", { device: "h100" });
    const words = textOf(inferenceCard(run));
    for (const part of [
      "inference gpt2 h100-sxm",
      "prompt 16 tokens",
      "parameters 124,439,808",
      "Not computed: GPT-2 is only timed",
      "tokens a second 10",
      "time to first token 9.",
      "time per output token 9.",
      "weights 237.4 MiB",
      "KV cache 1.23 MiB",
      "Stages stage ms share, % driver calls launches kernels, ms initialise",
      "Tokens name ms kernels, ms launches token 1",
    ])
      expect(words).toContain(part);
    expect(bundleOf(run)).toEqual({ "text/html": inferenceCard(run), "text/plain": run.toString() });
  });

  it("says of the MLP that it agrees with plain arithmetic, and where it does not", () => {
    const run = infer("mlp", { device: "h100", batch: 16, iterations: 2 });
    const words = textOf(inferenceCard(run));
    expect(words).toMatch(/5 launches were computed and agree with plain arithmetic: off by \S+ of the greatest value/);
    expect(words).toContain("Iterations name ms kernels, ms launches iteration 1");
    expect(words).not.toContain("time to first token");
    expect(words).not.toContain("KV cache");
    const wrong = Object.create(InferenceRun.prototype, {
      ...Object.getOwnPropertyDescriptors(run),
      computed: { value: { ...run.computed, agrees: false, relativeError: 0.5 } },
    }) as InferenceRun;
    expect(textOf(inferenceCard(wrong))).toContain("do not agree with plain arithmetic: off by 5.0e-1");
  });
});
