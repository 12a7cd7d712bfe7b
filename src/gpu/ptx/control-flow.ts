// Where control can go: the immediate post-dominator of each branch, at which lanes that went apart meet again.
import type { VerifiedInstruction } from "./verify.js";

/** There is no such place: the paths meet at the end of the function, or never. */
export const noReconvergence = -1;

/** Where lanes that part at a branch meet. */
export interface ReconvergencePoint {
  /** The pc, or `noReconvergence`. */
  readonly pc: number;
  /** Nothing comes there but the return: lanes may as well return by themselves, and do where others wait elsewhere. */
  readonly onlyReturns: boolean;
}

/**
 * For each instruction the point at which lanes that diverge there reconverge; only entries of branches mean anything. It
 * is the first instruction of the immediate post-dominator of its basic block; where that is the kernel's end, since some
 * lanes may return on the way, it is the nearest block at which those that do not return meet.
 */
export function reconvergencePoints(code: readonly VerifiedInstruction[]): readonly ReconvergencePoint[] {
  if (code.length === 0) return [];
  const graph = new BlockGraph(code);
  const postDominators = immediatePostDominators(graph.successors, graph.exit);
  const points = graph.starts.map((_, block): ReconvergencePoint => {
    if (graph.successors[block].length < 2) return nowhere;
    const dominator = postDominators[block];
    if (dominator >= 0 && !graph.onlyReturns(dominator)) return { pc: graph.starts[dominator], onlyReturns: false };
    const stay = meetingOfThoseThatStay(graph, block);
    if (stay !== undefined) return { pc: graph.starts[stay], onlyReturns: false };
    const isBlock = dominator >= 0 && dominator !== graph.exit;
    if (!isBlock || [...graph.reachable(block, dominator)].some((other) => graph.synchronises(other))) return nowhere;
    return { pc: graph.starts[dominator], onlyReturns: true };
  });
  return code.map((instruction, pc) => (targetsOf(instruction).length === 0 ? nowhere : points[graph.blockOf[pc]]));
}

const nowhere: ReconvergencePoint = { pc: noReconvergence, onlyReturns: false };

/** Basic blocks and what follows them; the kernel's end is the block `exit`. */
class BlockGraph {
  readonly starts: readonly number[];
  readonly exit: number;
  readonly blockOf: Int32Array;
  readonly successors: readonly (readonly number[])[];

  constructor(private readonly code: readonly VerifiedInstruction[]) {
    this.starts = blockStarts(code);
    this.exit = this.starts.length;
    this.blockOf = new Int32Array(code.length + 1);
    for (let pc = 0, block = -1; pc < code.length; pc++) {
      if (this.starts[block + 1] === pc) block++;
      this.blockOf[pc] = block;
    }
    this.blockOf[code.length] = this.exit;
    this.successors = this.starts.map((_, block) =>
      successorsOf(code, this.end(block) - 1).map((pc) => this.blockOf[pc]),
    );
  }

  /** One past the last instruction of a block. */
  end(block: number): number {
    return block + 1 < this.exit ? this.starts[block + 1] : this.code.length;
  }

  /** Whether a block does nothing but return, as the one that compilers merge all returns into. */
  onlyReturns(block: number): boolean {
    return block === this.exit || isExit(this.code[this.starts[block]]);
  }

  /** Whether a block waits for other lanes. */
  synchronises(block: number): boolean {
    if (block === this.exit) return false;
    for (let pc = this.starts[block]; pc < this.end(block); pc++) {
      const { instruction, call } = this.code[pc];
      const { opcode, modifiers } = instruction;
      if (call?.synchronises === true) return true;
      if (opcode === "bar" || opcode === "barrier" || modifiers.includes("sync")) return true;
    }
    return false;
  }

  /** The blocks that can be reached from a block, `without` left out; itself only if it can be reached again. */
  reachable(from: number, without: number | undefined): Set<number> {
    const reached = new Set<number>();
    const pending = [...(this.successors[from] ?? [])];
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      if (block === without || reached.has(block)) continue;
      reached.add(block);
      pending.push(...(this.successors[block] ?? []));
    }
    return reached;
  }
}

