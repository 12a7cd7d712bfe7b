// Rows whose edge values are tested in a file of their own: those of matrices, copies that go on by themselves, barriers that count,
// calls and textures. An entry holds as long as the file is there and has the word.

export interface Elsewhere {
  readonly opcode: string;
  /** What of the opcode's rows; all of them where it is left out. */
  readonly modifier?: string;
  readonly file: string;
  readonly word: string;
}

const matrix = "test/gpu/simt/execute/matrix.test.ts";
const asynchronous = "test/gpu/simt/asynchronous.test.ts";
const hopper = "test/kernels/cuda/hopper.cu";
const calls = "test/gpu/host/recursion.test.ts";

export const elsewhere: readonly Elsewhere[] = [
  { opcode: "mma", file: matrix, word: "mma.sync" },
  { opcode: "wmma", file: matrix, word: "wmma" },
  { opcode: "ldmatrix", file: matrix, word: "ldmatrix" },
  { opcode: "stmatrix", file: matrix, word: "stmatrix" },
  { opcode: "movmatrix", file: matrix, word: "movmatrix" },
  { opcode: "cp", file: asynchronous, word: "cp.async" },
  { opcode: "mbarrier", file: asynchronous, word: "mbarrier." },
  { opcode: "fence", modifier: "proxy", file: hopper, word: "fence.proxy" },
  { opcode: "fence", modifier: "mbarrier_init", file: hopper, word: "mbarrier_init" },
  { opcode: "griddepcontrol", file: hopper, word: "griddepcontrol" },
  { opcode: "brx", file: calls, word: "brx.idx" },
  { opcode: "call", file: calls, word: "call" },
  ...["tex", "txq", "suq", "suld", "sust"].map((opcode) => ({
    opcode,
    file: "test/gpu/host/textures.test.ts",
    word: `${opcode}.`,
  })),
];
