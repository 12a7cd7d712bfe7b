// The nodes by which devices that share a graph exchange tensors. Knows no way of sharing.
import { bytesPerElement } from "../../../core/precision.js";
import { type CollectiveWork, collectiveKernel } from "../../operator/index.js";
import { elements, type GraphNode, type Tensor, tensorBytes } from "../graph.js";

/** Over which link devices exchange: those between them, or PCIe. */
export type DeviceLink = CollectiveWork["link"];

/** A node by which so many devices make `whole` of what each has. */
export function exchange(
  collective: CollectiveWork["collective"],
  from: string,
  whole: Tensor,
  beside: Pick<GraphNode, "part" | "layer">,
  devices: number,
  link: DeviceLink,
): GraphNode {
  const bytes = tensorBytes(whole);
  const { format } = whole;
  const adds = collective === "all_reduce" && format in bytesPerElement;
  const read = collective === "all_gather" ? bytes / devices : bytes;
  return Object.freeze({
    name: `${whole.name}.${collective}`,
    type: collective,
    part: beside.part,
    layer: beside.layer,
    inputs: [from],
    outputs: [whole.name],
    work: {
      flop: adds ? { [format]: (elements(whole) * (devices - 1)) / devices } : {},
      bytes: { dram: read + bytes },
    },
    kernels: [collectiveKernel(collective, bytes, devices, link)],
  });
}
