// Tensor parallelism: what one of several devices has of a graph whose products they share. Knows no model and no device.
// M. Shoeybi et al., "Megatron-LM: Training multi-billion parameter language models using model parallelism", 2019, section 3.
import { InputError } from "../../../core/errors.js";
import type { KernelWork } from "../../operator/index.js";
import { usesOf } from "../fusion/uses.js";
import { type Graph, type GraphNode, type Tensor, tensorBytes } from "../graph.js";
import { type DeviceLink, exchange } from "./exchange.js";
import { type Region, regionsOf } from "./regions.js";

/**
 * The part of one of `devices`. Products are parted by columns, and what is done with their columns or heads by those, up to
 * products that are parted by rows, whose results are summed over the devices: two sums a layer of a transformer. A product that
 * makes an answer is parted by columns, filled up where they do not come out even, and the answer gathered. Everything else every device does for itself: embeddings, norms,
 * residuals.
 *
 * Throws InputError where devices cannot share columns or heads evenly.
 */
export function partTensors(graph: Graph, devices: number, link: DeviceLink): Graph {
  if (devices === 1) return graph;
  const regions = regionsOf(graph);
  const parting = new Parting(graph, devices, regions);
  const tensors = new Map(graph.tensors);
  for (const name of parting.axes.keys()) tensors.set(name, parting.partOf(graph.tensors.get(name) as Tensor));
  const nodes = graph.nodes.flatMap((node) => {
    const parted = parting.node(node);
    const [output] = node.outputs;
    const collective = regions.some(({ byRows }) => byRows.has(node))
      ? "all_reduce"
      : regions.some(({ gathered }) => gathered.has(node))
        ? "all_gather"
        : undefined;
    if (collective === undefined) return [parted];
    // What the product makes is not yet what others read.
    const whole = graph.tensors.get(output) as Tensor;
    const made = {
      ...(tensors.get(output) as Tensor),
      name: `${output}.${collective === "all_reduce" ? "summand" : "part"}`,
    };
    tensors.set(made.name, made);
    tensors.set(output, whole);
    return [{ ...parted, outputs: [made.name] }, exchange(collective, made.name, whole, parted, devices, link)];
  });
  return Object.freeze({ ...graph, tensors, nodes: Object.freeze(nodes) });
}

class Parting {
  /** The axis along which a tensor is parted. */
  readonly axes = new Map<string, number>();
  readonly #inside: ReadonlySet<GraphNode>;

  constructor(
    private readonly graph: Graph,
    private readonly devices: number,
    private readonly regions: readonly Region[],
  ) {
    const { tensor } = usesOf(graph);
    this.#inside = new Set(
      regions.flatMap(({ byColumns, between, byRows, gathered }) => [...byColumns, ...between, ...byRows, ...gathered]),
    );
    for (const { byColumns, between, byRows, gathered, headSize } of regions) {
      for (const node of between) {
        const { kernels, outputs } = node;
        const { shape } = tensor(outputs[0]);
        if (kernels[0]?.kind === "matmul") this.check(node, shape.length > 3 ? shape[1] : kernels[0].batch, "heads");
      }
      for (const node of byColumns)
        this.check(node, productOf(node).n / headSize, headSize === 1 ? "columns" : "heads");
      for (const node of [...byColumns, ...gathered]) {
        const { n } = productOf(node);
        for (const name of node.inputs.slice(1)) this.part(tensor(name), n);
        for (const name of node.outputs) this.part(tensor(name));
      }
      for (const node of between) {
        for (const name of node.outputs) this.part(tensor(name));
        // Keys and values of a cache, which new ones are put behind: each device has those of its heads.
        if (node.type === "copy") {
          for (const name of node.inputs) if (tensor(name).role === "input") this.part(tensor(name));
        }
      }
      // Its bias is added once, by whoever.
      for (const node of byRows) this.part(tensor(node.inputs[1]), productOf(node).k);
    }
  }

  node(node: GraphNode): GraphNode {
    if (!this.#inside.has(node) || node.work === undefined) return node;
    const { work } = node;
    const whole = [...node.inputs, ...node.outputs].map((name) => this.graph.tensors.get(name) as Tensor);
    const bytes = (tensors: readonly Tensor[]): number => tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
    const kept = bytes(whole.map((tensor) => this.partOf(tensor))) / bytes(whole);
    const share = 1 / this.devices;
    const flop = Object.fromEntries(Object.entries(work.flop).map(([format, count]) => [format, count * share]));
    return Object.freeze({
      ...node,
      work: { ...work, flop, bytes: { dram: work.bytes.dram * kept } },
      kernels: node.kernels.map((kernel) => this.kernel(kernel, node)),
    });
  }

  /** The tensor as one of the devices has it. */
  partOf(whole: Tensor): Tensor {
    const axis = this.axes.get(whole.name);
    const along = (extent: number, i: number): number => (i === axis ? Math.ceil(extent / this.devices) : extent);
    return axis === undefined ? whole : { ...whole, shape: whole.shape.map(along) };
  }

  private kernel(kernel: KernelWork, node: GraphNode): KernelWork {
    const { devices } = this;
    switch (kernel.kind) {
      case "matmul": {
        if (this.regions.some(({ byRows }) => byRows.has(node))) return { ...kernel, k: kernel.k / devices };
        if (this.regions.some(({ between }) => between.has(node))) return { ...kernel, batch: kernel.batch / devices };
        return { ...kernel, n: Math.ceil(kernel.n / devices) };
      }
      case "stream": {
        const whole = node.inputs
          .filter((name) => !this.axes.has(name))
          .map((name) => this.graph.tensors.get(name) as Tensor);
        const kept = Math.min(
          kernel.read,
          whole.reduce((sum, tensor) => sum + tensorBytes(tensor), 0),
        );
        return {
          ...kernel,
          read: kept + (kernel.read - kept) / devices,
          written: kernel.written / devices,
          elements: kernel.elements / devices,
          ...(kernel.warm === undefined ? {} : { warm: kernel.warm / devices }),
        };
      }
      case "rows":
        return {
          ...kernel,
          rows: kernel.rows / devices,
          ...(kernel.warm === undefined ? {} : { warm: kernel.warm / devices }),
        };
      default:
        throw new InputError(`${node.name} (${node.type}) cannot be shared between devices`, {
          fix: "Part the graph before it is fused, or give each device a whole model (tensorParallel: 1).",
        });
    }
  }

  // Along the extent that is meant, or one behind the first: which one it is makes no difference to what is asked for.
  private part({ name, shape }: Tensor, extent?: number): void {
    const meant = extent === undefined ? -1 : shape.indexOf(extent);
    const last = shape.length - 1;
    const order = meant >= 0 ? [meant] : shape.length > 3 ? [1, 2, last] : [last, 1];
    this.axes.set(name, order.find((one) => shape[one] % this.devices === 0) ?? order[0]);
  }

  private check(node: GraphNode, count: number, what: string): void {
    if (Number.isInteger(count / this.devices)) return;
    throw new InputError(`${this.devices} devices cannot share the ${count} ${what} of ${node.name} evenly`, {
      where: "tensorParallel",
      fix: `Take a number of devices that divides ${count}.`,
    });
  }
}

function productOf({ kernels }: GraphNode): { readonly n: number; readonly k: number } {
  const [kernel] = kernels;
  return kernel.kind === "matmul" ? kernel : { n: 1, k: 1 };
}
