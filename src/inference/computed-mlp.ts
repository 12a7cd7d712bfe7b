// An MLP whose first iteration is computed: real arrays on the virtual GPU, and kernels that run at the launches of the trace, which last
// as long as the planner says. Later iterations, which would compute the same of the same samples, are only timed.
import { silent } from "../core/progress.js";
import type { DeviceArray, Launch, LaunchConfig } from "../gpu/host/index.js";
import type { GraphNode, Tensor } from "../model/graph/index.js";
import type { MlpKernels, ValueName } from "./kernels.js";
import type { MlpCarrier } from "./mlp-carrier.js";
import type { ComputedCheck } from "./outcome.js";
import type { InferenceProgram, PlannedLaunch } from "./program.js";
import { drawValues, errorBound, type MlpValues, plainMlp } from "./values.js";

/** What decides about the values. */
export interface ComputedMlpOptions {
  /** Those of each layer, [n, k] and [n], in the order of the layers. */
  readonly weights: readonly Tensor[];
  readonly rows: number;
  readonly seed: number;
}

/** How a kernel was launched once, and is launched again. */
interface KnownLaunch {
  readonly kernel: string;
  readonly grid: readonly [number, number, number];
  readonly block: number;
}

export class ComputedMlp implements MlpCarrier {
  private readonly values: MlpValues;
  private readonly arrays = new Map<string, DeviceArray<ValueName>>();
  private readonly known = new Map<string, KnownLaunch>();
  private readonly launches: Launch[] = [];
  private arena: DeviceArray<ValueName> | undefined;
  private last: DeviceArray<ValueName> | undefined;

  constructor(
    private readonly program: InferenceProgram,
    private readonly kernels: MlpKernels,
    { weights, rows, seed }: ComputedMlpOptions,
  ) {
    const matrices = weights.filter(({ shape }) => shape.length === 2);
    const widths = [matrices[0].shape[1], ...matrices.map(({ shape }) => shape[0])];
    this.values = drawValues(widths, rows, kernels.value.name, seed);
  }

  load(): void {
    for (const { kernel } of [this.kernels.linear, this.kernels.relu])
      this.program.gpu.modelled.load(kernel.ptx.length);
  }

  weight(tensor: Tensor): void {
    const layer = this.values.layers[Number(/^layers\.(\d+)\./.exec(tensor.name)?.[1])];
    this.upload(tensor, tensor.shape.length === 2 ? layer.weight : layer.bias);
  }

  input(tensor: Tensor): void {
    this.upload(tensor, this.values.input);
  }

  activations(bytes: number): void {
    const { value } = this.kernels;
    this.arena = this.program.hold(
      this.program.gpu.malloc(bytes / value.bytes, { dtype: value, label: "activations" }),
    );
  }

  launch(planned: PlannedLaunch, iteration: number): number {
    const { gpu } = this.program;
    const timing = this.program.timing(planned);
    const before = this.known.get(planned.node.name);
    if (iteration > 1 && before !== undefined) {
      const { start, end } = gpu.modelled.launch({ ...before, timing });
      return end - start;
    }
    const launch = this.compute(planned, { timing, progress: silent });
    this.launches.push(launch);
    return launch.end - launch.start;
  }

  output(): ComputedCheck {
    const results = (this.last as DeviceArray<ValueName>).toArray();
    const plain = plainMlp(this.values);
    let [maxError, greatest] = [0, 0];
    plain.forEach((value, index) => {
      greatest = Math.max(greatest, Math.abs(value));
      // A NaN is further off than anything.
      const error = Math.abs(results[index] - value);
      maxError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(maxError, error);
    });
    const bound = errorBound(this.values.layers, this.kernels.value.name);
    const relativeError = maxError / greatest;
    return {
      launches: this.launches.length,
      warpInstructions: this.launches.reduce((sum, { counters }) => sum + counters.warp_instructions, 0),
      kernels: [this.kernels.linear.kernel.name, this.kernels.relu.kernel.name],
      maxError,
      relativeError,
      bound,
      agrees: relativeError <= bound,
    };
  }

  private upload(tensor: Tensor, values: Float32Array): void {
    const array = this.program.gpu.array(this.kernels.value, values, { label: tensor.name });
    this.arrays.set(tensor.name, this.program.hold(array));
  }

  private compute({ node }: PlannedLaunch, how: Pick<LaunchConfig, "timing" | "progress">): Launch {
    const { gpu } = this.program;
    const { rows } = this.values;
    const { linear, relu } = this.kernels;
    const [x, w, b] = node.inputs.map((name) => this.arrays.get(name) as DeviceArray<ValueName>);
    if (node.type === "relu") {
      const shape = relu.launch(rows, x.length / rows);
      this.known.set(node.name, { kernel: relu.kernel.name, ...shape });
      return gpu.launch(relu.kernel, { ...shape, ...how }, { count: x.length, x, y: this.made(node, x.length) });
    }
    const [n, k] = [b.length, x.length / rows];
    const shape = linear.launch(rows, n);
    this.known.set(node.name, { kernel: linear.kernel.name, ...shape });
    return gpu.launch(linear.kernel, { ...shape, ...how }, { m: rows, n, k, x, w, b, y: this.made(node, rows * n) });
  }

  // Nodes write to both ends of the arena in turn: what one reads lies at the other end, and the arena holds both.
  private made({ outputs: [name] }: GraphNode, length: number): DeviceArray<ValueName> {
    const arena = this.arena as DeviceArray<ValueName>;
    const begin = this.launches.length % 2 === 0 ? 0 : arena.length - length;
    const array = arena.subarray(begin, begin + length);
    this.arrays.set(name, array);
    this.last = array;
    return array;
  }
}
