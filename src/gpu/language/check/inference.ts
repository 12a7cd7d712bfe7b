// Finds the types of literals and of variables that start as literals. Each takes the one type, of those that it meets in
// its uses, with which all its uses are right; more than one is an error. Whole numbers that meet no type are i32. Knows nothing of
// syntax.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import type { FunctionSource } from "../source.js";
import { formatType, isFloat, isInteger, isPointer, type ScalarType, type ValueType } from "../tree.js";
import { errorAt, placeOf, textOf } from "./report.js";
import { joinTypes, mixingFix, scalarTypes, unsignedOf, widens } from "./types.js";

/** The type of something, perhaps still to be found. */
export type Slot = KnownSlot | OpenSlot | JoinedSlot | UnsignedSlot;

export interface KnownSlot {
  readonly kind: "known";
  readonly type: ValueType;
}

/** A literal's or variable's type that its uses decide. */
export interface OpenSlot {
  readonly kind: "open";
  readonly id: number;
}

/** What two types are combined in. */
interface JoinedSlot {
  readonly kind: "joined";
  readonly left: Slot;
  readonly right: Slot;
}

/** What `>>>` makes of a type: the unsigned one of the same width. */
interface UnsignedSlot {
  readonly kind: "unsigned";
  readonly of: Slot;
}

/** Whose type an open slot is. */
export interface Subject {
  readonly source: FunctionSource;
  readonly node: acorn.Node;
  /** The variable's name, or undefined for a literal. */
  readonly variable: string | undefined;
}

interface Group {
  readonly subjects: Subject[];
  parent: Group | undefined;
  kind: "float" | "integer" | undefined;
  kindNode: Demand | undefined;
  readonly fallbacks: ScalarType[];
  domain: readonly ScalarType[];
  /** Known once all uses are. */
  readonly uses: Constraint[];
}

interface Use {
  readonly source: FunctionSource;
  readonly node: acorn.Node;
}

/** An operation for floats or integers only, and what it says of a type that it does not take. */
interface Demand extends Use {
  readonly refuse?: ((type: ScalarType) => InputError) | undefined;
}

interface Constraint extends Use {
  readonly kind: "meets" | "flows" | "counts";
  readonly from: Slot;
  readonly to: Slot;
}

export function known(type: ValueType): KnownSlot {
  return { kind: "known", type };
}

/** The type that something has or is combined with, where that does not depend on what is open. */
export function typeSoFar(slot: Slot): ValueType | undefined {
  if (slot.kind === "known") return slot.type;
  if (slot.kind === "open") return undefined;
  const [first, second] = slot.kind === "joined" ? [typeSoFar(slot.left), typeSoFar(slot.right)] : [typeSoFar(slot.of)];
  if (slot.kind === "unsigned") return first === undefined ? undefined : unsignedOf(first);
  return first !== undefined && second !== undefined ? joinTypes(first, second) : (first ?? second);
}

export class Inference {
  readonly #groups: Group[] = [];
  readonly #constraints: Constraint[] = [];

