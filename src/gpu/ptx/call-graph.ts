// Which functions a kernel reaches, and which of them may be entered again before they have returned. A call of an address may
// reach every function of its prototype whose address the module takes.
import { addressedFunctions, fits, functionNamedBy } from "./functions.js";
import type { Body, DeviceFunction, Entry, Instruction, Module } from "./syntax.js";

/** A function with a body. */
export type DefinedFunction = DeviceFunction & { readonly body: Body };

export interface CallGraph {
  /** What the kernel reaches, itself left out, in the order of the module. */
  readonly functions: readonly DefinedFunction[];
  /** Whom a call may reach, by name; none for one of a function that the module does not define. */
  callees(body: Body, instruction: Instruction): readonly DefinedFunction[];
  /** Whether a function may be active twice in one thread. */
  isReentrant(name: string): boolean;
  /** Whether a function, or one that it calls, satisfies this. */
  reaches(name: string, does: (instruction: Instruction) => boolean): boolean;
}

export function callGraph(module: Module, entry: Entry): CallGraph {
  let addressed: readonly DefinedFunction[] | undefined;
  const withAddress = (): readonly DefinedFunction[] => {
    addressed ??= [...addressedFunctions(module)].map((name) => module.functions.get(name)).filter(isDefined);
    return addressed;
  };
  const callees = (body: Body, { call }: Instruction): readonly DefinedFunction[] => {
    if (call === undefined) return [];
    const { target, prototype } = call;
    if (target.kind === "symbol") return [module.functions.get(target.name)].filter(isDefined);
    const declared = prototype === undefined ? undefined : body.targets.get(prototype);
    if (declared?.kind === "functions")
      return declared.names.map((name) => module.functions.get(name)).filter(isDefined);
    return declared?.kind === "prototype" ? withAddress().filter((each) => fits(each, declared)) : [];
  };
  // A function whose address is taken is reached even where nothing calls it: the address must mean something.
  const next = (body: Body): string[] =>
    body.instructions.flatMap((instruction) => {
      const named = functionNamedBy(instruction, body, module);
      return [...callees(body, instruction).map(({ name }) => name), ...(named === undefined ? [] : [named])];
    });
  const calls = new Map<string, ReadonlySet<string>>();
  const pending = [...new Set(next(entry))];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const body = module.functions.get(name)?.body;
    if (calls.has(name) || body === undefined) continue;
    const called = new Set(body.instructions.flatMap((each) => callees(body, each).map((callee) => callee.name)));
    calls.set(name, called);
    pending.push(...next(body));
  }
  const reachedFrom = (name: string): Set<string> => {
    const reached = new Set<string>();
    const ahead = [...(calls.get(name) ?? [])];
    for (let other = ahead.pop(); other !== undefined; other = ahead.pop()) {
      if (reached.has(other)) continue;
      reached.add(other);
      ahead.push(...(calls.get(other) ?? []));
    }
    return reached;
  };
  const reentrant = new Set([...calls.keys()].filter((name) => reachedFrom(name).has(name)));
  return {
    functions: [...module.functions.values()].filter(isDefined).filter(({ name }) => calls.has(name)),
    callees,
    isReentrant: (name) => reentrant.has(name),
    reaches: (name, does) =>
      [name, ...reachedFrom(name)].some((each) => module.functions.get(each)?.body?.instructions.some(does) === true),
  };
}

function isDefined(each: DeviceFunction | undefined): each is DefinedFunction {
  return each?.body !== undefined;
}
