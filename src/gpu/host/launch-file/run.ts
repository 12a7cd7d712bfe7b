// A launch described in JSON: PTX, shape and arguments in, outputs and counters out. Reads no files: whoever calls it does.
import type { DTypeName } from "../../../core/dtype.js";
import { InputError, listChoices } from "../../../core/errors.js";
import type { ProgressReporter } from "../../../core/progress.js";
import type { Work } from "../../../core/work.js";
import { type DeviceSpec, device } from "../../../hardware/index.js";
import { CounterObserver, type Counters } from "../../analysis/counters.js";
import { FootprintObserver } from "../../analysis/footprint.js";
import { workOf } from "../../analysis/launch-work.js";
import { PrintedText } from "../../analysis/printed.js";
import { runReporting } from "../../analysis/reporting.js";
import { Sanitizer } from "../../analysis/sanitizer/index.js";
import type { LaunchOccupancy, OccupancyLimiter } from "../../occupancy/occupancy.js";
import type { RegisterSource } from "../../occupancy/registers.js";
import { parseModule } from "../../ptx/parse.js";
import type { Entry, Module } from "../../ptx/syntax.js";
import { type Finding, LaunchFault } from "../../simt/fault.js";
import { Machine } from "../../simt/machine.js";
import type { Observer } from "../../simt/observer.js";
import type { Operation } from "../../simt/program.js";
import { DeviceMemory } from "../device-memory.js";
import { launchImage } from "../launch-image.js";
import { ModuleMemory } from "../module-memory.js";
import { layOutArguments } from "./arguments.js";
import { encodeBase64 } from "./base64.js";
import { type LaunchFields, readFields } from "./fields.js";

/** The answer of a launch file. */
export interface LaunchFileResult {
  readonly outputs: Readonly<Record<string, { readonly dtype: DTypeName; readonly base64: string }>>;
  /** Absent where the file says `"counters": false`. */
  readonly counters?: Counters;
  /** Theoretical occupancy; absent where the device's file says too little. */
  readonly occupancy?: OccupancyJson;
  /** What the kernel printed; absent where it printed nothing. */
  readonly printed?: string;
  /** What went wrong in the kernel; empty where nothing did. */
  readonly findings: readonly Finding[];
}

/** Blocks and warps that an SM holds at a time, what limits them, and the waves of the grid. */
export interface OccupancyJson {
  readonly active_blocks_per_sm: number;
  readonly active_warps_per_sm: number;
  readonly max_warps_per_sm: number;
  /** Active warps as a share of the most, 0 to 1. */
  readonly occupancy: number;
  readonly limiter: OccupancyLimiter;
  readonly registers_per_thread: number;
  /** Whether ptxas said so, a directive bounds it, or it is an estimate. */
  readonly registers_from: RegisterSource;
  readonly shared_bytes_per_block: number;
  readonly waves: number;
  /** How full the last wave is, 0 to 1. */
  readonly last_wave: number;
}

export interface LaunchFileOptions {
  /** Reads a file that the launch names, relative to the launch file. */
  readonly readFile: (path: string) => string;
  /** Devices beyond those that come with warplab. */
  readonly devices?: readonly DeviceSpec[];
  /** Who is told how far the launch is. */
  readonly progress?: ProgressReporter;
}

/**
 * Runs a launch file. Throws InputError that names the field for what is malformed or not supported; a fault in the kernel
 * is a finding, with the outputs as they stood.
 */
export function runLaunchFile(json: unknown, options: LaunchFileOptions): LaunchFileResult {
  return run(readLaunchFile(json, options), options, []).result;
}

/** What a launch file's launch took and was, for tables and rooflines. */
export interface MeasuredLaunchFile extends Pick<LaunchFileResult, "occupancy" | "findings"> {
  readonly counters: Counters;
  readonly kernel: string;
  readonly device: DeviceSpec;
  /** Its operations by precision and its bytes by memory level. */
  readonly work: Work;
}

/** Runs a launch file as `runLaunchFile` does, and counts instead of giving outputs back. */
export function measureLaunchFile(json: unknown, options: LaunchFileOptions): MeasuredLaunchFile {
  const read = readLaunchFile(json, options);
  const probe = new CounterObserver();
  const footprint = new FootprintObserver();
  const counted = { ...read, file: { ...read.file, counters: false } };
  const { result, operations } = run(counted, options, [probe, footprint]);
  const counters = probe.result(operations);
  return {
    counters,
    findings: result.findings,
    ...(result.occupancy === undefined ? {} : { occupancy: result.occupancy }),
    kernel: read.file.kernel,
    device: read.spec,
    work: workOf(counters, footprint.footprint, probe.matrixOperations(operations)),
  };
}

