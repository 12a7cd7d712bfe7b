// Rows that time attention: columns batch, isl (new tokens), step (cached ones), heads, kv_heads, head_dim, window. Knows what
// the authors of a table timed beside attention itself; knows no device.
import { bytesPerElement, type Precision } from "../../../core/precision.js";
import { type AttentionWork, attention, type Formats, type KernelWork } from "../../operator/index.js";
import { hasTensorMemory, type Planner, timeKernels } from "../../planner/index.js";
import type { NotCovered, Question } from "../question.js";
import {
  type Heading,
  isNotCovered,
  readExtent,
  readFramework,
  readHeading,
  readOptional,
  readPrecision,
  readProtocol,
  type TableRow,
} from "./cells.js";

/** `context`: new tokens see what was before them. `generation`: one token after `step`. `encoder`: every token sees every other. */
type Phase = "context" | "generation" | "encoder";

/** Reads a row that has heads and head_dim; undefined for others. */
export function readAttention(row: TableRow): Question | NotCovered | undefined {
  const [batch, tokens, heads, headDim] = ["batch", "isl", "heads", "head_dim"].map((name) => readExtent(row, name));
  if (batch === undefined || tokens === undefined || heads === undefined || headDim === undefined) return undefined;
  const heading = readHeading(row);
  if (isNotCovered(heading)) return heading;
  const protocol = readProtocol(row);
  if (isNotCovered(protocol)) return protocol;
  const formats = readFormatsOf(row, heading);
  if (isNotCovered(formats)) return formats;
  const phase = phaseOf(heading.op);
  const cached = readOptional(row, "step", 0, 0);
  if (isNotCovered(cached)) return cached;
  const window = readOptional(row, "window", 0, 0);
  if (isNotCovered(window)) return window;
  const kvHeads = readOptional(row, "kv_heads", 1, heads);
  if (isNotCovered(kvHeads)) return kvHeads;
  if (heads % kvHeads !== 0) return { reason: `${heads} heads do not share ${kvHeads} kv_heads evenly` };
  const causal = phase === "encoder" ? 0 : 1;
  const shape = [batch, heads, kvHeads, headDim, tokens, tokens + cached, causal, window, 1];
  const kernels = attention.kernels(shape, formats);
  const timed = isWholeModule(row) ? moduleAround(kernels[0] as AttentionWork, phase, row) : () => kernels;
  return {
    ...heading,
    work: attention.work(shape, formats),
    predict: (planner) => timeKernels(planner, timed(planner), protocol),
  };
}

function phaseOf(op: string): Phase {
  if (/generation|decode/i.test(op)) return "generation";
  return /encoder/i.test(op) ? "encoder" : "context";
}

// A `kv_dtype` beside `dtype` is that of the cache. TensorRT-LLM multiplies prompts in the format of the cache where that has 8 bits,
// whatever the rest of the model is in, and widens the cache when it generates.
function readFormatsOf(row: TableRow, heading: Heading): Formats | NotCovered {
  const math = readPrecision(heading);
  if (isNotCovered(math)) return math;
  const written = row["kv_dtype"];
  const weight = written === undefined || written === "" ? math : readPrecision({ dtype: written });
  if (isNotCovered(weight)) return weight;
  const narrow = isWholeModule(row) && phaseOf(heading.op) === "context" && weight === "FP8_E4M3";
  const input: Precision = narrow ? weight : math;
  return { math: input, input, weight, output: math };
}

/** aiconfigurator times TensorRT-LLM's whole attention module. */
function isWholeModule(row: TableRow): boolean {
  return row["source"] === "aiconfigurator" && readFramework(row).startsWith("trtllm");
}

// What the module does around attention (TensorRT-LLM's attention operator, by aiconfigurator's collector): Q, K and V get their rotary
// embedding in place, K and V go to the cache, and Q is narrowed where the product is. Prompts are preceded by two small kernels
// that find out where each sequence begins and reset counters; a step of generation by one, and by another where its blocks count
// who of them is last, as those made for datacenter Blackwell do.
function moduleAround(work: AttentionWork, phase: Phase, row: TableRow): (planner: Planner) => readonly KernelWork[] {
  const { batch, queries, heads, kvHeads, headDim, formats } = work;
  const tokens = batch * queries;
  const q = tokens * heads * headDim;
  const kv = 2 * tokens * kvHeads * headDim;
  const narrowed = formats.input === formats.output ? 0 : q * bytesPerElement[formats.input];
  const read = 2 * (q + kv);
  const written = 2 * (q + kv) + kv * bytesPerElement[formats.weight] + narrowed;
  const reset: KernelWork = { kind: "preparation", read: 0, written: 0, math: "BF16" };
  const count: KernelWork = { ...reset, kind: "stream", elements: batch, operationsPerElement: 1 };
  switch (phase) {
    case "context":
      return () => [reset, reset, { ...reset, read, written }, work];
    case "encoder":
      return () => [reset, reset, work];
    case "generation": {
      const rotation: KernelWork = {
        ...count,
        read,
        written,
        elements: q + kv,
        operationsPerElement: rotationInstructions,
      };
      const step = [count, rotation, { ...work, valuesInKeys: sharesValues(row) }];
      return ({ device }) => (hasTensorMemory(device) ? [count, ...step] : step);
    }
  }
}

/** Instructions for an element that is rotated: an angle's sine and cosine, two products, loads and stores. */
const rotationInstructions = 40;

// Until 1.3.0rc20 the collector gave TensorRT-LLM a cache of keys alone, so that keys and values were read from the same memory.
function sharesValues(row: TableRow): boolean {
  const [, major, minor, candidate] = /^trtllm-(\d+)\.(\d+)\.\d+(?:rc(\d+))?/.exec(readFramework(row)) ?? [];
  if (major === undefined) return false;
  const version = Number(major) * 1000 + Number(minor);
  return version < 1003 || (version === 1003 && candidate !== undefined && Number(candidate) < 20);
}
