// Exports of Nsight Systems as its versions write them, made as real SQLite files: the tables and columns of NVIDIA's reference of the
// schema, with rows of ours. Knows nothing of what is read of them.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";

export type Value = number | bigint | string | null;
/** Rows by table; each by column. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>>;

/** A process and thread as the file has them: hardware 1, virtual machine 0, then 24 bits each. More than a double holds. */
export const globalId = (pid: number, tid = 0): bigint => (1n << 56n) | (BigInt(pid) << 24n) | BigInt(tid);

export interface FileChoice {
  /** What is run before the tables are made: `PRAGMA encoding = 'UTF-16'`. */
  readonly before?: string;
  /** Whether each table has a last column that says how it is stored: one with a default, one that is worked out, or a key. */
  readonly last?: string;
}

/** A file with these tables, made as their first row says; a column of numbers where it has a number. */
export function nsightFile(rows: Rows, { before = "", last }: FileChoice = {}): string {
  const path = join(mkdtempSync(join(tmpdir(), "warplab-nsight-")), "trace.sqlite");
  const database = new sqlite.Database(path);
  database.exec(`${before}; PRAGMA synchronous = OFF; BEGIN`);
  for (const [table, own] of Object.entries(rows)) {
    const columns = Object.keys(own[0]);
    const types = columns.map(
      (column) => `"${column}" ${own.every((row) => typeof row[column] === "string") ? "TEXT" : "INTEGER"}`,
    );
    database.exec(`CREATE TABLE ${table} (${[...types, ...(last === undefined ? [] : [last])].join(", ")})`);
    for (const row of own) {
      const given = columns.map((column) => row[column] ?? null);
      const into = columns.map((column) => `"${column}"`).join(", ");
      database.run(`INSERT INTO ${table} (${into}) VALUES (${columns.map(() => "?").join(", ")})`, given);
    }
  }
  database.exec("COMMIT");
  database.close();
  return path;
}

const strings = [
  "cudaLaunchKernel_v7000",
  "void gemm<float, 128>(float*, int)",
  "gemm",
  "_Z4gemmIfLi128EEvPfi",
  "cudaMemcpyAsync_v3020",
  "cudaStreamSynchronize_v3020",
  "cuMemAlloc_v2",
  "python",
  "pt_main_thread",
  "poll",
  "forward",
  "cublasSgemm_v2",
  "Layers",
];
/** The number of a text in StringIds, from 1. */
export const id = (text: string): number => {
  const index = strings.indexOf(text);
  if (index < 0) throw new Error(`${text} is not in StringIds`);
  return index + 1;
};
export const stringIds = strings.map((value, index) => ({ id: index + 1, value }));

const launch = { deviceId: 0, contextId: 1, streamId: 7, globalPid: globalId(4242) };
const main = globalId(4242, 4242);

