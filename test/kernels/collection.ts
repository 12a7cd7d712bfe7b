// All kernels of the collection.
import { bits } from "./bits.js";
import { blocks } from "./blocks.js";
import { calls } from "./calls.js";
import { chance } from "./chance.js";
import { copies } from "./copies.js";
import { faults } from "./faults.js";
import { flow } from "./flow.js";
import { formats } from "./formats.js";
import { graphs } from "./graphs.js";
import { grids } from "./grids.js";
import { histogram } from "./histogram.js";
import type { KernelCase } from "./kernel-case.js";
import { language } from "./language.js";
import { languageReach } from "./language-reach.js";
import { matmul } from "./matmul.js";
import { memory } from "./memory.js";
import { network } from "./network.js";
import { numbers } from "./numbers.js";
import { reduction } from "./reduction.js";
import { runtime } from "./runtime.js";
import { scan } from "./scan.js";
import { sorting } from "./sorting.js";
import { tensors } from "./tensors.js";
import { textures } from "./textures.js";
import { vectors } from "./vectors.js";
import { video } from "./video.js";

export const collection: readonly KernelCase[] = [
  ...vectors,
  ...reduction,
  ...scan,
  ...histogram,
  ...matmul,
  ...grids,
  ...network,
  ...sorting,
  ...numbers,
  ...chance,
  ...bits,
  ...graphs,
  ...formats,
  ...flow,
  ...memory,
  ...tensors,
  ...copies,
  ...video,
  ...textures,
  ...faults,
  ...blocks,
  ...calls,
  ...runtime,
  ...language,
  ...languageReach,
];
