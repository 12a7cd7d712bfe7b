// What one kernel on a device does: an operator is done by one of them or several, one after another. Described without a
// device, so that every device can be asked what it would take.
import type { Precision } from "../../core/precision.js";
import type { Formats } from "./formats.js";

export type KernelWork =
  | MatmulWork
  | ConversionWork
  | PreparationWork
  | StreamWork
  | RowsWork
  | GatherWork
  | AttentionWork
  | ConvolutionWork
  | CollectiveWork;

/** `batch` products C[m, n] = A[m, k] B[k, n]; A is the input, B the weight, C the output. */
export interface MatmulWork {
  readonly kind: "matmul";
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly formats: Formats;
  /** `scalar`: kept off tensor cores, as by libraries that have no kernel there for this layout. */
  readonly pipe?: "scalar";
  /** Elements of K that share a scale, where the operands have scales by blocks. */
  readonly scaleBlock?: number;
}

/** Rows that are converted to a narrower format in software, each by a block of its own. */
export interface ConversionWork {
  readonly kind: "conversion";
  readonly rows: number;
  readonly columns: number;
  readonly from: Precision;
  readonly to: Precision;
}

/** A small kernel that prepares a larger one in a pass over memory: activations into a narrow format, keys into their cache. */
export interface PreparationWork {
  readonly kind: "preparation";
  /** Bytes. */
  readonly read: number;
  /** Bytes. */
  readonly written: number;
  readonly math: Precision;
}

/** One pass over memory in which every element is by itself: arithmetic by element, copies. */
export interface StreamWork {
  readonly kind: "stream";
  /** Bytes. */
  readonly read: number;
  /** Bytes. */
  readonly written: number;
  readonly elements: number;
  /** Instructions that a thread issues for an element, its loads, stores and addresses among them. */
  readonly operationsPerElement: number;
  readonly math: Precision;
  /** Of the bytes that are read, those that have just been in use, so that L2 still has what it could hold of them; 0 unless given. */
  readonly warm?: number;
}

/** Rows that are worked on by a block of threads each, which goes through its row once or several times and reduces it between. */
export interface RowsWork {
  readonly kind: "rows";
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a row. */
  readonly rowRead: number;
  /** Bytes of a row. */
  readonly rowWritten: number;
  /** How often the row is read: from L2 after the first time, while all rows that are being worked on fit there. */
  readonly passes: number;
  /** Threads of a block, which are those of a row. */
  readonly threads: number;
  /** Elements that a thread loads at once. */
  readonly vector: number;
  /** Instructions that each thread issues for a row whatever its length: reductions, mostly. */
  readonly operationsPerThread: number;
  /** Instructions for an element, all passes together. */
  readonly operationsPerElement: number;
  readonly math: Precision;
  /** As `StreamWork` has it. */
  readonly warm?: number;
}

/** Rows of a table, taken by index and written one after another. */
export interface GatherWork {
  readonly kind: "gather";
  /** Rows that are taken. */
  readonly rows: number;
  /** Rows of the table; which of them are taken is as by lot. */
  readonly tableRows: number;
  /** Bytes. */
  readonly rowBytes: number;
  /** Bytes of one index. */
  readonly indexBytes: number;
  readonly math: Precision;
}

/**
 * Attention that keeps its scores on chip. Q is the input; K and V, from a cache or fresh, are the weight; O is the output.
 */
export interface AttentionWork {
  readonly kind: "attention";
  /** Sequences. */
  readonly batch: number;
  /** Heads of Q. */
  readonly heads: number;
  /** Heads of K and V. */
  readonly kvHeads: number;
  /** Elements of one head. */
  readonly headDim: number;
  /** Queries of one sequence. */
  readonly queries: number;
  /** Keys of one sequence, those of the queries included; the queries are the last of them. */
  readonly keys: number;
  /** A query sees no key behind its own. */
  readonly causal: boolean;
  /** Positions that a query sees, its own included; 0 for all. */
  readonly window: number;
  /** V lies in the memory of K, as in attention to a latent vector. */
  readonly valuesInKeys: boolean;
  /** Queries that one block takes, where a library's kernels fix it; what suits the device unless given. */
  readonly queryTile?: number;
  readonly formats: Formats;
}

/** A convolution over height and width, weights applied to windows of the input. Extents in elements. */
export interface ConvolutionWork {
  readonly kind: "convolution";
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Of the input, without its padding. */
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** The greater of rows' and columns'. */
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  /** Bytes that are read to be added to the result before it is written; none unless given. */
  readonly added?: number;
  readonly formats: Formats;
}

/** An exchange between devices that are alike. */
export interface CollectiveWork {
  readonly kind: "collective";
  readonly collective: "all_reduce" | "all_gather" | "reduce_scatter" | "send_recv";
  /** Of the whole tensor. */
  readonly bytes: number;
  /** Those that take part. */
  readonly devices: number;
  /** `peer`: the links between devices, all of one together. `pcie`: that to the host. */
  readonly link: "peer" | "pcie";
}
