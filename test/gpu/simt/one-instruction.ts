// One PTX instruction in one lane, on raw bits: what the tests of the instruction table's rows run.
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";

type Width = 16 | 32 | 64;
const registers = { 16: "%h", 32: "%r", 64: "%rd" } as const;

/**
 * Runs `op d, a, b, c` with operands of these widths and gives the bits of d; or, where `text` is given, that text, which finds its
 * operands in registers 1, 2, ... and leaves d in register 0 (%h, %r or %rd by width).
 */
export function execute(
  instruction: string | { readonly text: string },
  widths: readonly Width[],
  ...inputs: readonly bigint[]
): bigint {
  const mov = inputs.map((bits, i) => `mov.b${widths[i + 1]} ${registers[widths[i + 1]]}${i + 1}, ${bits};`).join(" ");
  const names = widths.map((width, i) => `${registers[width]}${i}`);
  const text = typeof instruction === "string" ? `${instruction} ${names.join(", ")};` : instruction.text;
  const ptx = kernelPtx(
    1,
    0,
    `.reg .b16 %h<6>; .reg .b32 %r<6>; .reg .b64 %rd<9>; ld.param.u64 %rd8, [p0]; ${mov}
    ${text} st.global.b${widths[0]} [%rd8], ${names[0]}; ret;`,
  );
  const machine = new Machine(
    launchImage({ ptx, block: 1, arrays: [{ label: "out", dtype: "u64", data: new BigUint64Array(1) }] }),
  );
  machine.run();
  return new BigUint64Array(machine.memory.allocations[0].bytes.slice().buffer)[0];
}
