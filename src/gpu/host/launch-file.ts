// A launch described in JSON: PTX, shape and arguments in, outputs and counters out. Reads no files: whoever calls it does.
import { type Dim3, dim3 } from "../../core/dim3.js";
import { type DTypeName, dtypes } from "../../core/dtype.js";
import { writeElement } from "../../core/elements.js";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import type { ProgressReporter } from "../../core/progress.js";
import { type DeviceSpec, device } from "../../hardware/index.js";
import { CounterObserver, type Counters } from "../analysis/counters.js";
import { PrintedText } from "../analysis/printed.js";
import { runReporting } from "../analysis/reporting.js";
import { Sanitizer } from "../analysis/sanitizer/index.js";
import type { LaunchOccupancy, OccupancyLimiter } from "../occupancy/occupancy.js";
import type { RegisterSource } from "../occupancy/registers.js";
import { parseModule } from "../ptx/parse.js";
import type { Entry } from "../ptx/syntax.js";
import { type Finding, LaunchFault } from "../simt/fault.js";
import { type ReconvergencePolicy, type SchedulerName, schedulerNames } from "../simt/launch-image.js";
import { Machine } from "../simt/machine.js";
import { writeScalar } from "./arguments.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { allocateArray, type DeviceArray } from "./device-array.js";
import { DeviceMemory } from "./device-memory.js";
import { scalar } from "./host-values.js";
import { launchImage } from "./launch-image.js";
import { ModuleMemory } from "./module-memory.js";

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

const knownFields = [
  "ptx",
  "kernel",
  "grid",
  "block",
  "shared",
  "device",
  "args",
  "outputs",
  "counters",
  "policy",
  "scheduler",
  "seed",
  "stack_bytes",
  "cooperative",
  "registers_per_thread",
  "heap_bytes",
  "max_steps",
  "engine",
  "sanitize",
] as const;

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

/**
 * Runs a launch file. Throws InputError that names the field for what is malformed or not supported; a fault in the kernel
 * is a finding, with the outputs as they stood.
 */
