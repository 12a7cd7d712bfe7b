// The planner of one device: prices every kind of kernel. Knows nothing of operators and of graphs.
import type { Precision } from "../../core/precision.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { KernelWork, MatmulWork } from "../operator/index.js";
import { type Constants, defaultConstants } from "./constants.js";
import { planAttention } from "./kernels/attention/attention.js";
import { planCollective } from "./kernels/collective.js";
import { planConversion } from "./kernels/conversion.js";
import { planConvolution } from "./kernels/convolution.js";
import { planGather } from "./kernels/gather.js";
import { planMatmul } from "./kernels/matmul.js";
import { planPreparation } from "./kernels/preparation.js";
import { planRows } from "./kernels/rows.js";
import { planStream } from "./kernels/stream.js";
import { type Machine, planningMachine } from "./machine.js";
import type { Plan } from "./plan.js";

export class Planner {
  readonly #machines = new Map<string, Machine>();
  readonly device: DeviceSpec;
  /** Those of all devices, but for what this device's file states itself. */
  readonly constants: Constants;

  /** With the constants of all devices, unless a fit tries others. */
  constructor(device: DeviceSpec, constants: Constants = defaultConstants) {
    this.device = device;
    const graph = device.launchOverhead ?? constants.launchOverhead.graph;
    this.constants = { ...constants, launchOverhead: { ...constants.launchOverhead, graph } };
  }

  /** The device at work in this precision. Throws InputError where the device states no peak for it, or lacks SMs or a clock. */
  machine(precision: Precision, pipe?: MatmulWork["pipe"]): Machine {
    const key = pipe === undefined ? precision : `${precision} ${pipe}`;
    let known = this.#machines.get(key);
    if (known === undefined) {
      known = planningMachine(this.device, precision, this.constants, pipe);
      this.#machines.set(key, known);
    }
    return known;
  }

  /** How this kernel would be run here, and what that costs. Throws InputError as `machine` does. */
  plan(work: KernelWork): Plan {
    switch (work.kind) {
      case "matmul":
        return planMatmul(this.machine(work.formats.math, work.pipe), work);
      case "convolution": {
        const { math } = work.formats;
        return planConvolution({ product: this.machine(math), scalar: () => this.machine(math, "scalar") }, work);
      }
      case "conversion":
        return planConversion(this.machine(work.to), work);
      case "preparation":
        return planPreparation(this.machine(work.math), work);
      case "stream":
        return planStream(this.machine(work.math), work);
      case "attention":
        return planAttention(this.machine(work.formats.math), work);
      case "rows":
        return planRows(this.machine(work.math), work);
      case "gather":
        return planGather(this.machine(work.math), work);
      case "collective":
        return planCollective(this.device, this.constants, work);
    }
  }
}

const planners = new WeakMap<DeviceSpec, Planner>();

/** The planner of this device, made once. */
export function plannerOf(device: DeviceSpec): Planner {
  let known = planners.get(device);
  if (known === undefined) {
    known = new Planner(device);
    planners.set(device, known);
  }
  return known;
}
