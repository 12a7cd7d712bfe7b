// The functions of a module as values: which of them have addresses that something holds, and what these addresses are. A function's
// address is its place in the module, so that it is the same in every kernel and in the variables that hold it.
import type { Body, DeviceFunction, Instruction, Module, Signature, Variable } from "./syntax.js";

/** Where the addresses of functions begin: no memory lies there. */
const functionWindow = 0x4000_0000_0000;
const spacing = 16;

/** The functions of the device's runtime that are there without being defined, with the bytes of what they take and return. */
const runtimeFunctions: Readonly<
  Record<string, { readonly results: readonly number[]; readonly parameters: readonly number[] }>
> = {
  vprintf: { results: [4], parameters: [8, 8] },
  malloc: { results: [8], parameters: [8] },
  free: { results: [], parameters: [8] },
  __assertfail: { results: [], parameters: [8, 8, 4, 8, 8] },
};

/** Whether a function that is only declared is one of the runtime's, declared as it is. */
export function isOfRuntime({ name, body, results, parameters }: DeviceFunction): boolean {
  const known = Object.hasOwn(runtimeFunctions, name) ? runtimeFunctions[name] : undefined;
  if (body !== undefined || known === undefined) return false;
  const same = (formal: Signature["results"], bytes: readonly number[]): boolean =>
    formal.length === bytes.length && formal.every((each, index) => each.bytes === bytes[index]);
  return same(results, known.results) && same(parameters, known.parameters);
}

/** The addresses of the functions that the module defines, by name. */
export function functionAddresses(module: Module): ReadonlyMap<string, number> {
  const defined = [...module.functions.values()].filter(({ body }) => body !== undefined);
  return new Map(defined.map(({ name }, index) => [name, functionWindow + spacing * (index + 1)]));
}

/** The functions whose addresses an instruction or a variable of the module takes: those that a call of an address may reach. */
export function addressedFunctions(module: Module): ReadonlySet<string> {
  const names = new Set<string>();
  const hold = (variables: readonly Variable[]): void => {
    for (const { initial } of variables) for (const { name } of initial?.addresses ?? []) names.add(name);
  };
  hold(module.variables);
  const bodies = [...module.entries.values(), ...[...module.functions.values()].map(({ body }) => body)];
  for (const body of bodies) {
    if (body === undefined) continue;
    hold(body.variables);
    for (const instruction of body.instructions) {
      const name = functionNamedBy(instruction, body, module);
      if (name !== undefined) names.add(name);
    }
  }
  return new Set([...names].filter((name) => module.functions.has(name)));
}

/** The function whose address an instruction takes: `mov.u64 %rd1, f;`. A variable of the same name hides it. */
export function functionNamedBy({ opcode, operands }: Instruction, body: Body, module: Module): string | undefined {
  const source = operands[1];
  if (opcode !== "mov" || source?.kind !== "symbol" || !module.functions.has(source.name)) return undefined;
  const { name } = source;
  return [...body.variables, ...module.variables].some((variable) => variable.name === name) ? undefined : name;
}

/** Whether control cannot go on behind an instruction. */
function isLast({ opcode, guard }: Instruction): boolean {
  return guard === undefined && ["ret", "exit", "bra", "brx", "trap"].includes(opcode);
}

/** A body with the `ret` that is meant where control would fall off its end: behind it stands the next function. */
export function withEnd<B extends Body>(body: B): B {
  const { instructions, labels } = body;
  const last = instructions.at(-1);
  if (last !== undefined && isLast(last) && ![...labels.values()].includes(instructions.length)) return body;
  const { ptxLine, ptxColumn, location } = last ?? { ptxLine: 1, ptxColumn: 1, location: undefined };
  const end: Instruction = {
    pc: instructions.length,
    opcode: "ret",
    modifiers: [],
    guard: undefined,
    operands: [],
    text: "ret;",
    ptxLine,
    ptxColumn,
    location,
  };
  return { ...body, instructions: [...instructions, end] };
}

/** Whether a function takes and returns what a prototype says: as many values, each of the same size. */
export function fits(signature: Signature, prototype: Signature): boolean {
  return sameSizes(signature.results, prototype.results) && sameSizes(signature.parameters, prototype.parameters);
}

function sameSizes(a: Signature["results"], b: Signature["results"]): boolean {
  return a.length === b.length && a.every(({ bytes }, index) => bytes === b[index].bytes);
}