/** As version 2024.5 writes it. */
export const modern: Rows = {
  StringIds: stringIds,
  CUPTI_ACTIVITY_KIND_RUNTIME: [
    {
      start: 1000,
      end: 1400,
      eventClass: 0,
      globalTid: main,
      correlationId: 11,
      nameId: id("cudaLaunchKernel_v7000"),
      returnValue: 0,
      callchainId: null,
    },
    {
      start: 1500,
      end: 1800,
      eventClass: 0,
      globalTid: main,
      correlationId: 12,
      nameId: id("cudaLaunchKernel_v7000"),
      returnValue: 0,
      callchainId: null,
    },
    {
      start: 2000,
      end: 2600,
      eventClass: 0,
      globalTid: main,
      correlationId: 13,
      nameId: id("cudaMemcpyAsync_v3020"),
      returnValue: 0,
      callchainId: null,
    },
    {
      start: 3000,
      end: 9000,
      eventClass: 0,
      globalTid: main,
      correlationId: 14,
      nameId: id("cudaStreamSynchronize_v3020"),
      returnValue: 0,
      callchainId: null,
    },
    {
      start: 100,
      end: 300,
      eventClass: 1,
      globalTid: globalId(4242, 4250),
      correlationId: 10,
      nameId: id("cuMemAlloc_v2"),
      returnValue: 2,
      callchainId: null,
    },
  ],
  CUPTI_ACTIVITY_KIND_KERNEL: [
    {
      start: 2000,
      end: 6000,
      ...launch,
      greenContextId: null,
      correlationId: 11,
      demangledName: id("void gemm<float, 128>(float*, int)"),
      shortName: id("gemm"),
      mangledName: id("_Z4gemmIfLi128EEvPfi"),
      registersPerThread: 32,
      gridX: 8,
      gridY: 2,
      gridZ: 1,
      blockX: 128,
      blockY: 1,
      blockZ: 1,
      staticSharedMemory: 1024,
      dynamicSharedMemory: 0,
      graphNodeId: null,
    },
    {
      start: 5000,
      end: 8000,
      ...launch,
      greenContextId: null,
      correlationId: 12,
      demangledName: id("gemm"),
      shortName: id("gemm"),
      mangledName: null,
      registersPerThread: 32,
      gridX: 8,
      gridY: 2,
      gridZ: 1,
      blockX: 128,
      blockY: 1,
      blockZ: 1,
      staticSharedMemory: 1024,
      dynamicSharedMemory: 0,
      graphNodeId: 9_007_199_254_740_993n,
    },
  ],
  CUPTI_ACTIVITY_KIND_MEMCPY: [
    {
      start: 3000,
      end: 3500,
      ...launch,
      streamId: 13,
      correlationId: 13,
      bytes: 4096,
      copyKind: 1,
      srcKind: 1,
      dstKind: 2,
    },
  ],
  CUPTI_ACTIVITY_KIND_MEMSET: [{ start: 400, end: 450, ...launch, correlationId: 0, value: 0, bytes: 256, memKind: 2 }],
  CUPTI_ACTIVITY_KIND_SYNCHRONIZATION: [
    { start: 3100, end: 8900, ...launch, correlationId: 14, syncType: 3, eventId: 0 },
    { start: 9000, end: 9100, ...launch, streamId: 4_294_967_295, correlationId: 15, syncType: 4, eventId: 0 },
  ],
  CUPTI_ACTIVITY_KIND_GRAPH_TRACE: [
    { start: 20_000, end: 26_000, ...launch, correlationId: 20, graphId: 3, graphExecId: 4 },
  ],
  CUDA_GPU_MEMORY_USAGE_EVENTS: [
    {
      start: 250,
      globalPid: globalId(4242),
      deviceId: 0,
      contextId: 1,
      address: 140_000_000_000_000,
      pc: 1,
      bytes: 1000,
      memKind: 2,
      memoryOperationType: 0,
      name: null,
      correlationId: 10,
      streamId: null,
    },
    {
      start: 30_000,
      globalPid: globalId(4242),
      deviceId: 0,
      contextId: 1,
      address: 140_000_000_000_000,
      pc: 1,
      bytes: 1000,
      memKind: 2,
      memoryOperationType: 1,
      name: null,
      correlationId: 30,
      streamId: null,
    },
    {
      start: 260,
      globalPid: globalId(4242),
      deviceId: 0,
      contextId: 1,
      address: 150_000_000_000_000,
      pc: 1,
      bytes: 64,
      memKind: 1,
      memoryOperationType: 0,
      name: null,
      correlationId: 31,
      streamId: null,
    },
  ],
  NVTX_EVENTS: [
    {
      start: 900,
      end: 9500,
      eventType: 59,
      rangeId: null,
      category: null,
      color: 1,
      text: "iteration 0",
      globalTid: main,
      endGlobalTid: null,
      textId: null,
      domainId: 0,
      uint64Value: null,
      jsonText: null,
    },
    {
      start: 950,
      end: 1900,
      eventType: 59,
      rangeId: null,
      category: null,
      color: 1,
      text: null,
      globalTid: main,
      endGlobalTid: null,
      textId: id("forward"),
      domainId: 1,
      uint64Value: 5,
      jsonText: null,
    },
    {
      start: 0,
      end: null,
      eventType: 75,
      rangeId: null,
      category: null,
      color: null,
      text: null,
      globalTid: main,
      endGlobalTid: null,
      textId: id("Layers"),
      domainId: 1,
      uint64Value: null,
      jsonText: null,
    },
    {
      start: 1000,
      end: 12_000,
      eventType: 60,
      rangeId: 1,
      category: null,
      color: null,
      text: "epoch",
      globalTid: main,
      endGlobalTid: globalId(4242, 4250),
      textId: null,
      domainId: 0,
      uint64Value: null,
      jsonText: null,
    },
    {
      start: 5000,
      end: 15_000,
      eventType: 60,
      rangeId: 2,
      category: null,
      color: null,
      text: "save",
      globalTid: main,
      endGlobalTid: main,
      textId: null,
      domainId: 0,
      uint64Value: null,
      jsonText: null,
    },
    {
      start: 7000,
      end: null,
      eventType: 34,
      rangeId: null,
      category: null,
      color: null,
      text: "loss",
      globalTid: main,
      endGlobalTid: null,
      textId: null,
      domainId: 0,
      uint64Value: null,
      jsonText: '{"value":1.5}',
    },
    {
      start: 16_000,
      end: null,
      eventType: 59,
      rangeId: null,
      category: null,
      color: null,
      text: "open",
      globalTid: main,
      endGlobalTid: null,
      textId: null,
      domainId: 0,
      uint64Value: null,
      jsonText: null,
    },
  ],
  OSRT_API: [
    {
      start: 10_000,
      end: 11_000,
      eventClass: 27,
      globalTid: globalId(4242, 4250),
      correlationId: null,
      nameId: id("poll"),
      returnValue: 1,
      nestingLevel: 0,
      callchainId: 0,
    },
  ],
  CUBLAS_EVENTS: [{ start: 960, end: 1850, eventClass: 28, globalTid: main, nameId: id("cublasSgemm_v2") }],
  PROFILER_OVERHEAD: [{ start: 50, end: 60, globalTid: main, nameId: id("poll"), returnValue: 0 }],
  PROCESSES: [{ globalPid: globalId(4242), pid: 4242, name: "/usr/bin/python3.11" }],
  ThreadNames: [{ nameId: id("pt_main_thread"), priority: 0, globalTid: main }],
  TARGET_INFO_GPU: [{ vmId: 0, id: 5, name: "NVIDIA A100-SXM4-80GB", uuid: "a" }],
  TARGET_INFO_CUDA_DEVICE: [{ gpuId: 5, cudaId: 0, pid: 4242 }],
  TARGET_INFO_SESSION_START_TIME: [
    { utcEpochNs: 1_700_000_000_123_456_789n, utcTime: "2023-11-14", localTime: "2023-11-14" },
  ],
  TARGET_INFO_SYSTEM_ENV: [{ globalVid: 0, name: "Hostname", value: "node7" }],
  META_DATA_EXPORT: [{ name: "EXPORT_SCHEMA_VERSION", value: "3.19.1" }],
  ENUM_CUDA_MEM_KIND: [
    { id: 1, name: "PINNED", label: "Pinned" },
    { id: 2, name: "DEVICE", label: "Device" },
  ],
  ENUM_CUDA_DEV_MEM_EVENT_OPER: [
    { id: 0, name: "CUDA_DEV_MEM_EVENT_OPR_ALLOCATION", label: "Allocation" },
    { id: 1, name: "CUDA_DEV_MEM_EVENT_OPR_DEALLOCATION", label: "Deallocation" },
  ],
  GPU_METRICS: [
    { timestamp: 1000, typeId: 72_057_594_037_927_941n, metricId: 3, value: 40 },
    { timestamp: 2000, typeId: 72_057_594_037_927_941n, metricId: 3, value: 97 },
    { timestamp: 1000, typeId: 72_057_594_037_927_941n, metricId: 9, value: 1 },
  ],
  TARGET_INFO_GPU_METRICS: [
    { typeId: 72_057_594_037_927_941n, sourceId: 0, metricId: 3, metricName: "SMs Active [Throughput %]" },
  ],
  SCHED_EVENTS: [
    { start: 1, cpu: 0, isSchedIn: 1, globalTid: main },
    { start: 2, cpu: 0, isSchedIn: 0, globalTid: main },
  ],
};

