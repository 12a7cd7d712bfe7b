// Moves and conversions.
import { bits, type InstructionRow, integers, roundings, rows } from "./row.js";

export const conversions: readonly InstructionRow[] = rows("conversion", [
  [
    `mov .type=pred|${bits}|${integers}|f32|f64|b128`,
    "d:packed a:packed",
    "d = a, bit for bit; of a vector the first element is the lowest bits",
  ],
  [`cvt ?.sat .dtype=s8|u8|${integers} .atype=${integers}|s8|u8`, "d:dtype a:atype", "d = a in another integer type"],
  [
    `cvt .rnd=rni|rzi|rmi|rpi ?.ftz ?.sat .dtype=s8|u8|${integers} .atype=f32|f64`,
    "d:dtype a:atype",
    "d = a rounded to an integer and clamped",
  ],
  [
    `cvt .rnd=${roundings} ?.sat .dtype=f32|f64 .atype=s8|u8|${integers}`,
    "d:dtype a:atype",
    "d = a as a floating-point number",
  ],
  [`cvt .rnd=${roundings} ?.ftz ?.sat .dtype=f32 .atype=f64`, "d:dtype a:atype", "d = a in single precision"],
  ["cvt ?.ftz ?.sat .dtype=f64 .atype=f32", "d:dtype a:atype", "d = a in double precision"],
  [
    "cvt .rnd=rni|rzi|rmi|rpi ?.ftz ?.sat .dtype=f32 .atype=f32",
    "d:dtype a:atype",
    "d = a rounded to an integral value",
  ],
  ["cvt .rnd=rni|rzi|rmi|rpi .dtype=f64 .atype=f64", "d:dtype a:atype", "d = a rounded to an integral value"],
  ["cvt ?.ftz ?.sat .dtype=f32 .atype=f32", "d:dtype a:atype", "d = a, flushed or clamped"],
  ["cvt .rnd=rn|rz|rm|rp ?.ftz ?.sat .dtype=f16 .atype=f32", "d:dtype a:atype", "d = a in half precision"],
  ["cvt .rnd=rn|rz|rm|rp ?.sat .dtype=f16 .atype=f64", "d:dtype a:atype", "d = a in half precision"],
  ["cvt .rnd=rn|rz .relu .dtype=f16|bf16 .atype=f32", "d:dtype a:atype", "d = a in half precision, at least 0"],
  ["cvt .rnd=rn|rz .dtype=bf16 .atype=f32", "d:dtype a:atype", "d = a in bfloat16"],
  ["cvt ?.ftz ?.sat .dtype=f32 .atype=f16", "d:dtype a:atype", "d = a in single precision"],
  ["cvt ?.sat .dtype=f64 .atype=f16", "d:dtype a:atype", "d = a in double precision"],
  ["cvt .dtype=f32 .atype=bf16", "d:dtype a:atype", "d = a in single precision"],
  [`cvt .rnd=${roundings} ?.sat .dtype=f16 .atype=u8|s8|${integers}`, "d:dtype a:atype", "d = a in half precision"],
  [
    `cvt .rnd=rni|rzi|rmi|rpi ?.sat .dtype=u8|s8|${integers} .atype=f16`,
    "d:dtype a:atype",
    "d = a rounded to an integer and clamped",
  ],
  ["cvt .rnd=rni|rzi|rmi|rpi ?.sat .dtype=f16 .atype=f16", "d:dtype a:atype", "d = a rounded to an integral value"],
  ["cvt .rnd=rn|rz ?.relu .type=f16x2|bf16x2 .from=f32", "d a:from b:from", "d = a and b in half precision, a above"],
  ["cvt .rnd=rna .type=tf32 .from=f32", "d a:from", "d = a with ten bits of fraction"],
  [
    "cvt .rnd=rn .satfinite ?.relu .type=e4m3x2|e5m2x2 .from=f32",
    "d a:from b:from",
    "d = a and b in eight bits each, a above",
  ],
  ["cvt .rnd=rn .satfinite ?.relu .type=e4m3x2|e5m2x2 .from=f16x2", "d a:from", "d = both halves of a in eight bits"],
  ["cvt .rnd=rn ?.relu .type=f16x2 .from=e4m3x2|e5m2x2", "d a:from", "d = both bytes of a in half precision"],
  [
    "cvta ?.to .space=global|shared|local|const|param .type=u64",
    "d a",
    "d = a as a generic address, or with .to as an address of the space",
  ],
]);
