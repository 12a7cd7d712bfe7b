// The variables of a module that outlive a launch: those in global and constant memory, at module scope and in kernels. Knows
// nothing of where they lie.
import type { Entry, Module, Variable } from "./syntax.js";

export interface ModuleVariable {
  /** The variable's name; for one that a kernel declares the kernel's name before it. */
  readonly symbol: string;
  readonly variable: Variable;
}

/** What has to be allocated when a module is loaded; variables of other modules are not among it. */
export function moduleVariables(module: Module): readonly ModuleVariable[] {
  const lasting = ({ space, external }: Variable): boolean => (space === "global" || space === "const") && !external;
  return [
    ...module.variables.filter(lasting).map((variable) => ({ symbol: variable.name, variable })),
    ...[...module.entries.values()].flatMap((entry) =>
      entry.variables.filter(lasting).map((variable) => ({ symbol: symbolOf(entry, variable), variable })),
    ),
  ];
}

/** Under which name a variable that a kernel sees is loaded. */
export function symbolOf(entry: Entry, variable: Variable): string {
  return entry.variables.includes(variable) ? `${entry.name}.${variable.name}` : variable.name;
}
