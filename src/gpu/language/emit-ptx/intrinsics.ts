// Intrinsics and what warps do together -> PTX instructions. Knows nothing of how operands are computed.
import type { IntrinsicName, WarpIntrinsicName } from "../intrinsics.js";
import type { Rounding, ScalarType } from "../tree.js";
import { arithmeticType, bitType } from "./operands.js";

/** The opcode of an intrinsic, and its operands in the order in which PTX has them. */
export function intrinsicInstruction(
  name: IntrinsicName,
  of: ScalarType,
  rounding: Rounding | undefined,
  operands: readonly string[],
): readonly [opcode: string, ...operands: string[]] {
  const [x, y, z] = operands;
  const bits = bitType(of);
  const type = arithmeticType(of);
  switch (name) {
    case "popc":
    case "clz":
    case "brev":
    case "bfi":
      return [`${name}.${bits}`, ...operands];
    case "bfe":
      return [`bfe.${type}`, ...operands];
    case "rotl":
      return ["shf.l.wrap.b32", x, x, y];
    case "rotr":
      return ["shf.r.wrap.b32", x, x, y];
    case "funnelShiftL":
      return ["shf.l.wrap.b32", x, y, z];
    case "funnelShiftR":
      return ["shf.r.wrap.b32", x, y, z];
    case "bytePerm":
      return ["prmt.b32", ...operands];
    case "mulhi":
      return [`mul.hi.${type}`, ...operands];
    case "dp4a":
      return [`dp4a.${type}.${type}`, ...operands];
    case "roundedAdd":
    case "roundedSub":
    case "roundedMul":
    case "roundedDiv":
    case "roundedSqrt":
      return [`${name.slice("rounded".length).toLowerCase()}.${rounding}.${of}`, ...operands];
    case "saturate":
      return ["cvt.sat.f32.f32", x];
    case "copysign":
      // PTX takes the sign first.
      return [`copysign.${of}`, y, x];
    case "rsqrt":
      return ["rsqrt.approx.f32", x];
  }
}

/** The opcode of what a warp works out, and the first architecture that has it. */
export function warpInstruction(name: WarpIntrinsicName, of: ScalarType | undefined): readonly [string, sm: number] {
  switch (name) {
    case "activemask":
      return ["activemask.b32", 70];
    case "matchAny":
      return [`match.any.sync.${bitType(of ?? "u32")}`, 70];
    case "matchAll":
      return [`match.all.sync.${bitType(of ?? "u32")}`, 70];
    case "reduceAnd":
    case "reduceOr":
    case "reduceXor":
      return [`redux.sync.${name.slice("reduce".length).toLowerCase()}.b32`, 80];
    default:
      return [`redux.sync.${name.slice("reduce".length).toLowerCase()}.${arithmeticType(of ?? "u32")}`, 80];
  }
}
