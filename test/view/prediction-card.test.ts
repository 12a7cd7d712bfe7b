// Predictions and their grounds as cards: what a reader is told, and the picture of tiles.
import { describe, expect, it } from "vitest";
import { explain, predict } from "../../src/model/index.js";
import { explanationCard, predictionCard } from "../../src/view/prediction-card.js";
import { tilePicture, tilesInWords } from "../../src/view/tile-picture.js";

const gemm = { kernel: "gemm", shape: [4096, 4096, 4096], precision: "FP16", device: "a100" } as const;

describe("the card of a prediction", () => {
  it("says the time, what binds it, and where it stands on the roofline", () => {
    const html = predictionCard(
      predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP16", device: "gb10", mode: "ideal" }),
    );
    expect(html).toContain("memory-bound, by DRAM");
    expect(html).toMatch(/below the ridge point, \d+/);
    expect(html).toContain("gemv 4096 x 4096 FP16");
    expect(html).not.toContain("fixed costs");
  });

  it("shows what a planned time goes into, each resource as a bar", () => {
    const html = predictionCard(predict({ ...gemm, mode: "planner" }));
    for (const name of ["arithmetic", "DRAM", "launch", "fixed costs"]) {
      expect(html).toMatch(new RegExp(`<th scope="row" title="[^"]*">${name}</th>.*?class="bar"`));
    }
    expect(html).toContain("timed by graph");
    expect(html).toMatch(/\d of L2; \d+(\.\d+)? of L1/);
  });
});

it("shows a copy, which has no operations", () => {
  const html = predictionCard(predict({ kernel: "copy", shape: [4096], precision: "FP16", device: "a100" }));
  expect(html).not.toContain("NaN");
  expect(html).not.toContain("ceiling");
});

describe("why it is this tile", () => {
  it("lists the cheapest ways with what each costs, the one that is taken first", () => {
    const html = explanationCard(explain(gemm));
    expect(html).toMatch(/matmul: \d+ ways were priced, the 8 cheapest; times in us/);
    expect(html.match(/>taken</g)?.length).toBeGreaterThanOrEqual(1);
    expect(html).toContain("<svg");
  });

  it("has no picture for what is no product of matrices", () => {
    const attention = { batch: 1, heads: 8, kv_heads: 8, head_dim: 64, q_len: 128, kv_len: 128 };
    const html = explanationCard(explain({ kernel: "attention", shape: attention, precision: "FP16", device: "a100" }));
    expect(html).toContain("attention:");
    expect(html).not.toContain("<svg");
  });
});

describe("the picture of tiles", () => {
  const plan = { m: 300, n: 512, tile: [128, 128], split: 1, batch: 1, sms: 8 } as const;

  it("says how many tiles and waves there are, and how full the last wave is", () => {
    // 3 x 4 tiles on 8 SMs: 8 and 4. They cover 384 x 512 of 300 x 512.
    expect(tilesInWords(plan)).toBe(
      "3 x 4 tiles of 128 x 128. 2 waves; the last one keeps 4 of 8 SMs busy (50 %). They cover 28 % more than the matrix has.",
    );
    expect(tilesInWords({ ...plan, m: 256, split: 2, sms: 108 })).toBe(
      "2 x 4 tiles of 128 x 128, each by 2 blocks with a part of K. All run at once, on 16 of 108 SMs.",
    );
  });

  it("draws neighbours of one wave together, and each wave in its tone", () => {
    const rects = [...tilePicture(plan).matchAll(/<rect [^>]*fill-opacity="0\.[35]"/g)];
    // Two rows of the first wave, one of the second.
    expect(rects).toHaveLength(3);
  });

  it("stays small for a million tiles", () => {
    expect(tilePicture({ ...plan, m: 131072, n: 131072, sms: 132 }).length).toBeLessThan(2000);
  });
});
