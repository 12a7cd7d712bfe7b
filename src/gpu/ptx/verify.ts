// Holds a parsed kernel and the functions that it reaches against the instruction table, so that what cannot be run is refused when
// it is loaded.
import { InputError, listChoices } from "../../core/errors.js";
import { callGraph } from "./call-graph.js";
import { functionAddresses, withEnd } from "./functions.js";
import type { Body, Call, Entry, Instruction, Module, Signature, Variable } from "./syntax.js";
import type { Checked } from "./verify-addresses.js";
import { callIsDefined } from "./verify-calls.js";
import { Checker, type VerifiedInstruction } from "./verify-instruction.js";

export type { VerifiedInstruction } from "./verify-instruction.js";

/** A function, or the kernel itself. */
export interface VerifiedFunction {
  readonly name: string;
  /** With the `ret` that is meant where control would fall off the end. */
  readonly body: Body;
  /** What it takes and returns; nothing, for the kernel, whose parameters are the entry's. */
  readonly signature: Signature;
  readonly code: readonly VerifiedInstruction[];
  /** The variables that its names mean: its own and the module's. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** It may be entered again before it has returned: through itself, or through an address. */
  readonly reentrant: boolean;
}

/** A kernel with everything that it reaches. */
export interface VerifiedEntry {
  readonly entry: Entry;
  /** The kernel itself first. A pc of the whole counts through the code of one after the other. */
  readonly functions: readonly VerifiedFunction[];
  readonly code: readonly VerifiedInstruction[];
  /** The addresses of the module's functions, by name. */
  readonly addresses: ReadonlyMap<string, number>;
}

/** Finds a kernel of a module and checks every instruction. Throws InputError with the line of what is unsupported. */
export function verifyEntry(module: Module, name: string): VerifiedEntry {
  const { verified, problems } = surveyEntry(module, name);
  if (verified === undefined) throw problems[0];
  return verified;
}

/** What of a kernel can run. */
export interface EntrySurvey {
  /** Undefined where something cannot. */
  readonly verified: VerifiedEntry | undefined;
  /** Everything that cannot, in the kernel and in the functions that it reaches, and not only the first of it. */
  readonly problems: readonly InputError[];
}

/** Checks every instruction of a kernel to the last one. Throws InputError only where there is no such kernel. */
export function surveyEntry(module: Module, name: string): EntrySurvey {
  const entry = module.entries.get(name);
  if (entry === undefined) {
    const names = [...module.entries.keys()];
    throw new InputError(`the PTX has no kernel "${name}"`, {
      fix: names.length === 0 ? "It has no .entry at all." : `It has ${listChoices(names)}.`,
    });
  }
  const problems: InputError[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const graph = callGraph(module, entry);
  const lines = module.text.split("\n");
  const parts = [
    { name, body: graph.functions.length === 0 ? entry : withEnd(entry), signature: { results: [], parameters: [] } },
    ...graph.functions.map(({ name, body, results, parameters }) => ({
      name,
      body: withEnd(body),
      signature: { results, parameters },
    })),
  ];
  const functions = parts.map(({ name, body, signature }, index): VerifiedFunction => {
    const variables = new Map([...module.variables, ...body.variables].map((variable) => [variable.name, variable]));
    const checked: Checked = {
      name,
      what: index === 0 ? "kernel" : "function",
      body,
      parameters: index === 0 ? entry.parameters : [],
    };
    const checker = new Checker(checked, variables, module, graph, lines);
    // Calls of what the module does not define are refused first of all, since what surrounds them would be refused with a
    // message that misleads.
    const [elsewhere, here] = [[] as Instruction[], [] as Instruction[]];
    for (const each of body.instructions) {
      (each.call === undefined || callIsDefined(module, each.call) ? here : elsewhere).push(each);
    }
    for (const each of elsewhere) attempt(() => checker.notDefined(each, (each.call as Call).target));
    const code = here.map((each) => attempt(() => checker.instruction(each)));
    return {
      name,
      body,
      signature,
      // Whoever looks at code has all of it: where something is refused there is no verified kernel.
      code: code as VerifiedInstruction[],
      variables,
      reentrant: index > 0 && graph.isReentrant(name),
    };
  });
  if (problems.length > 0) return { verified: undefined, problems };
  const code = functions.flatMap((each) => each.code);
  return { verified: { entry, functions, code, addresses: functionAddresses(module) }, problems };
}