  open(subject: Subject): OpenSlot {
    const id = this.#groups.length;
    this.#groups.push({
      subjects: [subject],
      parent: undefined,
      kind: undefined,
      kindNode: undefined,
      fallbacks: [],
      domain: [],
      uses: [],
    });
    return { kind: "open", id };
  }

  /** Says that a variable carries this slot, so that messages speak of it. */
  describe(slot: OpenSlot, subject: Subject): void {
    this.#group(slot).subjects.push(subject);
  }

  /** The two are operands of one operation; gives the type that it is done in. */
  meet(a: Slot, b: Slot, use: Use): Slot {
    if (a.kind === "open" && b.kind === "open") {
      this.#unite(a, b, use);
      return a;
    }
    if (a.kind === "known" && b.kind === "known") {
      const type = joinTypes(a.type, b.type);
      return known(type ?? a.type);
    }
    this.#constraints.push({ kind: "meets", from: a, to: b, ...use });
    return { kind: "joined", left: a, right: b };
  }

  /** The result of `>>>`: u32 of i32, u64 of i64. A literal or variable that nothing else decides is unsigned itself. */
  unsigned(from: Slot): Slot {
    if (from.kind === "known") return known(unsignedOf(from.type));
    if (from.kind === "open") this.#group(from).fallbacks.unshift("u32");
    return { kind: "unsigned", of: from };
  }

  /** A value goes into a place of this type. */
  flow(from: Slot, to: Slot, use: Use): void {
    if (from.kind === "open" && to.kind === "open") this.#unite(from, to, use);
    else if (from.kind !== "known" || to.kind !== "known") this.#constraints.push({ kind: "flows", from, to, ...use });
  }

  /** A value indexes or shifts: it is i32 or u32, and i32 where it is open. */
  count(from: Slot, use: Use): void {
    if (from.kind !== "known") this.#constraints.push({ kind: "counts", from, to: known("i32"), ...use });
  }

  /** The operation exists for floats only, or for integers only. */
  require(slot: Slot, kind: "float" | "integer", use: Demand): void {
    if (slot.kind !== "open") return;
    const group = this.#group(slot);
    if (group.kind !== undefined && group.kind !== kind) throw this.#kindClash(group, kind, use);
    group.kind = kind;
    group.kindNode ??= use;
  }

  /** The type to take where nothing else decides: that of a cast around it. */
  suggest(slot: Slot, type: ScalarType): void {
    if (slot.kind === "open") this.#group(slot).fallbacks.push(type);
    if (slot.kind === "joined") {
      this.suggest(slot.left, type);
      this.suggest(slot.right, type);
    }
  }

  /** Settles every open slot. Throws InputError at the first, in the text's order, that has no type or several. */
  solve(): void {
    const roots = [...new Set(this.#groups.map(root))];
    this.#indexUses();
    for (const group of roots) group.domain = this.#candidates(group);
    this.#prune(roots);
    for (const group of roots) {
      const suggested = group.fallbacks.find((type) => group.domain.includes(type)) ?? this.#assumed(group);
      if (group.domain.length === 1 || suggested === undefined) continue;
      group.domain = [suggested];
      this.#prune(this.#neighbours(group));
    }
    const open = roots.find(({ domain }) => domain.length > 1);
    if (open !== undefined) throw this.#ambiguity(open);
  }

  /** The type of a slot, once solved. */
  typeOf(slot: Slot): ValueType {
    if (slot.kind === "known") return slot.type;
    if (slot.kind === "open") return this.#group(slot).domain[0];
    if (slot.kind === "unsigned") return unsignedOf(this.typeOf(slot.of));
    const [left, right] = [this.typeOf(slot.left), this.typeOf(slot.right)];
    return joinTypes(left, right) ?? left;
  }

  /** What counts and the like is i32, where nothing else says what it is: `for (let k = 0; k < 40; k++)`. */
  #assumed(group: Group): ScalarType | undefined {
    return group.kind !== "float" && this.#evidence(group).length === 0 ? "i32" : undefined;
  }

  /** Takes out of these domains, and of those that this bears on, the types with which some use cannot be right. */
  #prune(groups: readonly Group[]): void {
    const waiting = new Set(groups);
    for (const group of waiting) {
      waiting.delete(group);
      const kept = group.domain.filter((type) => this.#holds(group, type));
      if (kept.length === group.domain.length) continue;
      if (kept.length === 0) throw this.#disagreement(group);
      group.domain = kept;
      for (const each of this.#neighbours(group)) waiting.add(each);
    }
  }

  /** The uses in which each group takes part, once no more groups become one. */
  #indexUses(): void {
    for (const use of this.#constraints) {
      const groups = new Set([...openSlots(use.from), ...openSlots(use.to)].map((slot) => this.#group(slot)));
      for (const group of groups) group.uses.push(use);
    }
  }

  /** The group, and those with which it is in a use. */
  #neighbours(group: Group): Group[] {
    const slots = group.uses.flatMap((use) => [...openSlots(use.from), ...openSlots(use.to)]);
    return [...new Set([group, ...slots.map((slot) => this.#group(slot))])];
  }

  #group(slot: OpenSlot): Group {
    return root(this.#groups[slot.id]);
  }

  #unite(a: OpenSlot, b: OpenSlot, use: Use): void {
    const [into, from] = [this.#group(a), this.#group(b)];
    if (into === from) return;
    if (into.kind !== undefined && from.kind !== undefined && into.kind !== from.kind) {
      throw this.#kindClash(into, from.kind, use);
    }
    from.parent = into;
    into.subjects.push(...from.subjects);
    into.fallbacks.push(...from.fallbacks);
    into.kind ??= from.kind;
    into.kindNode ??= from.kindNode;
  }

  #isDirectly(slot: Slot, group: Group): boolean {
    return slot.kind === "open" && this.#group(slot) === group;
  }

  /** The uses in which the group itself, not a result made of it, stands opposite a type. */
  #evidence(group: Group): { types: ScalarType[]; use: Constraint }[] {
    return group.uses.flatMap((use) => {
      const opposite = this.#isDirectly(use.from, group)
        ? use.to
        : this.#isDirectly(use.to, group)
          ? use.from
          : undefined;
      return opposite === undefined ? [] : [{ types: [...leaves(opposite)], use }];
    });
  }

  #candidates(group: Group): ScalarType[] {
    const met = new Set(this.#evidence(group).flatMap(({ types }) => types));
    const ofKind = (type: ScalarType) => group.kind === undefined || (group.kind === "float") === isFloat(type);
    const fallback = group.fallbacks.find(ofKind) ?? group.fallbacks[0];
    if (met.size === 0 && fallback !== undefined) met.add(fallback);
    const all = met.size === 0 ? scalarTypes : [...met];
    const kept = all.filter(ofKind);
    if (kept.length === 0) throw this.#disagreement(group);
    return kept;
  }

  #holds(group: Group, type: ScalarType): boolean {
    const possible = (slot: Slot): ValueType[] => {
      if (slot.kind === "known") return [slot.type];
      if (slot.kind === "open") return this.#isDirectly(slot, group) ? [type] : [...this.#group(slot).domain];
      if (slot.kind === "unsigned") return possible(slot.of).map(unsignedOf);
      const rights = possible(slot.right);
      return possible(slot.left).flatMap((left) => rights.flatMap((right) => joinTypes(left, right) ?? []));
    };
    return group.uses.every((use) => {
      const fits = fitting[use.kind];
      const to = possible(use.to);
      return possible(use.from).some((from) => to.some((each) => fits(from, each)));
    });
  }

  #kindClash(group: Group, kind: "float" | "integer", use: Use): InputError {
    const first = group.kindNode!;
    const words = { float: "a float", integer: "an integer" };
    return errorAt(
      use.source,
      placeOf(use.node),
      `${nameOf(group)} is ${words[kind]} in "${textOf(use.source, use.node)}" and ${words[group.kind!]} in "${textOf(first.source, first.node)}" (${lineOf(first)})`,
      `Say which type it has: ${example(group, kind === "float" ? "f32" : "i32")}, and cast where it is used as the other.`,
    );
  }

  #disagreement(group: Group): InputError {
    const odd = this.#oddity(group);
    if (odd !== undefined) return odd;
    const { source, node } = subjectOf(group);
    const found = this.#describe(group);
    const only =
      group.kind === undefined ? "" : group.kind === "float" ? " and must be a float" : " and must be an integer";
    const type = group.kind === "float" ? "f32" : (this.#evidence(group)[0]?.types[0] ?? "i32");
    return errorAt(
      source,
      placeOf(node),
      `the uses of ${nameOf(group)} disagree on its type: it meets ${found}${only}`,
      `Say which type it has: ${example(group, type)}, and cast where it is used as another.`,
    );
  }

  /** Where the fault is not the group's: it meets something that is no number, or an operation that does not take its type. */
  #oddity(group: Group): InputError | undefined {
    for (const use of group.uses) {
      const sides = [use.from, use.to];
      const type = sides.map((slot) => (slot.kind === "known" ? slot.type : "i32")).find(isOdd);
      if (type === undefined || !sides.some((slot) => this.#isDirectly(slot, group))) continue;
      const what = `"${textOf(use.source, use.node)}" brings a number together with ${formatType(type)}`;
      return errorAt(use.source, placeOf(use.node), what, mixingFix(type, "i32", "condition", "number"));
    }
    const evidence = this.#evidence(group);
    const refuse = group.kindNode?.refuse;
    const [first] = evidence.flatMap(({ types }) => types);
    if (refuse === undefined || first === undefined || evidence.some(({ use }) => use.node !== group.kindNode?.node))
      return undefined;
    return refuse(first);
  }

  #ambiguity(group: Group): InputError {
    const { source, node } = subjectOf(group);
    const met = this.#evidence(group).length > 0;
    const why = met ? `it meets ${this.#describe(group)}` : "nothing that it is used with has a type";
    const type = met ? group.domain[0] : group.kind === "float" ? "f32" : "i32";
    return errorAt(
      source,
      placeOf(node),
      `the type of ${nameOf(group)} is ambiguous: ${why}`,
      `Say which type it has: ${example(group, type)}.`,
    );
  }

  /** `f32 in "zr * cr" (line 3) and i32 in "x[zr]" (line 4)`: the first use of each type. */
  #describe(group: Group): string {
    const first = new Map<ScalarType, Constraint>();
    for (const { types, use } of this.#evidence(group)) {
      for (const type of types) if (!first.has(type)) first.set(type, use);
    }
    const found = [...first].map(([type, use]) => `${type} in "${textOf(use.source, use.node)}" (${lineOf(use)})`);
    return found.length === 0 ? (group.fallbacks[0] ?? "nothing") : found.join(" and ");
  }
}

