// Products of small matrices that a warp computes together, and what moves such matrices. How their elements lie in registers is
// fragments.ts.
import { type InstructionRow, type RowText, roundings, rows } from "./row.js";

const wmmaShapes = "m16n16k16|m32n8k16|m8n32k16";
const product = "d:fragment a:fragment b:fragment c:fragment";
const does = "d = a * b + c";

function mma(shapes: string, layouts: string, types: string, says: string = does): RowText {
  return [`mma .sync .aligned .shape=${shapes} ${layouts} ${types}`, product, says];
}

function types(d: string, a: string, b: string, c: string = d): string {
  return `.dtype=${d} .atype=${a} .btype=${b} .ctype=${c}`;
}

const rowByColumn = ".alayout=row .blayout=col";
const anyLayout = ".alayout=row|col .blayout=row|col";
const fp8 = "e4m3|e5m2";

/** wmma.load and wmma.store of the matrices that take part in a product. */
function moves(matrices: string, shapes: string, elements: string): RowText {
  return [
    `wmma .load .matrix=${matrices} .sync .aligned .layout=row|col .shape=${shapes} ?.space=global|shared .type=${elements}`,
    "d:fragment a:address ?s:u32",
    "d = the matrix at the address, whose rows (or columns) are s elements apart",
  ];
}

function stores(shapes: string, elements: string): RowText {
  return [
    `wmma .store .matrix=d .sync .aligned .layout=row|col .shape=${shapes} ?.space=global|shared .type=${elements}`,
    "a:address f:fragment ?s:u32",
    "the matrix at the address, whose rows (or columns) are s elements apart, = f",
  ];
}

function wmma(shapes: string, rest: string): RowText {
  return [`wmma .mma .sync .aligned ${anyLayout} .shape=${shapes} ${rest}`, product, does];
}

export const matrices: readonly InstructionRow[] = rows("matrix", [
  mma("m8n8k4", anyLayout, types("f32", "f16", "f16", "f32|f16"), `${does}, four times in a warp`),
  mma("m8n8k4", anyLayout, types("f16", "f16", "f16"), `${does}, four times in a warp`),
  mma("m16n8k8|m16n8k16", rowByColumn, types("f16", "f16", "f16")),
  mma("m16n8k8|m16n8k16", rowByColumn, types("f32", "f16", "f16")),
  mma("m16n8k8|m16n8k16", rowByColumn, types("f32", "bf16", "bf16")),
  mma("m16n8k4|m16n8k8", rowByColumn, types("f32", "tf32", "tf32")),
  mma("m16n8k16|m16n8k32", rowByColumn, types("f32", fp8, fp8)),
  mma("m16n8k16|m16n8k32", rowByColumn, types("f16", fp8, fp8)),
  mma("m8n8k4|m16n8k4|m16n8k8|m16n8k16", `${rowByColumn} ?.rnd=${roundings}`, types("f64", "f64", "f64")),
  mma("m8n8k16|m16n8k16|m16n8k32", `${rowByColumn} ?.satfinite`, types("s32", "s8|u8", "s8|u8")),
  mma("m8n8k32|m16n8k32|m16n8k64", `${rowByColumn} ?.satfinite`, types("s32", "s4|u4", "s4|u4")),
  mma(
    "m8n8k128|m16n8k128|m16n8k256",
    rowByColumn,
    `${types("s32", "b1", "b1")} .op=and|xor .popc`,
    "d = c + the number of ones in a op b",
  ),
  moves("a|b", wmmaShapes, "f16|bf16|s8|u8"),
  moves("a|b", "m16n16k8", "tf32"),
  moves("a|b", "m8n8k4", "f64"),
  moves("c", wmmaShapes, "f16|f32|s32"),
  moves("c", "m16n16k8", "f32"),
  moves("c", "m8n8k4", "f64"),
  stores(wmmaShapes, "f16|f32|s32"),
  stores("m16n16k8", "f32"),
  stores("m8n8k4", "f64"),
  wmma(wmmaShapes, ".dtype=f16|f32 .ctype=f16|f32"),
  wmma(wmmaShapes, types("f32", "bf16", "bf16")),
  wmma("m16n16k8", types("f32", "tf32", "tf32")),
  wmma("m8n8k4", `?.rnd=${roundings} ${types("f64", "f64", "f64")}`),
  wmma(wmmaShapes, `${types("s32", "s8", "s8")} ?.satfinite`),
  wmma(wmmaShapes, `${types("s32", "u8", "u8")} ?.satfinite`),
  [
    "ldmatrix .sync .aligned .shape=m8n8 .count=x1|x2|x4 ?.trans ?.space=shared .type=b16",
    "d:fragment a:address",
    "d = matrices of 8 x 8, of which each lane's address is that of a row of 16 bytes",
  ],
  [
    "stmatrix .sync .aligned .shape=m8n8 .count=x1|x2|x4 ?.trans ?.space=shared .type=b16",
    "a:address f:fragment",
    "matrices of 8 x 8, of which each lane's address is that of a row of 16 bytes, = f",
  ],
  ["movmatrix .sync .aligned .shape=m8n8 .trans .b16", "d a", "d = the 8 x 8 matrix a, transposed"],
]);
