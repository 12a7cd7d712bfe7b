// Several devices in one program: one host, one clock, one address space, and which of them reach each other's memory.
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import type { DeviceName, DeviceSpec } from "../../hardware/index.js";
import type { VirtualGPUOptions } from "./gpu-options.js";
import { HostClock } from "./timeline.js";
import { type ClusterPlace, VirtualGPU } from "./virtual-gpu.js";

export interface ClusterOptions extends VirtualGPUOptions {
  /** Which devices are connected, as pairs of numbers; all of them unless given. */
  readonly peers?: readonly (readonly [number, number])[];
}

/**
 * Several virtual GPUs and which of them is the current one. Arrays of one can be copied to another; kernels reach another device's
 * memory once `enablePeerAccess` lets them, and end with a fault that says so before.
 *
 * @example
 * const cluster = new GPUCluster(["h100", "h100"], { sms: 4 });
 * const [first, second] = cluster.gpus;
 */
export class GPUCluster {
  static {
    inspectAsText(GPUCluster);
  }

  /** The devices by number. */
  readonly gpus: readonly VirtualGPU[];
  private currentIndex = 0;

  /** The options hold for each device. Throws InputError for no device, an unknown one, and a pair that names none. */
  constructor(devices: readonly (DeviceName | DeviceSpec)[], { peers, ...options }: ClusterOptions = {}) {
    if (!Array.isArray(devices) || devices.length === 0) {
      throw new InputError("a cluster is made of a list of devices", {
        fix: 'Write new GPUCluster(["h100", "h100"]).',
      });
    }
    peers?.forEach((pair, index) => {
      const isPair = Array.isArray(pair) && pair.length === 2 && pair[0] !== pair[1];
      if (isPair && pair.every((each) => Number.isInteger(each) && each >= 0 && each < devices.length)) return;
      throw new InputError(`must be two of the devices 0 to ${devices.length - 1}`, { where: `peers[${index}]` });
    });
    const gpus: VirtualGPU[] = [];
    const clock = new HostClock();
    const connected = (a: number, b: number): boolean =>
      peers === undefined || peers.some((pair) => pair.includes(a) && pair.includes(b));
    devices.forEach((device, index) => {
      const place: ClusterPlace = { index, clock, gpus, connected };
      gpus.push(new VirtualGPU(device, options, place));
    });
    this.gpus = gpus;
  }

  get length(): number {
    return this.gpus.length;
  }

  /** Makes a device the current one, by number. Throws InputError for one that is not there. */
  setCurrent(index: number): VirtualGPU {
    const gpu = this.gpus[index];
    if (gpu === undefined) {
      throw new InputError(`there is no device ${String(index)}: the cluster has 0 to ${this.gpus.length - 1}`);
    }
    this.currentIndex = index;
    return gpu;
  }

  /** The current device: the first one, until another is set. */
  getCurrent(): VirtualGPU {
    return this.gpus[this.currentIndex];
  }

  /** Lets every device reach the memory of every other that it is connected with. */
  enablePeerAccess(): void {
    for (const gpu of this.gpus) {
      for (const other of this.gpus) if (gpu.canAccessPeer(other)) gpu.enablePeerAccess(other);
    }
  }

  /** The host waits for all work of all devices. */
  synchronize(): void {
    for (const gpu of this.gpus) gpu.synchronize();
  }

  /** The devices as rows: what they are, and what they have done. */
  get table(): {
    device: number;
    name: string;
    sms: number;
    memory_used: number;
    memory: number;
    launches: number;
    current: boolean;
  }[] {
    return this.gpus.map((gpu, index) => ({
      device: index,
      name: gpu.device.name,
      sms: gpu.device.sms ?? 0,
      memory_used: gpu.memory.stats.used,
      memory: gpu.memory.capacity,
      launches: gpu.launches,
      current: index === this.currentIndex,
    }));
  }

  [Symbol.iterator](): Iterator<VirtualGPU> {
    return this.gpus[Symbol.iterator]();
  }

  toString(): string {
    const names = this.gpus.map(({ device }) => device.name);
    return `cluster of ${names.length} device${names.length === 1 ? "" : "s"}: ${names.join(", ")}; device ${this.currentIndex} is current`;
  }
}