/** What each kind of use asks of its two types. */
const fitting: Readonly<Record<Constraint["kind"], (from: ValueType, to: ValueType) => boolean>> = {
  meets: (a, b) => joinTypes(a, b) !== undefined,
  flows: widens,
  counts: (from) => from === "i32" || from === "u32",
};

function isOdd(type: ValueType): boolean {
  return isPointer(type) || type === "bool";
}

function root(group: Group): Group {
  let at = group;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

function leaves(slot: Slot): ScalarType[] {
  if (slot.kind === "open") return [];
  if (slot.kind === "unsigned") {
    const shifted = leaves(slot.of);
    return shifted.length === 0 ? ["u32", "u64"] : (shifted.map(unsignedOf) as ScalarType[]);
  }
  if (slot.kind === "joined") {
    const joined = [...leaves(slot.left), ...leaves(slot.right)];
    return joined.length === 0 ? [] : [joined.reduce((a, b) => (joinTypes(a, b) ?? a) as ScalarType)];
  }
  return isPointer(slot.type) || slot.type === "bool" ? [] : [slot.type];
}

function openSlots(slot: Slot): OpenSlot[] {
  if (slot.kind === "known") return [];
  if (slot.kind === "open") return [slot];
  if (slot.kind === "unsigned") return openSlots(slot.of);
  return [...openSlots(slot.left), ...openSlots(slot.right)];
}

/** The variable if there is one, else the first literal. */
function subjectOf(group: Group): Subject {
  return group.subjects.find(({ variable }) => variable !== undefined) ?? group.subjects[0];
}

function nameOf(group: Group): string {
  const { variable, source, node } = subjectOf(group);
  return variable ?? textOf(source, node);
}

function lineOf({ source, node }: Use): string {
  return `line ${source.shown.firstLine + placeOf(node).line - 1}`;
}

function example(group: Group, type: ScalarType): string {
  const subject = subjectOf(group);
  if (subject.variable === undefined) return `${type}(${textOf(subject.source, subject.node)})`;
  const literal = group.subjects.find(({ variable }) => variable === undefined);
  const initial = literal === undefined ? "0" : textOf(literal.source, literal.node);
  return `let ${subject.variable} = ${type}(${isInteger(type) && initial.includes(".") ? "0" : initial})`;
}
