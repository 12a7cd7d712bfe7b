// Whose table a row comes from, where no column `source` says it: what was timed beside a kernel differs by author, and the words
// of some are theirs alone. Knows nothing of how any of them timed.
import type { TableRow } from "./cells.js";

/** Rows of a table, each with a source where one is known, and how many rows were given which. */
export interface Attributed {
  readonly rows: readonly TableRow[];
  readonly supposed: ReadonlyMap<string, number>;
}

/**
 * Gives a source to rows that state neither `source` nor `protocol`: that of their own words, else the one that the words of other
 * such rows of the table tell. Where none or several do, nothing is supposed.
 */
export function attributed(rows: readonly TableRow[]): Attributed {
  const open = rows.filter(isOpen);
  const told = new Set(open.map(authorOf).filter((author) => author !== undefined));
  const only = told.size === 1 ? [...told][0] : undefined;
  const supposed = new Map<string, number>();
  const attribute = (row: TableRow): TableRow => {
    const source = isOpen(row) ? (authorOf(row) ?? only) : undefined;
    if (source === undefined) return row;
    supposed.set(source, (supposed.get(source) ?? 0) + 1);
    return { ...row, source };
  };
  return { rows: told.size === 0 ? rows : rows.map(attribute), supposed };
}

function isOpen(row: TableRow): boolean {
  return (row["source"] ?? "") === "" && (row["protocol"] ?? "") === "";
}

interface Words {
  readonly author: string;
  /** All of these columns hold one of their words. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

const known: readonly Words[] = [
  { author: "aiconfigurator", words: { op: ["attn_context", "attn_generation", "attn_encoder"] } },
  { author: "aiconfigurator", words: { op: ["gemm"], dtype: ["fp8_block", "int8_sq", "int8_wo", "int4_wo"] } },
  {
    author: "vidur",
    words: {
      op: [
        ...["mlp_up_proj", "mlp_down_proj", "attn_pre_proj", "attn_post_proj", "attn_rope"],
        ...["mlp_act", "input_layernorm", "post_attention_layernorm"],
      ],
    },
  },
  { author: "neusight", words: { op: ["linear", "bmm", "addu", "mulu", "ln", "conv2d"], dtype: ["fp32"] } },
  { author: "TensorRT-demoBERT", words: { model: ["bert base", "bert large"] } },
  {
    author: "DeepLearningExamples/TensorFlow",
    words: { model: ["resnet50v1.5"], dtype: ["amp_fp16+xla", "tf32+xla"] },
  },
];

function authorOf(row: TableRow): string | undefined {
  const has = ([column, words]: [string, readonly string[]]) => words.includes((row[column] ?? "").toLowerCase());
  // Nobody else has the framework's release beside a kernel's time.
  if (/^(trtllm|vllm|sglang)-\d/.test(row["framework"] ?? "")) return "aiconfigurator";
  return known.find(({ words }) => Object.entries(words).every(has))?.author;
}
