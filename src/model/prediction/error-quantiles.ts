// Made by `npm run fit:intervals`; do not edit. The 10 % and 90 % quantiles of measured over predicted times in tables of
// measured latencies (aiconfigurator, Vidur, NeuSight, LLMCompass, DeepBench, mamf, NVIDIA's examples), by what answered, the kind of
// kernel and what binds it; every device weighs the same, and the quantiles are spread further until a device that was left out is
// covered by 80 % on average. The planner's constants were found on tables of the same sources.
import type { Spread } from "./interval.js";

export const errorQuantiles: Readonly<Record<string, Spread>> = {
  // 107314 rows of 11 devices.
  ideal: { low: 1.17, high: 16.9 },
  // 1903 rows of 3 devices.
  "ideal attention compute": { low: 1.95, high: 14.2 },
  // 6097 rows of 3 devices.
  "ideal attention memory": { low: 1.48, high: 424 },
  // 46977 rows of 11 devices.
  "ideal compute": { low: 1.16, high: 4.12 },
  // 5847 rows of 3 devices.
  "ideal convolution compute": { low: 0.859, high: 5.8 },
  // 153 rows of 3 devices.
  "ideal convolution memory": { low: 2.05, high: 24.3 },
  // 39077 rows of 10 devices.
  "ideal matmul compute": { low: 1.12, high: 4.07 },
  // 20472 rows of 9 devices.
  "ideal matmul memory": { low: 1.44, high: 25.7 },
  // 60337 rows of 11 devices.
  "ideal memory": { low: 1.15, high: 36.3 },
  // 150 rows of 7 devices.
  "ideal model compute": { low: 1.38, high: 3.63 },
  // 143 rows of 4 devices.
  "ideal model memory": { low: 1.91, high: 21.2 },
  // 8856 rows of 8 devices.
  "ideal rows memory": { low: 1.12, high: 16.3 },
  // 24616 rows of 8 devices.
  "ideal stream memory": { low: 1.02, high: 26.3 },
  // 107314 rows of 11 devices.
  planner: { low: 0.89, high: 1.25 },
  // 1972 rows of 3 devices.
  "planner attention compute": { low: 0.868, high: 1.17 },
  // 1251 rows of 3 devices.
  "planner attention memory": { low: 0.796, high: 1.35 },
  // 4777 rows of 3 devices.
  "planner attention overhead": { low: 0.819, high: 1.36 },
  // 54372 rows of 11 devices.
  "planner compute": { low: 0.88, high: 1.25 },
  // 4843 rows of 3 devices.
  "planner convolution compute": { low: 0.828, high: 1.38 },
  // 226 rows of 3 devices.
  "planner convolution memory": { low: 0.842, high: 1.35 },
  // 931 rows of 3 devices.
  "planner convolution overhead": { low: 0.604, high: 1.73 },
  // 41771 rows of 10 devices.
  "planner matmul compute": { low: 0.882, high: 1.26 },
  // 9274 rows of 9 devices.
  "planner matmul memory": { low: 0.8, high: 1.46 },
  // 8504 rows of 10 devices.
  "planner matmul overhead": { low: 0.887, high: 1.55 },
  // 25340 rows of 11 devices.
  "planner memory": { low: 0.901, high: 1.23 },
  // 169 rows of 8 devices.
  "planner model compute": { low: 0.897, high: 1.13 },
  // 60 rows of 3 devices.
  "planner model memory": { low: 0.883, high: 1.73 },
  // 64 rows of 3 devices.
  "planner model overhead": { low: 0.737, high: 1.52 },
  // 27602 rows of 11 devices.
  "planner overhead": { low: 0.84, high: 1.39 },
  // 5079 rows of 7 devices.
  "planner rows compute": { low: 0.859, high: 1.26 },
  // 2186 rows of 8 devices.
  "planner rows memory": { low: 0.87, high: 1.22 },
  // 1591 rows of 7 devices.
  "planner rows overhead": { low: 0.871, high: 1.27 },
  // 538 rows of 5 devices.
  "planner stream compute": { low: 0.796, high: 1.3 },
  // 12343 rows of 8 devices.
  "planner stream memory": { low: 0.948, high: 1.07 },
  // 11735 rows of 7 devices.
  "planner stream overhead": { low: 0.907, high: 1.27 },
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
