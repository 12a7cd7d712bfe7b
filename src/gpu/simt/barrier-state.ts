// How far the barriers of one block have come: numbers alone, so that a snapshot is a copy. Knows nothing of splits or of who
// waits; barriers.ts opens them.
import { popcount } from "./warp.js";

export const barrierCount = 16;

/** What arrives at a barrier before it opens has to be of one kind: barriers that reduce do not mix with others. */
export type ArrivalKind = "plain" | "popc" | "and" | "or";

export interface BarrierState {
  /** Threads that it waits for, of which a warp that has come whole counts for 32. */
  wanted: number;
  /** Somebody named no count: it waits for all threads of the block that have not ended. */
  forAll: boolean;
  kind: ArrivalKind;
  /** Where the first one came. */
  pc: number;
  /** Threads that have come. */
  arrived: number;
  /** Of each warp the lanes that have come, and for how many threads they count. */
  readonly come: number[];
  readonly counted: number[];
}

/** The barriers of a block at which somebody has arrived, by number. */
export class BarrierStates {
  private states: (BarrierState | undefined)[] = new Array(barrierCount).fill(undefined);

  constructor(private readonly warps: number) {}

  at(id: number): BarrierState | undefined {
    return this.states[id];
  }

  /** The barriers at which somebody has arrived. */
  get begun(): readonly number[] {
    const ids: number[] = [];
    for (let id = 0; id < barrierCount; id++) if (this.states[id] !== undefined) ids.push(id);
    return ids;
  }

  begin(id: number, wanted: number, kind: ArrivalKind, pc: number): BarrierState {
    const none = (): number[] => new Array(this.warps).fill(0);
    const state = { wanted, forAll: false, kind, pc, arrived: 0, come: none(), counted: none() };
    this.states[id] = state;
    return state;
  }

  open(id: number): void {
    this.states[id] = undefined;
  }

  clear(): void {
    this.states.fill(undefined);
  }

  save(): readonly (BarrierState | undefined)[] {
    return this.states.map(copy);
  }

  restore(saved: readonly (BarrierState | undefined)[]): void {
    this.states = saved.map(copy);
  }
}

/** Lanes of a warp come, of which `living` have not ended. Lanes that come once more before it opens count once more. */
export function count(state: BarrierState, warp: number, lanes: number, living: number): void {
  const { come } = state;
  if ((come[warp] & lanes) !== 0) {
    state.arrived += lanes === living ? 32 : popcount(lanes);
    return;
  }
  come[warp] |= lanes;
  recount(state, warp, living);
}

/** A warp counts for 32 threads once all of its lanes that live have come, also where fewer lanes exist. */
export function recount(state: BarrierState, warp: number, living: number): void {
  const { come, counted } = state;
  if (come[warp] === 0 || living === 0) return;
  const now = (living & ~come[warp]) === 0 ? 32 : popcount(come[warp]);
  state.arrived += now - counted[warp];
  counted[warp] = now;
}

function copy(state: BarrierState | undefined): BarrierState | undefined {
  return state === undefined ? undefined : { ...state, come: [...state.come], counted: [...state.counted] };
}
