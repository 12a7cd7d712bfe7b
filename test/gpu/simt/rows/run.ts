// Runs one PTX instruction on many inputs at once, one a thread, and says which row of the instruction table it is of.
import type { InstructionRow } from "../../../../src/gpu/ptx/instructions/index.js";
import { parseModule } from "../../../../src/gpu/ptx/parse.js";
import { verifyEntry } from "../../../../src/gpu/ptx/verify.js";
import { Machine } from "../../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../../launches.js";

export type Width = 16 | 32 | 64;

/** An instruction, inputs for it, and what must come out by another route. */
export interface Form {
  /** `op` alone takes d, a, b, c from registers of the widths; otherwise as written, d being register 0 and the inputs 1, 2, ... */
  readonly text: string;
  /** Of d and of each input: registers %h, %r or %rd. */
  readonly widths: readonly Width[];
  readonly inputs: readonly (readonly bigint[])[];
  readonly law: (...inputs: bigint[]) => bigint;
  /** What stands before and behind the instruction: other inputs to make ready, or where the result is to come from. */
  readonly before?: string;
  readonly after?: string;
  /** Whether two results count as the same, where it is not bit by bit. */
  readonly same?: (result: bigint, wanted: bigint) => boolean;
}

const registers = { 16: "%h", 32: "%r", 64: "%rd" } as const;
/** The line of the module on which the instruction stands. */
const instructionLine = 7;

/** The PTX of a form; the kernel takes the inputs' array, the results' array, 64 bytes of its own, and a struct of 16 bytes. */
function ptxOf({ text, widths, before = "", after = "" }: Form): string {
  const names = widths.map((width, i) => `${registers[width]}${i}`);
  const instruction = text.includes(" ") ? text : `${text} ${names.join(", ")};`;
  const inputs = widths.length - 1;
  const loads = names.slice(1).map((name, i) => `ld.global.b${widths[i + 1]} ${name}, [%in+${8 * i}];`);
  const [head, rest] = [
    `.reg .pred %p<8>, %more; .reg .b16 %h<12>; .reg .b32 %r<32>, %t, %u, %v; .reg .b64 %rd<32>, %in, %out, %own; .reg .b128 %q<4>; .shared .align 16 .b8 tile[128]; .local .align 16 .b8 room[64]; .param .align 16 .b8 handed[32];`,
    `ld.param.u64 %in, [p0]; ld.param.u64 %out, [p1]; ld.param.u64 %own, [p2]; mov.u32 %t, %ctaid.x; mov.u32 %u, %ntid.x; mov.u32 %v, %tid.x; mad.lo.s32 %t, %t, %u, %v; mad.wide.u32 %out, %t, 8, %out; mad.wide.u32 %own, %t, 64, %own; mad.wide.u32 %in, %t, ${8 * Math.max(inputs, 1)}, %in; ${loads.join(" ")} ${before}`,
  ];
  const body = `${head} ${rest}\n${instruction}\n${after} st.global.b${widths[0]} [%out], ${names[0]}; over: ret;`;
  return kernelPtx(3, 0, body).replace(".param .u64 p2", ".param .u64 p2, .param .align 16 .b8 given[16]");
}

/** The row that the last instruction on the form's line is of. */
export function rowOf(form: Form): InstructionRow {
  const { code } = verifyEntry(parseModule(ptxOf(form)), "k");
  const found = code.filter(({ instruction }) => instruction.ptxLine === instructionLine).at(-1);
  if (found === undefined) throw new Error(`no instruction on line ${instructionLine}:\n${ptxOf(form)}`);
  return found.row;
}

/** What comes out for each of the inputs. */
export function run(form: Form): bigint[] {
  const { inputs, widths } = form;
  const count = inputs.length;
  const perThread = Math.max(widths.length - 1, 1);
  const given = new BigUint64Array(count * perThread);
  for (const [thread, row] of inputs.entries()) {
    given.set(
      row.map((value) => BigInt.asUintN(64, value)),
      thread * perThread,
    );
  }
  const block = Math.min(count, 32);
  const arrays = [
    { label: "in", dtype: "u64", data: given },
    { label: "out", dtype: "u64", data: new BigUint64Array(Math.ceil(count / block) * block) },
    // Each thread's own 64 bytes begin with the bytes 0, 1, 2, ...
    { label: "own", dtype: "u8", data: Uint8Array.from({ length: 64 * (count + block) }, (_, i) => i & 63) },
  ] as const;
  const padded = new BigUint64Array(Math.ceil(count / block) * block * perThread);
  padded.set(given);
  const image = launchImage({
    ptx: ptxOf(form),
    grid: Math.ceil(count / block),
    block,
    arrays: [{ ...arrays[0], data: padded }, arrays[1], arrays[2]],
  });
  // The struct holds the bytes 100, 101, ...
  const parameters = new Uint8Array(48);
  parameters.set(image.parameters);
  parameters.set(
    Array.from({ length: 16 }, (_, i) => 100 + i),
    32,
  );
  const machine = new Machine({ ...image, parameters });
  machine.run();
  const out = machine.memory.allocations[1].bytes.slice().buffer;
  return [...new BigUint64Array(out)].slice(0, count);
}

/** All combinations of the values of several inputs; of many, each value with a fair number of the others. */
export function combinations(...choices: readonly (readonly bigint[])[]): bigint[][] {
  const all = choices.reduce<bigint[][]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  const most = 160;
  if (all.length <= most) return all;
  // A stride that has no divisor in common with the number of combinations reaches every value of every input.
  let stride = Math.floor(all.length / most) | 1;
  while (gcd(stride, all.length) !== 1) stride += 2;
  return Array.from({ length: most }, (_, i) => all[(i * stride) % all.length]);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
