// The forms of the instruction table's rows as PTX text, with operands of the right types.
import { fragmentOf } from "../../../src/gpu/ptx/fragments.js";
import type { InstructionRow, OperandRule } from "../../../src/gpu/ptx/instructions/index.js";
import { ptxTypes } from "../../../src/gpu/ptx/types.js";
import { kernelPtx } from "../launches.js";

// Every register class under a name of its own, and a buffer to write to.
const declarations = `.reg .pred %p<8>; .reg .b16 %h<8>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .f32 %f<8>; .reg .f64 %d<8>;
  .shared .align 16 .b8 tile[256]; .local .align 16 .b8 room[16]; .param .align 16 .b8 handed[32];
  places: .branchtargets next, next;
  ld.param.u64 %rd8, [p0]; mov.u64 %rd6, tile; cvta.shared.u64 %rd6, %rd6;`;

// A barrier for as many arrivals as a warp makes and more, and the state that it gives.
const barrierFirst =
  "mbarrier.init.shared.b64 [tile], 1000; mbarrier.arrive.shared.b64 %rd2, [tile]; mov.b64 %rd1, %rd2;";

/** A module with one kernel of these forms; registers of 128 bits only where they are, since older PTX has none. */
export function moduleOf(forms: string): string {
  const wide = forms.includes("%q") ? ".reg .b128 %q<4>;" : "";
  const barrier = forms.includes("mbarrier") ? barrierFirst : "";
  const text = kernelPtx(1, 0, `${wide} ${declarations} ${barrier}\n${forms}\nnext: ret;`);
  const called = ".func nothing() { ret; }\n.visible .entry";
  return text
    .replace(".visible .entry", called)
    .replace(".param .u64 p0", ".param .u64 p0, .param .align 16 .b8 wide[16]");
}

function registerFor(typeName: string, index: number): string {
  const type = ptxTypes.get(typeName);
  if (type === undefined) throw new Error(typeName);
  if (type.kind === "predicate") return `%p${index}`;
  if (/^(b?f16|e\dm\d)/.test(typeName)) return type.bytes === 4 ? `%r${index}` : `%h${index}`;
  if (type.kind === "float") return type.bytes === 4 ? `%f${index}` : `%d${index}`;
  if (type.bytes === 16) return `%q${index}`;
  return type.bytes === 8 ? `%rd${index}` : type.bytes === 2 ? `%h${index}` : `%r${index}`;
}

function operandText(opcode: string, rule: OperandRule, index: number, chosen: Record<string, string>): string {
  const type = chosen["type"] ?? chosen["dtype"] ?? "u32";
  switch (rule.class) {
    case "preds":
      return chosen["bool"] === undefined ? `%p${index}` : `%p${index}|%p3`;
    case "halves":
      return `%p${index}|%p3`;
    case "from":
      return registerFor(chosen["from"], index);
    case "word":
    case "part":
    case "factor":
      return `%r${index}`;
    case "texture":
    case "surface": {
      const count = { "1d": 1, "2d": 2, "3d": 4, a1d: 2, a2d: 4 }[chosen["shape"]] ?? 1;
      const type = chosen["coordinates"] ?? "s32";
      const layered = chosen["shape"].startsWith("a");
      const names = Array.from({ length: count }, (_, i) => (layered && i === 0 ? "%r4" : registerFor(type, i)));
      return `[%rd6, {${names.join(", ")}}]`;
    }
    case "handle":
      return "[%rd6]";
    case "policy":
    case "u64":
      return "%rd7";
    case "match":
      return `%r${index}|%p1`;
    case "f32":
      return `%f${index % 4}`;
    case "pred":
      return `%p${index}`;
    case "u32":
      return rule.name === "d"
        ? `%r${index}`
        : rule.name === "count"
          ? "1"
          : rule.name === "size"
            ? "128"
            : rule.name === "threads"
              ? "32"
              : "0";
    case "fragment": {
      const { registers, registerType } = fragmentOf(opcode, chosen, rule.name);
      return `{${Array.from({ length: registers }, (_, i) => registerFor(registerType.name, i)).join(", ")}}`;
    }
    case "barrier":
      return chosen["space"] === "shared" ? "[tile]" : "[%rd6]";
    case "literal":
      return String(rule.values?.[0] ?? 0);
    case "sharedAddress":
      return "[tile]";
    case "globalAddress":
      return "[%rd8]";
    case "copied":
      return "4";
    case "label":
      return "next";
    case "labels":
      return "places";
    case "function":
      return "nothing";
    case "address":
      return chosen["param"] !== undefined
        ? index === 1
          ? "[wide]"
          : "[handed]"
        : chosen["space"] === "shared"
          ? "[tile]"
          : chosen["space"] === "local"
            ? "[room]"
            : "[%rd8]";
    case "atype":
      return registerFor(chosen["atype"], index);
    case "wide":
      return registerFor(`${type[0]}${2 * Number(type.slice(1))}`, index);
    case "texels":
    case "elements":
    case "vector": {
      const count = { v2: 2, v4: 4, v8: 8 }[chosen["vec"] ?? ""] ?? 1;
      const names = Array.from({ length: count }, (_, i) => registerFor(type, i));
      return count === 1 ? names[0] : `{${names.join(", ")}}`;
    }
    default:
      return registerFor(type, index);
  }
}

// Each choice of each modifier in turn, the others at their first.
export function formsOf(row: InstructionRow): string[] {
  const forms = new Set<string>();
  const add = (chosen: Record<string, string>): void => {
    const name = [row.opcode, ...row.modifiers.flatMap((rule) => chosen[rule.name] ?? [])].join(".");
    const operands = row.operands.filter((rule) =>
      rule.class === "policy"
        ? chosen["hint"] !== undefined
        : row.category !== "video" || !rule.optional || chosen["op2"] !== undefined,
    );
    forms.add(`${name} ${operands.map((rule, index) => operandText(row.opcode, rule, index, chosen)).join(", ")};`);
  };
  const base: Record<string, string> = {};
  for (const rule of row.modifiers) if (!rule.optional) base[rule.name] = rule.choices[0];
  add(base);
  for (const rule of row.modifiers) for (const choice of rule.choices) add({ ...base, [rule.name]: choice });
  return [...forms];
}
