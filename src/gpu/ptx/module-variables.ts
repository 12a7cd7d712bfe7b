// The variables of a module that outlive a launch: those in global and constant memory, at module scope and in bodies. Knows nothing
// of where they lie.
import type { Body, Module, Variable } from "./syntax.js";

/** What has to be allocated when a module is loaded; variables of other modules are not among it. */
export function moduleVariables(module: Module): readonly Variable[] {
  const bodies: (Body | undefined)[] = [
    ...module.entries.values(),
    ...[...module.functions.values()].map(({ body }) => body),
  ];
  return [...module.variables, ...bodies.flatMap((body) => body?.variables ?? [])].filter(
    ({ space, external }) => (space === "global" || space === "const") && !external,
  );
}
