// Made by `npm run fit:intervals`; do not edit. The 10 % and 90 % quantiles of measured over predicted times in tables of
// measured latencies (aiconfigurator, Vidur, NeuSight, LLMCompass, DeepBench, mamf, NVIDIA's examples), by what answered, the kind of
// kernel and what binds it; every device weighs the same, and the quantiles are spread further until a device that was left out is
// covered by 80 % on average. The planner's constants were found on tables of the same sources.
import type { Spread } from "./interval.js";

export const errorQuantiles: Readonly<Record<string, Spread>> = {
  // 73597 rows of 10 devices.
  ideal: { low: 1.15, high: 9.61 },
  // 1903 rows of 3 devices.
  "ideal attention compute": { low: 1.95, high: 14.2 },
  // 6097 rows of 3 devices.
  "ideal attention memory": { low: 1.48, high: 424 },
  // 46868 rows of 10 devices.
  "ideal compute": { low: 1.14, high: 4.16 },
  // 5847 rows of 3 devices.
  "ideal convolution compute": { low: 0.859, high: 5.8 },
  // 153 rows of 3 devices.
  "ideal convolution memory": { low: 2.05, high: 24.3 },
  // 39077 rows of 10 devices.
  "ideal matmul compute": { low: 1.12, high: 4.07 },
  // 20472 rows of 9 devices.
  "ideal matmul memory": { low: 1.44, high: 25.7 },
  // 26729 rows of 10 devices.
  "ideal memory": { low: 1.45, high: 37.1 },
  // 73597 rows of 10 devices.
  planner: { low: 0.845, high: 1.49 },
  // 1894 rows of 3 devices.
  "planner attention compute": { low: 0.867, high: 1.17 },
  // 1265 rows of 3 devices.
  "planner attention memory": { low: 0.795, high: 1.46 },
  // 4841 rows of 3 devices.
  "planner attention overhead": { low: 0.805, high: 1.33 },
  // 47686 rows of 10 devices.
  "planner compute": { low: 0.854, high: 1.44 },
  // 5037 rows of 3 devices.
  "planner convolution compute": { low: 0.778, high: 1.42 },
  // 71 rows of 3 devices.
  "planner convolution memory": { low: 0.825, high: 1.35 },
  // 892 rows of 3 devices.
  "planner convolution overhead": { low: 0.624, high: 1.79 },
  // 40707 rows of 10 devices.
  "planner matmul compute": { low: 0.856, high: 1.44 },
  // 9721 rows of 8 devices.
  "planner matmul memory": { low: 0.837, high: 1.67 },
  // 9121 rows of 10 devices.
  "planner matmul overhead": { low: 0.767, high: 1.79 },
  // 11057 rows of 9 devices.
  "planner memory": { low: 0.839, high: 1.59 },
  // 14854 rows of 10 devices.
  "planner overhead": { low: 0.745, high: 1.75 },
  // 59548 rows of 10 devices.
  table: { low: 0.775, high: 4.8 },
  // 39076 rows of 10 devices.
  "table compute": { low: 0.801, high: 2.11 },
  // 39076 rows of 10 devices.
  "table matmul compute": { low: 0.801, high: 2.11 },
  // 20472 rows of 9 devices.
  "table matmul memory": { low: 0.742, high: 16.5 },
  // 20472 rows of 9 devices.
  "table memory": { low: 0.742, high: 16.5 },
};
