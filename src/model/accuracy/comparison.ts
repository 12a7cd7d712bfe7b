// One row of a table of latencies, predicted: the realistic model's time and the roofline's beside the measured one. Knows no
// columns, and makes no statistics.
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type Planner, plannerOf } from "../planner/index.js";
import { kindOf, type SpreadCell } from "../prediction/interval.js";
import { placeOnRoofline, type RooflinePlace } from "../roofline/index.js";
import { type NotCovered, orNotCovered, type Question } from "./question.js";
import { isNotCovered } from "./rows/index.js";

export interface Comparison {
  readonly question: Question;
  readonly device: DeviceSpec;
  /** Where the row's work stands under the roofline; its time is the ideal one. */
  readonly ideal: RooflinePlace;
  /** Seconds by the realistic model: from the device's efficiency table where it has an entry, else planned. */
  readonly realistic: number;
  /** By what the realistic time's spread goes. */
  readonly cell: SpreadCell;
}

/** Predicts rows, and looks each device up once. */
export class Comparer {
  readonly #planners = new Map<string, Planner | NotCovered>();

  /** `own`: devices beside those that come with warplab. */
  constructor(private readonly own: readonly DeviceSpec[] = []) {}

  compare(question: Question): Comparison | NotCovered {
    const planner = this.#plannerOf(question.gpu);
    if (isNotCovered(planner)) return planner;
    return orNotCovered(() => compareOn(planner, question));
  }

  #plannerOf(gpu: string): Planner | NotCovered {
    let found = this.#planners.get(gpu);
    if (found === undefined) {
      found = orNotCovered(() => plannerOf(findDevice(gpu, this.own)));
      this.#planners.set(gpu, found);
    }
    return found;
  }
}

function compareOn(planner: Planner, question: Question): Comparison {
  const { device } = planner;
  const { operator, work } = question;
  const ideal = placeOnRoofline(work, device);
  const entry = operator && device.efficiency[operator.type]?.[operator.precision];
  if (entry !== undefined) {
    const cell = { model: "table", kind: "matmul", bottleneck: ideal.bottleneck } as const;
    return { question, device, ideal, realistic: ideal.time / entry, cell };
  }
  const { kernels, time, limit } = question.predict(planner);
  const cell = { model: "planner", kind: kindOf(kernels), bottleneck: limit().bottleneck } as const;
  return { question, device, ideal, realistic: time, cell };
}
