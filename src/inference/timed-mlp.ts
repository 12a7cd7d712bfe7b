// An MLP's launches by their times alone: memory is taken up and holds nothing. Knows nothing of what is computed.
import type { Reservation } from "../gpu/host/index.js";
import { type Tensor, tensorBytes } from "../model/graph/index.js";
import type { MlpCarrier } from "./mlp-carrier.js";
import type { NotComputed } from "./outcome.js";
import type { InferenceProgram, PlannedLaunch } from "./program.js";

export class TimedMlp implements MlpCarrier {
  private arena: Reservation | undefined;

  /** `reason` says why it is not computed. */
  constructor(
    private readonly program: InferenceProgram,
    private readonly reason: string,
  ) {}

  load(): void {
    this.program.gpu.modelled.load();
  }

  weight(tensor: Tensor): void {
    this.program.upload(tensorBytes(tensor), tensor.name);
  }

  input(tensor: Tensor): void {
    this.program.upload(tensorBytes(tensor), tensor.name);
  }

  activations(bytes: number): void {
    this.arena = this.program.reserve(bytes, "activations");
  }

  launch(planned: PlannedLaunch): number {
    return this.program.launch(planned);
  }

  output(bytes: number): NotComputed {
    this.program.gpu.modelled.copy("device to host", this.arena as Reservation, bytes);
    return { reason: this.reason };
  }
}
