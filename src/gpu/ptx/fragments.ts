// Which element of a matrix each lane of a warp holds in which register: the fragments of mma, wmma, ldmatrix and stmatrix.
// Those of mma are as the PTX manual lays them out; those of wmma the manual leaves open, and here is the one that we chose.
// Knows nothing of what is computed.
import { type PtxType, ptxType } from "./types.js";

export interface MatrixShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** One operand of a matrix instruction, spread over the lanes of a warp. */
export interface Fragment {
  /** The type of the matrix's elements: `f16`, `tf32`, `s4`, ...; `b1x32` are 32 elements of one bit. */
  readonly element: string;
  readonly rows: number;
  readonly columns: number;
  /** How many matrices a warp holds side by side; m8n8k4 of f16 multiplies four pairs. */
  readonly matrices: number;
  /** Registers that each lane gives, and their type. */
  readonly registers: number;
  readonly registerType: PtxType;
  /** Elements in a register, the first one in its lowest bits. */
  readonly perRegister: number;
  /** The place of a lane's element, counted over its registers: `(matrix * rows + row) * columns + column`. */
  place(lane: number, element: number): number;
}

/** Bits of an element in a register. */
const elementBits: Readonly<Record<string, number>> = {
  f16: 16,
  bf16: 16,
  tf32: 32,
  f32: 32,
  f64: 64,
  s32: 32,
  s8: 8,
  u8: 8,
  s4: 4,
  u4: 4,
  e4m3: 8,
  e5m2: 8,
  b1x32: 32,
};

type Modifiers = Readonly<Record<string, string>>;

export function matrixShape(modifiers: Modifiers): MatrixShape {
  const [, m, n, k] = (/^m(\d+)n(\d+)k(\d+)$/.exec(modifiers["shape"] ?? "") ?? []).map(Number);
  if (m === undefined) throw new Error(`no matrix shape: ${modifiers["shape"]}`);
  return { m, n, k };
}

/** Operations of a matrix instruction, for the whole warp: 2 for each product that is added, of integers too; else 0. */
export function matrixOperations(opcode: string, modifiers: Modifiers): number {
  if (opcode !== "mma" && modifiers["mma"] === undefined) return 0;
  const { m, n, k } = matrixShape(modifiers);
  return 2 * m * n * k * (isQuadPairs(opcode, modifiers) ? 4 : 1);
}

/** The type of the elements that a matrix instruction multiplies. */
export function multipliedElement(opcode: string, modifiers: Modifiers): string {
  return elementOf(opcode, modifiers, "a");
}

/**
 * The fragment that an operand of class `fragment` is, by the operand's name in the table's row: `a`, `b`, `c` and `d` of mma, and
 * the one that wmma.load, wmma.store, ldmatrix or stmatrix moves.
 */
export function fragmentOf(opcode: string, modifiers: Modifiers, operand: string): Fragment {
  if (opcode === "ldmatrix" || opcode === "stmatrix") return rowsOfEight(modifiers);
  const matrix = modifiers["matrix"] ?? operand;
  const shape = matrixShape(modifiers);
  const element = elementOf(opcode, modifiers, matrix);
  if (opcode === "wmma") return wmmaFragment(matrix, element, shape, layoutOf(modifiers, matrix));
  if (isQuadPairs(opcode, modifiers)) return quadPairFragment(matrix, element, layoutOf(modifiers, matrix));
  return mmaFragment(matrix, element, shape);
}

function elementOf(opcode: string, modifiers: Modifiers, matrix: string): string {
  const named = modifiers[`${matrix}type`] ?? (modifiers["mma"] === undefined ? modifiers["type"] : undefined);
  // wmma.mma names the types of d and c alone where a and b are f16.
  const element = named ?? (opcode === "wmma" ? "f16" : undefined);
  if (element === undefined) throw new Error(`no element type of ${matrix}`);
  return element === "b1" ? "b1x32" : element;
}

function layoutOf(modifiers: Modifiers, matrix: string): string {
  return modifiers["layout"] ?? modifiers[`${matrix}layout`] ?? "row";
}

/** m8n8k4 of f16: quads 0 and 4, 1 and 5, 2 and 6, 3 and 7 of the warp multiply a pair of matrices each. */
function isQuadPairs(opcode: string, modifiers: Modifiers): boolean {
  return opcode === "mma" && modifiers["shape"] === "m8n8k4" && modifiers["atype"] === "f16";
}

function extents(matrix: string, { m, n, k }: MatrixShape): { rows: number; columns: number } {
  if (matrix === "a") return { rows: m, columns: k };
  return matrix === "b" ? { rows: k, columns: n } : { rows: m, columns: n };
}

function registerTypeOf(element: string): PtxType {
  return ptxType(element === "f32" || element === "f64" || element === "s32" ? element : "b32");
}

