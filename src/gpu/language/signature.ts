// What a kernel takes, and the TypeScript types that its body sees. Types only, and the reading of a signature object.
import {
  type DType,
  type DTypeName,
  dtypes,
  type HostArrays,
  isDType,
  isPointerType,
  type ParameterType,
  type PointerType,
} from "../../core/dtype.js";
import { InputError, listChoices } from "../../core/errors.js";

/** Parameter names and their types, in the order in which the PTX takes them. */
export type Signature = Readonly<Record<string, ParameterType>>;

/** A pointer in a kernel: `x[i]` is an element, `x.add(n)` the address n elements on. */
export interface DevicePointer<Name extends DTypeName = DTypeName> {
  [index: number]: number;
  /** The address `count` elements on. */
  add(count: number): DevicePointer<Name>;
  /** Elements i and i + 1 in one access: `const v = x.load2(i)`. The address is a multiple of both elements' bytes. */
  load2(i: number): Vector2;
  /** Elements i to i + 3 in one access of 16 bytes at most: `const v = x.load4(i)`. */
  load4(i: number): Vector4;
  store2(i: number, x: number, y: number): void;
  store2(i: number, v: Vector2): void;
  store4(i: number, x: number, y: number, z: number, w: number): void;
  store4(i: number, v: Vector4): void;
}

/** Two elements that were loaded together. */
export interface Vector2 {
  readonly x: number;
  readonly y: number;
}

/** Four elements that were loaded together. */
export interface Vector4 extends Vector2 {
  readonly z: number;
  readonly w: number;
}

/** What the body gets for a parameter: a number for every scalar, 64-bit integers too, and an indexable for a pointer. */
export type DeviceValue<T extends ParameterType> = T extends PointerType<infer Name> ? DevicePointer<Name> : number;

/** The first argument of a kernel's body. */
export type DeviceValues<S extends Signature> = { [Name in keyof S]: DeviceValue<S[Name]> };

/** What the host passes for a parameter when it runs the reference: typed arrays for pointers. */
export type HostArgument<T extends ParameterType> =
  T extends PointerType<infer Name> ? HostArrays[Name] : T extends DType<"i64" | "u64"> ? bigint | number : number;

export type HostArguments<S extends Signature> = { readonly [Name in keyof S]: HostArgument<S[Name]> };

export interface KernelParameter {
  readonly name: string;
  readonly type: ParameterType;
}

/** The parameters in order. `what` names the kernel in the error. */
export function readSignature(signature: unknown, what: string): readonly KernelParameter[] {
  if (typeof signature !== "object" || signature === null || Array.isArray(signature)) {
    throw new InputError(`the signature of ${what} must be an object of parameter types`, {
      fix: `Write kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr }, ({ n, a, x, y }, { threadIdx }) => { ... }).`,
    });
  }
  return Object.entries(signature).map(([name, type]) => {
    if (!isDType(type) && !isPointerType(type)) {
      throw new InputError(`parameter ${name} of ${what} has no type that a kernel can take`, {
        where: `signature.${name}`,
        fix: `Give it ${listChoices(Object.keys(dtypes), false)}, or a pointer to one of these: f32.ptr.`,
      });
    }
    const element = isDType(type) ? type : type.pointerTo;
    if (element.name === "e4m3" || element.name === "e5m2") {
      throw new InputError(
        `parameter ${name} of ${what} is of ${element.name}, which the language does not compute in yet`,
        {
          where: `signature.${name}`,
          fix: "Take its bits, u8.ptr, or write the kernel as PTX.",
        },
      );
    }
    return { name, type };
  });
}

/** `f32` or `f32.ptr`. */
export function formatParameterType(type: ParameterType): string {
  return isDType(type) ? type.name : `${type.pointerTo.name}.ptr`;
}
