// Functions that are really called, held against the same functions called here.
import { f32, i32, u8 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));
const ackermann = (m: number, n: number): number =>
  m === 0 ? n + 1 : ackermann(m - 1, n === 0 ? 1 : ackermann(m, n - 1));

/** The machine of the kernel `interpret`, its stack a list. */
function interpret(program: readonly number[], start: number): number {
  const stack = [start];
  const twoToOne = (of: (a: number, b: number) => number): void => {
    if (stack.length > 1) stack.push(of(stack.pop() as number, stack.pop() as number) | 0);
  };
  const change = (of: (a: number) => number): void => {
    stack.push(of(stack.pop() as number) | 0);
  };
  for (let pc = 0; pc < program.length; pc++) {
    const top = stack[stack.length - 1];
    const steps = [
      () => change((a) => a + 1),
      () => change((a) => Math.imul(a, 3)),
      () => change((a) => -a),
      () => (stack.length < 8 ? stack.push(top) : undefined),
      () => twoToOne((a, b) => a + b),
      () => twoToOne((a, b) => a ^ b),
      () => change((a) => a >> 1),
      () => {
        if (top < 0) pc++;
      },
      () => change((a) => a & 255),
      () => (stack.length > 1 ? stack.splice(-2, 2, top, stack[stack.length - 2]) : undefined),
      () => {
        pc += 2;
      },
    ];
    const step = steps[program[pc]];
    if (step === undefined) break;
    step();
  }
  return stack[stack.length - 1];
}

export const calls: readonly KernelCase[] = casesOf("calls", {
  fibonacci({ gpu, launch }) {
    const x = new Chance(90).wholes(32, 0, 11);
    const out = gpu.zeros(i32, 32);
    launch({ grid: 1, block: 32 }, [gpu.array(i32, x), out]);
    return [{ what: "out", got: out.toArray(), expected: x.map(fib) }];
  },

  sortPieces({ gpu, launch }) {
    const x = new Chance(91).wholes(24 * 64, -99, 99);
    const out = gpu.zeros(i32, x.length);
    launch({ grid: 2, block: 32 }, [gpu.array(i32, x), out]);
    const expected = list(64, (i) => x.slice(24 * i, 24 * i + 24).sort((a, b) => a - b)).flat();
    return [{ what: "out", got: out.toArray(), expected }];
  },

  deep({ gpu, launch }) {
    const out = gpu.zeros(i32, 32);
    launch({ grid: 1, block: 32 }, [out]);
    const expected = list(32, (t) => ackermann(t & 1, t % 5) * 2 + (t % 2 === 0 ? 1 : 0));
    return [{ what: "out", got: out.toArray(), expected }];
  },

  apply({ gpu, launch }) {
    const chance = new Chance(92);
    const [which, a, b] = [chance.wholes(64, 0, 3), chance.wholes(64, -4, 4), chance.wholes(64, 0, 4)];
    const out = gpu.zeros(f32, 64);
    launch({ grid: 1, block: 64 }, [gpu.array(u8, which), gpu.array(f32, a), gpu.array(f32, b), out]);
    const operations = [
      (x: number, y: number) => x + y,
      (x: number, y: number) => x - y,
      (x: number, y: number) => x * y,
      Math.pow,
    ];
    return [{ what: "out", got: out.toArray(), expected: which.map((at, i) => operations[at](a[i], b[i])) }];
  },

  shapes({ gpu, launch }) {
    const x = new Chance(93).wholes(32, 1, 9);
    const out = gpu.zeros(f32, 32);
    launch({ grid: 1, block: 32 }, [gpu.array(f32, x), out]);
    return [
      {
        what: "out",
        got: out.toArray(),
        expected: x.map((size, t) => (t % 3 === 0 ? 24 * size * size : 16 * size + 4)),
      },
    ];
  },

  interpret({ gpu, launch }) {
    const length = 30;
    const programs = new Chance(94).wholes(32 * length, 0, 11).map((op, i) => (op === 11 && i % 7 > 0 ? 3 : op));
    const out = gpu.zeros(i32, 32);
    launch({ grid: 1, block: 32 }, [length, gpu.array(u8, programs), out]);
    const expected = list(32, (t) => interpret(programs.slice(t * length, (t + 1) * length), t));
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