// PTX ISA, "Matrix Fragments for mma": lane = 4 * group + member. Every shape but m8n8k4 of f16 follows one rule. A register of a
// or b holds neighbours along k; the next register of a lies eight rows below, as far as there are rows, then further along k.
function mmaFragment(matrix: string, element: string, shape: MatrixShape): Fragment {
  const k = element === "b1x32" ? shape.k / 32 : shape.k;
  const { rows, columns } = extents(matrix, { ...shape, k });
  const bits = elementBits[element];
  const perRegister = Math.max(1, 32 / bits);
  const halves = rows / 8;
  const place = (lane: number, index: number): number => {
    const [group, member] = [lane >> 2, lane & 3];
    const register = Math.floor(index / perRegister);
    const inner = index % perRegister;
    if (matrix === "a") {
      const along = member * perRegister + inner + 4 * perRegister * Math.floor(register / halves);
      return (group + 8 * (register % halves)) * columns + along;
    }
    if (matrix === "b") return (member * perRegister + inner + 4 * perRegister * register) * columns + group;
    return (group + 8 * (index >> 1)) * columns + 2 * member + (index & 1);
  };
  const registers = (rows * columns) / 32 / perRegister;
  return {
    element,
    rows,
    columns,
    matrices: 1,
    registers,
    registerType: registerTypeOf(element),
    perRegister,
    place,
  };
}

// PTX ISA, "Matrix Fragments for mma.m8n8k4 with .f16 floating point type".
function quadPairFragment(matrix: string, element: string, layout: string): Fragment {
  const { rows, columns } = extents(matrix, { m: 8, n: 8, k: 4 });
  const alongLane = (matrix === "a") === (layout === "row");
  const place = (lane: number, index: number): number => {
    const pair = (lane >> 2) & 3;
    const upper = lane < 16 ? 0 : 4;
    let [row, column] = [0, 0];
    if (matrix === "a") {
      [row, column] = alongLane ? [(lane & 3) + upper, index] : [index + upper, lane & 3];
    } else if (matrix === "b") {
      [row, column] = alongLane ? [index, (lane & 3) + upper] : [lane & 3, index + upper];
    } else if (element === "f32") {
      [row, column] = [(lane & 1) + (index & 2) + upper, (index & 4) + (lane & 2) + (index & 1)];
    } else [row, column] = [(lane & 3) + upper, index];
    return (pair * rows + row) * columns + column;
  };
  const perRegister = element === "f32" ? 1 : 2;
  const elements = matrix === "a" || matrix === "b" ? 4 : 8;
  return {
    element,
    rows,
    columns,
    matrices: 4,
    registers: elements / perRegister,
    registerType: registerTypeOf(element),
    perRegister,
    place,
  };
}

/**
 * The manual leaves a wmma fragment's layout open, so that a program may only do the same to every element. Here each lane holds
 * neighbours: with the matrix written row after row (a column-major a or b: column after column), lane 0 the first 1/32 of it, lane 1
 * the next. Of c and d the layout is by rows whatever they are loaded or stored by, and the same in f16 and f32. Fragments of f16
 * have room for 16 elements whatever the shape; where a lane has fewer they are repeated.
 */
function wmmaFragment(matrix: string, element: string, shape: MatrixShape, layout: string): Fragment {
  const { rows, columns } = extents(matrix, shape);
  const perRegister = Math.max(1, 32 / elementBits[element]);
  const own = (rows * columns) / 32;
  const isFactor = matrix === "a" || matrix === "b";
  const registers = isFactor && element === "f16" ? 8 : own / perRegister;
  const byColumns = isFactor && layout === "col";
  const place = (lane: number, index: number): number => {
    const at = lane * own + (index % own);
    return byColumns ? (at % rows) * columns + Math.floor(at / rows) : at;
  };
  return { element, rows, columns, matrices: 1, registers, registerType: registerTypeOf(element), perRegister, place };
}

// PTX ISA, ldmatrix: register j is of the jth matrix of 8 x 8, of which a lane holds two neighbours of a row; with .trans of a
// column.
function rowsOfEight(modifiers: Modifiers): Fragment {
  const matrices = Number((modifiers["count"] ?? "x1").slice(1));
  const transposed = modifiers["trans"] !== undefined;
  const place = (lane: number, index: number): number => {
    const [outer, inner] = [lane >> 2, 2 * (lane & 3) + (index & 1)];
    return (8 * (index >> 1) + (transposed ? inner : outer)) * 8 + (transposed ? outer : inner);
  };
  return {
    element: "b16",
    rows: 8,
    columns: 8,
    matrices,
    registers: matrices,
    registerType: ptxType("b32"),
    perRegister: 2,
    place,
  };
}