// Looking further than this for a meeting would cost more than the divergence.
const mostCandidates = 64;

/**
 * Where lanes meet that part at the end of `block` and do not return on the way: the first block that both ways lead to
 * and without which neither leads to another such block. Lanes that return are not waited for; so that nobody waits for
 * one that waits itself, the ways around the meeting must have no barrier.
 */
function meetingOfThoseThatStay(graph: BlockGraph, block: number): number | undefined {
  const ways = [...new Set(graph.successors[block])];
  const [first, ...others] = ways.map((way) => graph.reachable(way, undefined).add(way));
  const common = [...first].filter(
    (candidate) => !graph.onlyReturns(candidate) && others.every((way) => way.has(candidate)),
  );
  common.sort((a, b) => a - b);
  return common.slice(0, mostCandidates).find((candidate) => {
    const around = graph.reachable(block, candidate);
    return ![...around].some((other) => common.includes(other) || graph.synchronises(other));
  });
}

/** The pcs that can follow an instruction; the end of the code stands for the kernel's end. */
export function successorsOf(code: readonly VerifiedInstruction[], pc: number): number[] {
  const { opcode, guard } = code[pc].instruction;
  const next = pc + 1;
  const targets = targetsOf(code[pc]);
  if (targets.length > 0) return guard === undefined ? [...targets] : [next, ...targets];
  if (opcode === "ret" || opcode === "exit") return guard === undefined ? [code.length] : [next, code.length];
  return [next];
}

/** Where a branch may go; nowhere, for anything else. */
function targetsOf({ target, targets }: VerifiedInstruction): readonly number[] {
  return targets ?? (target === undefined ? [] : [target]);
}

function isExit({ instruction }: VerifiedInstruction): boolean {
  return (instruction.opcode === "ret" || instruction.opcode === "exit") && instruction.guard === undefined;
}

function blockStarts(code: readonly VerifiedInstruction[]): number[] {
  const starts = new Set([0]);
  for (const verified of code) {
    const { instruction } = verified;
    const targets = targetsOf(verified);
    for (const target of targets) if (target < code.length) starts.add(target);
    const leaves = targets.length > 0 || instruction.opcode === "ret" || instruction.opcode === "exit";
    if (leaves && instruction.pc + 1 < code.length) starts.add(instruction.pc + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001), on the reversed graph. A block from which
// the exit cannot be reached (an endless loop) has no post-dominator and gets -1.
function immediatePostDominators(successors: readonly (readonly number[])[], exit: number): Int32Array {
  const predecessors: number[][] = Array.from({ length: exit + 1 }, () => []);
  successors.forEach((nexts, block) => {
    for (const next of nexts) predecessors[next].push(block);
  });
  const order: number[] = [];
  const number = new Int32Array(exit + 1).fill(-1);
  const visited = new Uint8Array(exit + 1);
  const stack: [node: number, nextChild: number][] = [[exit, 0]];
  visited[exit] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const child = predecessors[top[0]][top[1]++];
    if (child === undefined) {
      number[top[0]] = order.length;
      order.push(top[0]);
      stack.pop();
    } else if (visited[child] === 0) {
      visited[child] = 1;
      stack.push([child, 0]);
    }
  }
  const dominator = new Int32Array(exit + 1).fill(-1);
  dominator[exit] = exit;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = order.length - 2; i >= 0; i--) {
      const block = order[i];
      let meeting = -1;
      for (const next of successors[block]) {
        if (dominator[next] < 0) continue;
        meeting = meeting < 0 ? next : intersect(meeting, next, dominator, number);
      }
      if (meeting !== dominator[block]) {
        dominator[block] = meeting;
        changed = true;
      }
    }
  }
  return dominator;
}

function intersect(a: number, b: number, dominator: Int32Array, number: Int32Array): number {
  let [left, right] = [a, b];
  while (left !== right) {
    while (number[left] < number[right]) left = dominator[left];
    while (number[right] < number[left]) right = dominator[right];
  }
  return left;
}
