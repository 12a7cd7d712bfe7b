// Where control can go: the immediate post-dominator of each branch, at which lanes that went apart meet again.
import type { VerifiedInstruction } from "./verify.js";

/** There is no such place: the paths meet at the kernel's end, or never. */
export const noReconvergence = -1;

/**
 * For each instruction the pc at which lanes that diverge there reconverge: the first instruction of the immediate
 * post-dominator of its basic block, or `noReconvergence`. Only entries of branches mean anything.
 */
export function reconvergencePoints(code: readonly VerifiedInstruction[]): Int32Array {
  const points = new Int32Array(code.length).fill(noReconvergence);
  if (code.length === 0) return points;
  const starts = blockStarts(code);
  const blockOf = new Int32Array(code.length + 1);
  for (let pc = 0, block = -1; pc < code.length; pc++) {
    if (starts[block + 1] === pc) block++;
    blockOf[pc] = block;
  }
  const exit = starts.length;
  blockOf[code.length] = exit;
  const successors = starts.map((_, block) => {
    const last = (block + 1 < starts.length ? starts[block + 1] : code.length) - 1;
    return successorsOf(code, last).map((pc) => blockOf[pc]);
  });
  const postDominators = immediatePostDominators(successors, exit);
  for (let pc = 0; pc < code.length; pc++) {
    if (code[pc].target === undefined) continue;
    const meeting = postDominators[blockOf[pc]];
    if (meeting >= 0 && meeting !== exit) points[pc] = starts[meeting];
  }
  return points;
}

/** The pcs that can follow an instruction; the end of the code stands for the kernel's end. */
export function successorsOf(code: readonly VerifiedInstruction[], pc: number): number[] {
  const { opcode, guard } = code[pc].instruction;
  const next = pc + 1;
  const target = code[pc].target;
  if (target !== undefined) return guard === undefined ? [target] : [next, target];
  if (opcode === "ret" || opcode === "exit") return guard === undefined ? [code.length] : [next, code.length];
  return [next];
}

function blockStarts(code: readonly VerifiedInstruction[]): number[] {
  const starts = new Set([0]);
  for (const { target, instruction } of code) {
    if (target !== undefined && target < code.length) starts.add(target);
    const leaves = target !== undefined || instruction.opcode === "ret" || instruction.opcode === "exit";
    if (leaves && instruction.pc + 1 < code.length) starts.add(instruction.pc + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001), on the reversed graph. A block from which
// the exit cannot be reached (an endless loop) has no post-dominator and gets -1.
function immediatePostDominators(successors: readonly number[][], exit: number): Int32Array {
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