/**
 * As the first versions wrote it: no column without a value (0, -1 or an empty text in its place), NVTX's text in its row, no table of
 * processes, GPUs or words, no class of calls, no globalPid.
 */
export const old: Rows = {
  StringIds: stringIds,
  CUPTI_ACTIVITY_KIND_RUNTIME: [
    {
      start: 1000,
      end: 1400,
      globalTid: main,
      correlationId: 11,
      nameId: id("cudaLaunchKernel_v7000"),
      returnValue: 0,
    },
  ],
  CUPTI_ACTIVITY_KIND_KERNEL: [
    {
      start: 2000,
      end: 6000,
      deviceId: 0,
      contextId: 1,
      streamId: 7,
      correlationId: 11,
      shortName: id("gemm"),
      registersPerThread: 32,
      gridX: 8,
      gridY: 2,
      gridZ: 1,
      blockX: 128,
      blockY: 1,
      blockZ: 1,
    },
  ],
  CUPTI_ACTIVITY_KIND_MEMCPY: [
    { start: 3000, end: 3500, deviceId: 0, contextId: 1, streamId: 7, correlationId: 13, bytes: 4096, copyKind: 2 },
  ],
  NVTX_EVENTS: [
    {
      start: 900,
      end: 9500,
      eventType: 59,
      rangeId: 0,
      category: 0,
      color: 0,
      text: "iteration 0",
      globalTid: main,
      endGlobalTid: 0,
    },
    {
      start: 950,
      end: -1,
      eventType: 34,
      rangeId: 0,
      category: 0,
      color: 0,
      text: "loss",
      globalTid: main,
      endGlobalTid: 0,
    },
    {
      start: 9600,
      end: 0,
      eventType: 59,
      rangeId: 0,
      category: 0,
      color: 0,
      text: "open",
      globalTid: main,
      endGlobalTid: 0,
    },
  ],
};