/** A launch file whose fields are in their places and whose kernel is there. */
export interface ReadLaunchFile {
  readonly file: LaunchFields;
  readonly spec: DeviceSpec;
  readonly module: Module;
  readonly entry: Entry;
}

/** Reads a launch file and the PTX that it names, without its arguments. Throws InputError as `runLaunchFile` does. */
export function readLaunchFile(json: unknown, options: LaunchFileOptions): ReadLaunchFile {
  const file = readFields(json);
  const spec = device(file.device, options.devices, "device");
  const text = options.readFile(file.ptx);
  const module = inPtx(file.ptx, () => parseModule(text));
  const entry = inPtx(file.ptx, () => module.entries.get(file.kernel));
  if (entry === undefined) {
    throw new InputError(`${file.ptx} has no kernel "${file.kernel}"`, {
      where: "kernel",
      fix:
        module.entries.size === 0 ? "It has no .entry at all." : `It has ${listChoices([...module.entries.keys()])}.`,
    });
  }
  return { file, spec, module, entry };
}

function run(
  { file, spec, module, entry }: ReadLaunchFile,
  options: LaunchFileOptions,
  watching: readonly Observer[],
): { readonly result: LaunchFileResult; readonly operations: readonly Operation[] } {
  const memory = new DeviceMemory(spec.name, spec.dram.capacity);
  const layout = layOutArguments(entry, file.args, memory);
  const { symbols } = inPtx(file.ptx, () => new ModuleMemory(module, memory));
  const outputs = file.outputs.map((index, position) => {
    const array = layout.arrays.get(index);
    if (array === undefined) throw new InputError(`argument ${index} is no array`, { where: `outputs[${position}]` });
    return { index, array };
  });
  const counter = new CounterObserver();
  const image = launchImage({
    device: spec,
    ptx: module.text,
    kernel: file.kernel,
    entry,
    grid: file.grid,
    block: file.block,
    dynamicSharedBytes: file.shared,
    parameters: layout.block,
    symbols,
    policy: file.policy,
    stackBytes: file.stackBytes,
    heapBytes: file.heapBytes,
    maxSteps: file.maxSteps,
    scheduler: file.scheduler,
    seed: file.seed,
    cooperative: file.cooperative,
    registersPerThread: file.registersPerThread,
  });
  const sanitizer = file.sanitize ? new Sanitizer() : undefined;
  const printed = new PrintedText(() => machine.steps);
  const observers = [
    printed,
    ...(file.counters ? [counter] : []),
    ...(sanitizer === undefined ? [] : [sanitizer]),
    ...watching,
  ];
  const machine: Machine = new Machine(image, observers, memory.global);
  sanitizer?.attach(machine);
  const findings: Finding[] = [];
  try {
    runReporting(machine, `launch of ${file.kernel}`, options.progress);
  } catch (error) {
    if (!(error instanceof LaunchFault)) throw error;
    findings.push(error.finding);
  }
  findings.push(...(sanitizer?.findings() ?? []));
  const { operations } = machine.program;
  const result: LaunchFileResult = {
    outputs: Object.fromEntries(
      outputs.map(({ index, array }) => [
        String(index),
        { dtype: array.dtype.name, base64: encodeBase64(array.region.bytes) },
      ]),
    ),
    ...(file.counters ? { counters: counter.result(operations) } : {}),
    ...(image.occupancy === undefined ? {} : { occupancy: occupancyJson(image.occupancy) }),
    ...(printed.text === "" ? {} : { printed: printed.text }),
    findings,
  };
  return { result, operations };
}

function occupancyJson(found: LaunchOccupancy): OccupancyJson {
  return {
    active_blocks_per_sm: found.activeBlocksPerSm,
    active_warps_per_sm: found.activeWarpsPerSm,
    max_warps_per_sm: found.maxWarpsPerSm,
    occupancy: found.occupancy,
    limiter: found.limiter,
    registers_per_thread: found.registersPerThread,
    registers_from: found.registersFrom,
    shared_bytes_per_block: found.sharedBytesPerBlock,
    waves: found.waves,
    last_wave: found.lastWave,
  };
}

/** Puts the PTX file's name before the line that an error is about. */
function inPtx<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError && typeof error.where === "object") {
      throw new InputError(`${path}, ${error.message.replace(/^PTX, /, "")}`);
    }
    throw error;
  }
}