export function runLaunchFile(json: unknown, options: LaunchFileOptions): LaunchFileResult {
  const file = readFields(json);
  const spec = device(file.device, options.devices, "device");
  const memory = new DeviceMemory(spec.name, spec.dram.capacity);
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
  const observers = [printed, ...(file.counters ? [counter] : []), ...(sanitizer === undefined ? [] : [sanitizer])];
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
  return {
    outputs: Object.fromEntries(
      outputs.map(({ index, array }) => [
        String(index),
        { dtype: array.dtype.name, base64: encodeBase64(array.region.bytes) },
      ]),
    ),
    ...(file.counters ? { counters: counter.result(machine.program.operations) } : {}),
    ...(image.occupancy === undefined ? {} : { occupancy: occupancyJson(image.occupancy) }),
    ...(printed.text === "" ? {} : { printed: printed.text }),
    findings,
  };
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

interface LaunchFields {
  readonly ptx: string;
  readonly kernel: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly shared: number;
  readonly device: string;
  readonly args: readonly unknown[];
  readonly outputs: readonly number[];
  readonly counters: boolean;
  readonly sanitize: boolean;
  readonly policy: ReconvergencePolicy | undefined;
  readonly stackBytes: number | undefined;
  readonly heapBytes: number | undefined;
  readonly maxSteps: number | undefined;
  readonly scheduler: SchedulerName | undefined;
  readonly seed: number | undefined;
  readonly cooperative: boolean;
  readonly registersPerThread: number | undefined;
}

function readFields(json: unknown): LaunchFields {
  const file = object(json, "launch file");
  for (const name of Object.keys(file)) {
    if ((knownFields as readonly string[]).includes(name)) continue;
    const slip = nearest(name, knownFields);
    throw new InputError("unknown field", {
      where: name,
      fix: slip === undefined ? `Known: ${listChoices(knownFields, false)}.` : `Did you mean "${slip}"?`,
    });
  }
  const engine = file["engine"] ?? "interpreter";
  if (engine === "compiled") {
    throw new InputError("there is no compiled engine yet", {
      where: "engine",
      fix: 'Leave it out, or write "interpreter": it gives the same results.',
    });
  }
  if (engine !== "interpreter") {
    throw new InputError(`unknown engine ${describe(engine)}`, { where: "engine", fix: 'Known: "interpreter".' });
  }
  const sanitize = file["sanitize"] ?? false;
  if (typeof sanitize !== "boolean") throw new InputError("must be true or false", { where: "sanitize" });
  const scheduler = file["scheduler"];
  if (scheduler !== undefined && !schedulerNames.includes(scheduler as SchedulerName)) {
    throw new InputError(`unknown scheduler ${JSON.stringify(scheduler)}`, {
      where: "scheduler",
      fix: `Known: ${listChoices(schedulerNames)}.`,
    });
  }
  const cooperative = file["cooperative"] ?? false;
  if (typeof cooperative !== "boolean") throw new InputError("must be true or false", { where: "cooperative" });
  const policy = file["policy"];
  if (policy !== undefined && !policies.includes(policy as ReconvergencePolicy)) {
    throw new InputError(`unknown policy ${JSON.stringify(policy)}`, {
      where: "policy",
      fix: `Known: ${listChoices(policies)}.`,
    });
  }
  const outputs = file["outputs"] === undefined ? [] : list(file["outputs"], "outputs");
  const counters = file["counters"] ?? true;
  if (typeof counters !== "boolean") throw new InputError("must be true or false", { where: "counters" });
  return {
    ptx: text(file["ptx"], "ptx", "kernels.ptx"),
    kernel: text(file["kernel"], "kernel", "name"),
    grid: extents(file["grid"], "grid"),
    block: extents(file["block"], "block"),
    shared: whole(file["shared"] ?? 0, "shared"),
    device: text(file["device"] ?? "a100", "device"),
    args: list(file["args"] ?? [], "args"),
    outputs: outputs.map((index, position) => whole(index, `outputs[${position}]`)),
    counters,
    sanitize,
    policy: policy as ReconvergencePolicy | undefined,
    stackBytes: optionalWhole(file, "stack_bytes"),
    heapBytes: optionalWhole(file, "heap_bytes"),
    maxSteps: optionalWhole(file, "max_steps"),
    scheduler: scheduler as SchedulerName | undefined,
    // 0 is what a file says that asks for no chance at all.
    seed: file["seed"] === 0 && scheduler !== "random" ? undefined : optionalWhole(file, "seed"),
    cooperative,
    registersPerThread: optionalWhole(file, "registers_per_thread"),
  };
}

interface ArgumentLayout {
  readonly block: Uint8Array;
  /** The arrays by the index of the argument that made them. */
  readonly arrays: ReadonlyMap<number, DeviceArray>;
}

function layOutArguments(entry: Entry, args: readonly unknown[], memory: DeviceMemory): ArgumentLayout {
  const { parameters } = entry;
  if (args.length !== parameters.length) {
    throw new InputError(`kernel "${entry.name}" takes ${parameters.length} arguments, found ${args.length}`, {
      where: "args",
      fix: `Its parameters: ${parameters.map(({ name, type, bytes }) => `${name} (.${type.name}, ${bytes} bytes)`).join(", ")}.`,
    });
  }
  const block = new Uint8Array(entry.parameterBytes);
  const arrays = new Map<number, DeviceArray>();
  args.forEach((argument, index) => {
    const where = `args[${index}]`;
    const fields = object(argument, where);
    const { offset, bytes, name } = parameters[index];
    const mustHold = (size: number): void => {
      if (size === bytes) return;
      throw new InputError(`has ${size} bytes where parameter ${name} has ${bytes}`, { where });
    };
    if ("ptr" in fields || "ref" in fields) {
      if ("ptr" in fields && "ref" in fields) {
        throw new InputError("is an array of its own or an earlier one, not both", {
          where,
          fix: "Leave out ptr or ref.",
        });
      }
      mustHold(8);
      const array =
        "ptr" in fields
          ? allocate(fields["ptr"], index, `${where}.ptr`, memory)
          : referred(fields["ref"], arrays, where);
      if ("ptr" in fields) arrays.set(index, array);
      const shift = whole(fields["offset"] ?? 0, `${where}.offset`);
      writeScalar(block, offset, dtypes.u64, BigInt(array.address + shift));
      onlyFields(fields, ["ptr", "ref", "offset"], where);
      return;
    }
    onlyFields(fields, ["bytes", ...Object.keys(dtypes)], where);
    const [kind, ...others] = Object.keys(fields);
    if (kind === undefined || others.length > 0) {
      throw new InputError("needs one of ptr, ref, bytes or a scalar type", {
        where,
        fix: 'Write {"i32": 5} or {"ptr": {…}}.',
      });
    }
    if (kind === "bytes") {
      const data = decodeBase64(text(fields["bytes"], `${where}.bytes`), `${where}.bytes`);
      mustHold(data.length);
      block.set(data, offset);
      return;
    }
    const dtype = dtypes[kind as DTypeName];
    mustHold(dtype.bytes);
    writeScalar(block, offset, dtype, element(kind as DTypeName, fields[kind], `${where}.${kind}`));
  });
  return { block, arrays };
}

function allocate(json: unknown, index: number, where: string, memory: DeviceMemory): DeviceArray {
  const fields = object(json, where);
  onlyFields(fields, ["dtype", "data", "base64", "count", "fill"], where);
  const name = fields["dtype"];
  if (name === undefined) {
    throw new InputError("is missing", { where: `${where}.dtype`, fix: 'Write "dtype": "f32", or another.' });
  }
  if (typeof name !== "string" || !(name in dtypes)) {
    throw new InputError(`unknown dtype ${JSON.stringify(name)}`, {
      where: `${where}.dtype`,
      fix: `Known: ${listChoices(Object.keys(dtypes), false)}.`,
    });
  }
  const dtype = dtypes[name as DTypeName];
  const given = ["data", "base64", "count"].filter((field) => field in fields);
  if (given.length !== 1) {
    throw new InputError("needs one of data, base64 or count", {
      where,
      fix: 'Write "data": [1, 2] or "count": 1024.',
    });
  }
  if (!("count" in fields) && "fill" in fields)
    throw new InputError("goes with count only", { where: `${where}.fill` });
  const label = `argument ${index}`;
  if ("base64" in fields) {
    const bytes = decodeBase64(text(fields["base64"], `${where}.base64`), `${where}.base64`);
    if (bytes.length % dtype.bytes !== 0) {
      throw new InputError(`${bytes.length} bytes are no whole number of ${dtype.name}`, { where: `${where}.base64` });
    }
    const array = allocateArray(memory, dtype, bytes.length / dtype.bytes, label);
    array.region.u8.set(bytes);
    return array;
  }
  if ("count" in fields) {
    const array = allocateArray(memory, dtype, whole(fields["count"], `${where}.count`), label);
    const view = new DataView(array.region.u8.buffer);
    const fill = element(dtype.name, fields["fill"] ?? 0, `${where}.fill`);
    for (let i = 0; i < array.length; i++) writeElement(view, i * dtype.bytes, dtype, fill);
    return array;
  }
  const data = list(fields["data"], `${where}.data`);
  const array = allocateArray(memory, dtype, data.length, label);
  const view = new DataView(array.region.u8.buffer);
  data.forEach((value, position) => {
    writeElement(view, position * dtype.bytes, dtype, element(dtype.name, value, `${where}.data[${position}]`));
  });
  return array;
}

function referred(json: unknown, arrays: ReadonlyMap<number, DeviceArray>, where: string): DeviceArray {
  const index = whole(json, `${where}.ref`);
  const array = arrays.get(index);
  if (array === undefined) {
    throw new InputError(`argument ${index} is no earlier ptr`, {
      where: `${where}.ref`,
      fix: "Refer to the index of a ptr before it.",
    });
  }
  return array;
}

// 64-bit integers come as strings or numbers, and what JSON cannot say of floats as strings.
function element(name: DTypeName, value: unknown, where: string): number | bigint {
  const dtype = dtypes[name];
  if (typeof value === "string") {
    if (dtype.kind === "float" && floatWords.includes(value)) return Number(value);
    if (dtype.bytes === 8 && dtype.kind !== "float" && /^-?\d+$/.test(value))
      return scalar(dtype, BigInt(value), where);
    throw new InputError(`${JSON.stringify(value)} is no ${name}`, { where });
  }
  return scalar(dtype, value, where);
}

const floatWords: readonly unknown[] = ["NaN", "Infinity", "-Infinity"];

function onlyFields(fields: Record<string, unknown>, known: readonly string[], where: string): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    const slip = nearest(name, known);
    throw new InputError("unknown field", {
      where: `${where}.${name}`,
      fix: slip === undefined ? `Known: ${listChoices(known, false)}.` : `Did you mean "${slip}"?`,
    });
  }
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputError(`must be an object, found ${describe(value)}`, { where });
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InputError(`must be a list, found ${describe(value)}`, { where });
}

function text(value: unknown, where: string, example?: string): string {
  if (typeof value === "string") return value;
  throw new InputError(value === undefined ? "is missing" : `must be text, found ${describe(value)}`, {
    where,
    ...(example === undefined ? {} : { fix: `Write "${where}": "${example}".` }),
  });
}

function whole(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InputError(`must be a whole number from 0 on, found ${describe(value)}`, { where });
}

function optionalWhole(file: Record<string, unknown>, field: string): number | undefined {
  return file[field] === undefined ? undefined : whole(file[field], field);
}

function extents(value: unknown, where: string): Dim3 {
  if (value === undefined) throw new InputError("is missing", { where, fix: `Write "${where}": [16, 1, 1].` });
  return dim3(typeof value === "number" ? value : (list(value, where) as readonly number[]), where);
}

function describe(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : JSON.stringify(value);
}
