// What devices that work together exchange: sums, parts of a whole, results of one for the next. Knows no device and no link.
import { InputError } from "../../core/errors.js";
import { bytesOf } from "./formats.js";
import type { CollectiveWork } from "./kernel-work.js";
import { type Dimension, extent, flag, type Operator } from "./operator.js";

const elements = (meaning: string): Dimension => extent("elements", meaning, 4194304);
const devices: Dimension = extent("devices", "devices that take part", 8);
const pcie = flag("pcie", "over PCIe, not over the links between devices", 0);

/** Every device has a tensor, and gets the sum of all. Each adds (devices - 1) / devices of the elements. */
export const allReduce: Operator = shared("all_reduce", "sum of a tensor over devices, for each of them", {
  elements: elements("elements of the tensor, and of the sum"),
  summed: true,
});

/** Every device has a part of a tensor, and gets the whole. */
export const allGather: Operator = shared("all_gather", "a tensor from its parts on devices, for each of them", {
  elements: elements("elements of the whole tensor"),
  summed: false,
});

/** Every device has a tensor, and gets its part of the sum of all. */
export const reduceScatter: Operator = shared("reduce_scatter", "sum of a tensor over devices, to each its part", {
  elements: elements("elements of the whole tensor"),
  summed: true,
});

/** One device has a tensor, and another gets it. */
export const sendRecv: Operator = {
  type: "send_recv",
  description: "a tensor from one device to another",
  dimensions: [elements("elements of the tensor"), pcie],
  work: ([count], { input, output }) => ({
    flop: {},
    bytes: { dram: bytesOf(count, input) + bytesOf(count, output) },
  }),
  kernels: ([count, overPcie], { input }) => [
    collectiveKernel("send_recv", bytesOf(count, input), 2, linkOf(overPcie)),
  ],
};

/** What a kernel does that exchanges `bytes`, the whole tensor, between so many devices. */
export function collectiveKernel(
  collective: CollectiveWork["collective"],
  bytes: number,
  count: number,
  link: CollectiveWork["link"],
): CollectiveWork {
  return { kind: "collective", collective, bytes, devices: count, link };
}

function linkOf(overPcie: number): CollectiveWork["link"] {
  return overPcie === 1 ? "pcie" : "peer";
}

function shared(
  type: "all_reduce" | "all_gather" | "reduce_scatter",
  description: string,
  { elements, summed }: { readonly elements: Dimension; readonly summed: boolean },
): Operator {
  return {
    type,
    description,
    dimensions: [elements, devices, pcie],
    check([, count], field) {
      if (count >= 2) return;
      throw new InputError("one device has nobody to exchange with", {
        where: field,
        fix: "Let devices be 2 or more.",
      });
    },
    // In its own memory a device reads what it has and writes what it gets.
    work([count, among], { math, input, output }) {
      const part = count / among;
      const read = type === "all_gather" ? part : count;
      const written = type === "reduce_scatter" ? part : count;
      return {
        flop: summed ? { [math]: count - part } : {},
        bytes: { dram: bytesOf(read, input) + bytesOf(written, output) },
      };
    },
    kernels: ([count, among, overPcie], { input }) => [
      collectiveKernel(type, bytesOf(count, input), among, linkOf(overPcie)),
    ],
  };
}
