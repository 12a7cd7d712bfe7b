// Checks calls: that somebody is called, and that caller and function agree on what is handed over.
import type { CallGraph } from "./call-graph.js";
import { fits, isOfRuntime } from "./functions.js";
import type {
  Body,
  Call,
  DeviceFunction,
  FormalParameter,
  Instruction,
  Module,
  Operand,
  Signature,
  Variable,
} from "./syntax.js";
import type { PtxType } from "./types.js";

export interface VerifiedCall {
  /** The functions that it may reach, by name: one, where it names it. */
  readonly callees: readonly string[];
  /** The function of the device's runtime that it is of; it has no callees. */
  readonly runtime: string | undefined;
  /** Where the address of the function is; undefined where it is named. */
  readonly pointer: Operand | undefined;
  readonly results: readonly Operand[];
  /** What is handed over, as the function or the prototype declares it. */
  readonly signature: Signature;
  /** Whether threads may wait for each other before it returns. */
  readonly synchronises: boolean;
}

/** Where a call stands, and what looks at its operands. */
export interface CallContext {
  readonly name: string;
  readonly body: Body;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly module: Module;
  readonly graph: CallGraph;
  /** Checks an operand that is a value: `d` is one that is written. */
  value(operand: Operand, name: "a" | "d", type: PtxType): void;
  fail(what: string, fix?: string): never;
}

/** Whether a call is of an address, or of a function that the module or the device's runtime defines. */
export function callIsDefined(module: Module, { target }: Call): boolean {
  if (target.kind !== "symbol") return true;
  const called = module.functions.get(target.name);
  return called !== undefined && (called.body !== undefined || isOfRuntime(called));
}

export function verifyCall(instruction: Instruction, call: Call, context: CallContext): VerifiedCall {
  const { target, results } = call;
  const { body, graph, fail } = context;
  const callees = graph.callees(body, instruction);
  const isNamed = target.kind === "symbol";
  const named = isNamed ? (context.module.functions.get(target.name) as DeviceFunction) : undefined;
  const signature = named ?? signatureAt(call, context);
  const what = isNamed ? `"${target.name}"` : "the function at an address";
  if (isNamed && !sameCounts(instruction.operands, results, signature)) {
    fail(
      `${what} takes ${signature.parameters.length} arguments and returns ${signature.results.length}, found ${instruction.operands.length} and ${results.length}`,
    );
  }
  if (!isNamed) {
    const register = target.kind === "register" ? body.registers.get(target.name) : undefined;
    if (register?.type.bytes !== 8) fail("the address of a function is in a 64-bit register");
    if (!sameCounts(instruction.operands, results, signature)) {
      fail(
        `its prototype takes ${signature.parameters.length} arguments and returns ${signature.results.length}, found ${instruction.operands.length} and ${results.length}`,
      );
    }
  }
  signature.parameters.forEach((formal, i) => {
    handedOver(instruction.operands[i], "a", formal, what, context);
  });
  signature.results.forEach((formal, i) => {
    handedOver(results[i], "d", formal, what, context);
  });
  return {
    callees: callees.map(({ name }) => name),
    runtime: named !== undefined && named.body === undefined ? named.name : undefined,
    pointer: isNamed ? undefined : target,
    results,
    signature,
    synchronises: callees.some(({ name }) => graph.reaches(name, waits)),
  };
}

function signatureAt({ prototype }: Call, { body, module, fail }: CallContext): Signature {
  const declared = prototype === undefined ? undefined : body.targets.get(prototype);
  if (declared?.kind === "prototype") return declared;
  if (declared?.kind !== "functions") {
    return fail(
      "a call of an address needs a prototype",
      "Declare one, p: .callprototype (.param .b32 _) _ (.param .b32 _); and name it behind the arguments.",
    );
  }
  const [first, ...others] = declared.names.map((name) => module.functions.get(name));
  if (first === undefined || others.some((other) => other === undefined || !fits(other, first))) {
    return fail(`the functions of "${prototype}" do not all take and return the same`);
  }
  return first;
}

function sameCounts(given: readonly Operand[], results: readonly Operand[], signature: Signature): boolean {
  return given.length === signature.parameters.length && results.length === signature.results.length;
}

// A variable of the parameter space hands over its bytes, whatever they are; anything else is a value of the formal's type.
function handedOver(
  operand: Operand,
  name: "a" | "d",
  formal: FormalParameter,
  what: string,
  { variables, value, fail }: CallContext,
): void {
  const variable = operand.kind === "symbol" && operand.offset === 0 ? variables.get(operand.name) : undefined;
  if (variable?.space === "param") {
    if (variable.bytes === formal.bytes) return;
    fail(`"${variable.name}" has ${variable.bytes} bytes where ${what} has ${formal.bytes}`);
  }
  if (operand.kind === "symbol" && operand.name === "_" && name === "d") return;
  if (formal.bytes !== formal.type.bytes) fail(`${what} needs a .param variable of ${formal.bytes} bytes`);
  value(operand, name, formal.type);
}

function waits({ opcode, modifiers }: Instruction): boolean {
  return opcode === "bar" || opcode === "barrier" || modifiers.includes("sync");
}
