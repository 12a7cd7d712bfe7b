// The form of a file of driver calls as a JSON Schema, which is published: `DriverTraceHeader` and `DriverCall` in words that other
// programs check lines against. Knows nothing of who writes such files.
import type { Schema } from "../core/schema.js";
import {
  type DriverCall,
  type DriverCallArguments,
  type DriverTraceHeader,
  driverCallCategories,
  driverRanges,
} from "./driver-call.js";

const nanoseconds = (description: string): Schema => ({ type: "integer", minimum: 0, description });
const count = (description: string): Schema => ({ type: "integer", minimum: 0, description });
const text = (description: string): Schema => ({ type: "string", description });
const extents = (description: string): Schema => ({
  type: "array",
  items: { type: "integer", minimum: 1 },
  minItems: 3,
  description,
});

const headerFields: Readonly<Record<keyof DriverTraceHeader, Schema>> = {
  format: { enum: ["warplab-trace"], description: 'The first line begins {"format": "warplab-trace".' },
  version: { enum: [1], description: "Of the form that is described here: 1." },
  clock: text("What ts counts from: simulated, or a clock of the system such as CLOCK_MONOTONIC."),
  device: text("What it ran on: H100 SXM."),
  host: text("Whose calls they are: a machine's name, or warplab."),
  source: { enum: ["simulated", "bpftrace", "preload"], description: "Who recorded it." },
};

// What a tracer knows beside these may stand there too. The types see to it that none of them is missing here.
const argumentFields: Readonly<Record<keyof DriverCallArguments, Schema>> = {
  bytes: count("Of an allocation, a copy, a module."),
  ptr: {
    type: "string",
    pattern: "^0x[0-9a-f]+$",
    description: 'An address on the device, hexadecimal: "0x700000000000".',
  },
  direction: text("Of a copy: host to device, device to host, device to device, peer to peer; or memset."),
  grid: extents("Of a launch: blocks in x, y and z."),
  block: extents("Of a launch: threads of a block in x, y and z."),
  shared: count("Of a launch: bytes of dynamic shared memory of a block."),
  kernel: text("Of a launch: the kernel's name."),
  label: text("What the program calls the memory."),
  device: count("The device's number, where there are several."),
  event: count("The event's number."),
  gpu_start_ns: nanoseconds(
    "When the device began what the call asks for, on the clock of ts; absent where that is not known.",
  ),
  gpu_end_ns: nanoseconds("When the device had done it."),
  status: text("ok, or what went wrong."),
  op: text("Of a launch: the operator of a graph that the kernel is done for."),
  layer: count("Of a launch: which of the repeated layers its operator belongs to, from 0."),
  flop: count("Of a launch: operations that its operator asks for, a multiply-add being 2."),
  dram_bytes: count("Of a launch: bytes when its operator reads its inputs and writes its outputs once."),
  range: {
    enum: driverRanges,
    description: "The event is no call but a range that the program marks; its name is what the range is called.",
  },
  hook: {
    enum: ["syscall", "kernel"],
    description: "The event is no call of the driver: the kernel of the operating system was seen at it.",
  },
};

const callFields: Readonly<Record<keyof DriverCall, Schema>> = {
  ts: nanoseconds("When it began, in whole nanoseconds of the header's clock; of an E, when it ended."),
  pid: count("The process."),
  tid: count("The thread."),
  ph: {
    enum: ["B", "E", "X", "i"],
    description:
      "X is a whole call with dur, B its beginning and E its end with the same id, i an instant. A B without an E never returned.",
  },
  id: count("The call's number, once in the file; the same in its B and its E."),
  name: { type: "string", minLength: 1, description: "The driver's entry point: cuMemAlloc_v2." },
  cat: {
    enum: driverCallCategories,
    description: "What the call is about; what waits is sync.",
  },
  dur: nanoseconds("Of an X: nanoseconds until it returned."),
  corr: count("The same number in a call and in what the device did for it."),
  stream: { type: "integer", description: "0 is the default stream." },
  args: {
    type: "object",
    properties: argumentFields,
    additionalProperties: {},
    description: "What is known of the call.",
  },
};

const definitions: Readonly<Record<"header" | "call", Schema>> = {
  header: {
    type: "object",
    description: "The first line. What is known only in the end may follow in further lines without a name.",
    required: Object.keys(headerFields),
    properties: headerFields,
    additionalProperties: true,
  },
  call: {
    type: "object",
    description: "Every other line.",
    required: ["ts", "pid", "tid", "ph", "id", "name", "cat"],
    properties: callFields,
    additionalProperties: false,
  },
};

/** What a line of the file is checked against, by where it stands. */
export const driverLineSchemas: Readonly<Record<"header" | "call", Schema>> = definitions;

/** The published schema of a line, one JSON document. */
export const driverTraceSchema: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "driver-trace.schema.json",
  title: "A line of a file of driver calls",
  description: "JSON lines: the header first, then a call a line, in any order. Times are whole nanoseconds.",
  oneOf: [{ $ref: "#/$defs/header" }, { $ref: "#/$defs/call" }],
  $defs: definitions,
};
