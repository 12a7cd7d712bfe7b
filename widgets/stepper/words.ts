// What happened, in sentences: for the eye beside each drawing, and for a screen reader. Knows nothing of the DOM.
import { delinearise, formatIndex } from "../../src/core/dim3.js";
import { bankPasses } from "../../src/gpu/analysis/banks.js";
import { sectorsOf } from "../../src/gpu/analysis/coalescing.js";
import type { GlobalContents, MemoryAccess, Replay } from "../../src/gpu/analysis/replay.js";
import { sourceOfFile } from "../../src/gpu/ptx/debug-info.js";
import { popcount } from "../../src/gpu/simt/warp.js";
import { branchTarget, isBarrier, mnemonic } from "./mnemonic.js";
import { count, counted, exact, hex, type RegisterValue } from "./numbers.js";
import type { LaneState, Scene, ValueRow } from "./scene.js";

/** A piece of a sentence; "waste" is what should not have been needed. */
export interface Phrase {
  readonly text: string;
  readonly tone?: "strong" | "waste";
}

export function plain(phrases: readonly Phrase[]): string {
  return phrases.map(({ text }) => text).join("");
}

const laneWords: Readonly<Record<LaneState, readonly [one: string, many: string]>> = {
  on: ["runs", "run"],
  skip: ["skips it (predicate)", "skip it (predicate)"],
  off: ["waits (mask off)", "wait (mask off)"],
  barrier: ["is at the barrier", "are at the barrier"],
  done: ["has returned", "have returned"],
  ready: ["is ready to start", "are ready to start"],
  absent: ["does not exist", "do not exist"],
};

/** At a branch, lanes that its predicate keeps from jumping have executed it all the same. */
const branchWords: Readonly<Partial<Record<LaneState, readonly [one: string, many: string]>>> = {
  on: ["jumps", "jump"],
  skip: ["goes on", "go on"],
};

/** `Warp 5: 23 lanes run, 8 wait (mask off), 1 has returned`. */
export function lanesSentence(scene: Scene): string {
  const parts: string[] = [];
  for (const state of ["on", "skip", "off", "barrier", "done", "ready", "absent"] as const) {
    if (state === "on" && scene.atFault !== 0) {
      const faulty = popcount(scene.atFault);
      parts.push(counted(faulty, "lane faults", "lanes fault"));
    }
    const lanes = scene.lanes.filter(
      (each, lane) => each === state && !(state === "on" && (scene.atFault >>> lane) & 1),
    ).length;
    if (lanes === 0) continue;
    const noun = parts.length > 0 ? "" : lanes === 1 ? " lane" : " lanes";
    const paused = state === "on" && !scene.current;
    const words = scene.branch ? (branchWords[state] ?? laneWords[state]) : laneWords[state];
    const [one, many] = paused ? ["ran last", "ran last"] : words;
    parts.push(`${lanes}${noun} ${lanes === 1 ? one : many}`);
  }
  return `Warp ${scene.warp.warp}: ${parts.join(", ")}`;
}

/** What the shown step did: the sentence that a screen reader hears after each step. */
export function stepSentence(replay: Replay, scene: Scene): string {
  const { record, warp } = scene;
  const where = `warp ${warp.warp} of block ${blockName(replay, warp.block)}`;
  if (record === undefined) {
    if (scene.position === 0) return `Nothing has run yet. First comes ${where}.`;
    return `Step ${count(scene.position)} of ${count(replay.length)}: ${where} has not run yet.`;
  }
  const instruction = replay.entry.instructions[record.pc];
  const lanes = lanesSentence(scene).replace(/^Warp \d+: /, "");
  const place = `Step ${count(record.step + 1)} of ${count(replay.length)}, ${where}, ${linePlace(replay, record.pc)}`;
  const steps = [`${place}: ${mnemonic(instruction.text)}. ${lanes}.`];
  if (scene.fault !== undefined) steps.push(scene.fault);
  else if (scene.access?.age === 0) steps.push(plain(accessSentence(replay, scene)));
  else steps.push(plain(effectSentence(replay, scene)));
  return steps.join(" ");
}

/** `line 5`, as the code's numbers count, or `PTX line 21` where the PTX has no line information. */
function lineWords({ image: { debug }, entry }: Replay, pc: number): string {
  const { source, ptxLine } = entry.instructions[pc];
  if (source === undefined) return `PTX line ${ptxLine}`;
  return `line ${source.line + (debug === undefined ? 0 : sourceOfFile(debug, source.file).firstLine - 1)}`;
}

/** `line 5`, within a called function `line 3 of fibonacci`. */
function linePlace(replay: Replay, pc: number): string {
  const { function: owner } = replay.entry.instructions[pc];
  return `${lineWords(replay, pc)}${owner === replay.entry.name ? "" : ` of ${shortName(owner)}`}`;
}

/** What a step that does not touch memory did: branched, waited, changed variables. */
export function effectSentence(replay: Replay, scene: Scene): Phrase[] {
  const { record } = scene;
  if (record === undefined) {
    return [{ text: scene.position === 0 ? "Nothing has run yet." : "This warp has not run yet." }];
  }
  const { text } = replay.entry.instructions[record.pc];
  const ran = popcount(record.mask);
  const base = mnemonic(text).split(".")[0];
  if (scene.branch) {
    const there = popcount(record.active);
    const target = branchTarget(text) ?? "its target";
    if (ran === there) return [{ text: there === 1 ? "Its lane goes to " : `All ${there} lanes go to ` }, code(target)];
    if (ran === 0)
      return [{ text: there === 1 ? "Its lane goes on." : `No lane takes the branch: all ${there} go on.` }];
    return [
      { text: "The warp diverges", tone: "strong" },
      { text: `: ${counted(ran, "lane goes", "lanes go")} to ` },
      code(target),
      { text: `, ${there - ran} go on. They will run one after the other.` },
    ];
  }
  if (base === "ret" || base === "exit") return [{ text: `${counted(ran, "lane returns", "lanes return")}.` }];
  if (base === "call") return [{ text: `${counted(ran, "lane calls", "lanes call")} a function.` }];
  if (base === "brx") return [{ text: `${counted(ran, "lane goes", "lanes go")} to a label of a list.` }];
  if (isBarrier(text)) {
    const waits = scene.status === "barrier";
    return [
      { text: waits ? "This warp waits until every warp of its block is here." : "Every warp of the block is here." },
    ];
  }
  const doing = effects.find(([begins]) => text.replace(/^@\S+\s+/, "").startsWith(begins));
  if (doing !== undefined) return [{ text: `${counted(ran, `lane ${doing[1]}`, `lanes ${doing[2]}`)}.` }];
  const sourceless = scene.variables.length === 0;
  const changed = (sourceless ? scene.registers : scene.variables).filter((row) => row.changed !== 0);
  if (sourceless && changed.length === 0)
    return [{ text: `${counted(ran, "lane runs", "lanes run")} ${mnemonic(text)}.` }];
  if (changed.length === 0) return [{ text: "No variable of the source changes." }];
  return changed.flatMap((row, index): Phrase[] => [
    { text: index > 0 ? ", " : "" },
    { text: row.name, tone: "strong" },
    { text: ` changes in ${counted(popcount(row.changed), "lane")}${index === changed.length - 1 ? "." : ""}` },
  ]);
}

/** What an instruction does that neither touches memory at once nor changes a variable, by its beginning: of one lane, of several. */
const effects: readonly (readonly [begins: string, one: string, many: string])[] = [
  ["mbarrier.init", "sets up a barrier in memory", "set up a barrier in memory"],
  ["mbarrier.inval", "gives up a barrier in memory", "give up a barrier in memory"],
  ["mbarrier.arrive", "arrives at a barrier in memory", "arrive at a barrier in memory"],
  ["mbarrier.test_wait", "asks whether a barrier's phase is over", "ask whether a barrier's phase is over"],
  ["mbarrier.try_wait", "asks whether a barrier's phase is over", "ask whether a barrier's phase is over"],
  [
    "cp.async.mbarrier",
    "arrives at a barrier in memory when its copies are done",
    "arrive at a barrier in memory when their copies are done",
  ],
  ["cp.async.commit", "makes a group of its copies", "make a group of their copies"],
  ["cp.async.wait", "waits for its copies", "wait for their copies"],
  ["cp.async.bulk.commit", "makes a group of its copies", "make a group of their copies"],
  ["cp.async.bulk.wait", "waits for its copies", "wait for their copies"],
];

/** Places that are named; of more only how many calls they are. */
const mostPlaces = 6;

/**
 * `Lane 3 is in fibonacci, called at line 4 of fibonacci, called at line 9 of k`; the same place several times over as
 * `called 3 times at line 4 of fibonacci`. Empty where it is in no function.
 */
export function callsSentence(replay: Replay, { calls, lane }: Scene): string {
  if (calls.length === 0) return "";
  const { instructions } = replay.entry;
  const runs: { site: number; times: number }[] = [];
  for (const { site } of calls) {
    const last = runs.at(-1);
    if (last?.site === site) last.times++;
    else runs.push({ site, times: 1 });
  }
  const sites = runs.slice(0, mostPlaces).map(({ site, times }) => {
    const often = times === 1 ? "called" : `called ${count(times)} times`;
    return `${often} at ${lineWords(replay, site)} of ${shortName(instructions[site].function)}`;
  });
  const more = runs.slice(mostPlaces).reduce((sum, { times }) => sum + times, 0);
  return `Lane ${lane} is in ${shortName(calls[0].function)}, ${sites.join(", ")}${more > 0 ? `, ${counted(more, "call")} more` : ""}.`;
}

/** Characters of a function's name that are shown: those that compilers make are as long as the types in them. */
const mostCharacters = 40;

/** A function's name, of a long one its two ends. */
export function shortName(name: string): string {
  if (name.length <= mostCharacters) return name;
  return `${name.slice(0, mostCharacters - 13)}…${name.slice(-12)}`;
}

/** A block as its place in the grid, in as many dimensions as the grid has: `(0, 5)`. */
export function blockName({ image: { grid } }: Pick<Replay, "image">, block: number): string {
  return formatIndex(delinearise(block, grid), grid);
}

function code(text: string): Phrase {
  return { text, tone: "strong" };
}

const verbs: Readonly<Record<MemoryAccess["kind"], string>> = {
  load: "Load from ",
  store: "Store to ",
  atomic: "Atomic on ",
};

/** `Store to out: 23 lanes touch 23 sectors where 3 would do. Neighbouring lanes are 2,048 bytes apart.` */
export function accessSentence(replay: Replay, scene: Scene): Phrase[] {
  const access = scene.access?.access;
  if (access === undefined) return [];
  const lanes = popcount(access.mask);
  const verb = verbs[access.kind];
  if (scene.atFault !== 0) {
    const faulty = popcount(scene.atFault);
    const first = 31 - Math.clz32(scene.atFault & -scene.atFault);
    const which = faulty === 1 ? `lane ${first}` : `${faulty} of ${lanes} lanes, the first of them lane ${first},`;
    const outside = replay.fault?.finding.kind === "out-of-bounds";
    return [
      { text: `${verb}${replay.fault?.finding.allocation ?? `${access.space} memory`}: ` },
      { text: which, tone: "waste" },
      {
        text: ` ${faulty === 1 ? "reaches" : "reach"} ${outside ? "outside of it" : "an address that the access may not have"}.`,
      },
    ];
  }
  const start: Phrase[] = [{ text: verb }, { text: accessTarget(replay, access), tone: "strong" }, { text: ": " }];
  if (access.space === "shared") {
    const { passes, conflicts, lanesPerBank } = bankPasses(access);
    const banks = lanesPerBank.filter((lanesOfBank) => lanesOfBank > 0).length;
    const touched = `${counted(lanes, "lane touches", "lanes touch")} ${counted(banks, "bank")}`;
    if (conflicts === 0)
      return [...start, { text: `${touched} in ${counted(passes, "pass", "passes")}, without a conflict.` }];
    return [
      ...start,
      { text: `${touched} and take ` },
      { text: counted(passes, "pass", "passes"), tone: "waste" },
      { text: ` where ${passes - conflicts} would do.${distance(access)}` },
    ];
  }
  if (access.space === "global") {
    const { sectors, ideal } = sectorsOf(access);
    const touched = lanes === 1 ? "1 lane touches " : `${lanes} lanes touch `;
    if (sectors <= ideal) {
      const enough = lanes === 1 ? "" : sectors === 1 ? "; one is all it needs" : ", the fewest that could do";
      return [...start, { text: `${touched}${counted(sectors, "sector")}${enough}.${distance(access)}` }];
    }
    return [
      ...start,
      { text: touched },
      { text: counted(sectors, "sector"), tone: "waste" },
      { text: ` where ${ideal} would do.${distance(access)}` },
    ];
  }
  return [...start, { text: `${counted(lanes, "lane")}, ${counted(access.bytesPerLane, "byte")} each.` }];
}

/** The distance between the addresses of neighbouring lanes, where it is one number. */
function distance(access: MemoryAccess): string {
  let last: number | undefined;
  let stride: number | undefined;
  for (let lane = 0; lane < 32; lane++) {
    if (((access.mask >>> lane) & 1) === 0) continue;
    if (last !== undefined) {
      const step = (access.addresses[lane] - access.addresses[last]) / (lane - last);
      if (stride !== undefined && step !== stride) return " The distance between neighbouring lanes varies.";
      stride = step;
    }
    last = lane;
  }
  if (stride === undefined) return "";
  if (stride === 0) return " All lanes use the same address.";
  if (stride === access.bytesPerLane) return " Neighbouring lanes are side by side.";
  return ` Neighbouring lanes are ${counted(Math.abs(stride), "byte")} apart.`;
}

/** The allocations or shared variables that an access reaches, by name. */
function accessTarget(replay: Replay, access: MemoryAccess): string {
  if (access.space === "local") return "local memory";
  const names = new Set<string>();
  for (let lane = 0; lane < 32; lane++) {
    if (((access.mask >>> lane) & 1) === 0) continue;
    const address = access.addresses[lane];
    names.add(
      access.space === "shared"
        ? sharedName(replay, address)
        : (allocationAt(replay, address)?.label ?? "addresses outside every allocation"),
    );
  }
  const all = [...names];
  if (all.length <= mostTargets) return all.join(" and ");
  return `${all.slice(0, mostTargets - 1).join(", ")} and ${count(all.length - mostTargets + 1)} more`;
}

/** Allocations that a sentence names: lanes that allocate reach as many as they are. */
const mostTargets = 4;

function sharedName(replay: Replay, offset: number): string {
  const variable = replay.sharedVariables.find((each) => offset >= each.offset && offset < each.offset + each.bytes);
  return variable?.name ?? "shared memory";
}

export type Allocation = GlobalContents;

function allocationAt(replay: Replay, address: number): Allocation | undefined {
  return replay.globalMemory().find((each) => address >= each.address && address < each.address + each.bytes.length);
}

/** The exact value of one lane: a pointer as the element it points at, `out[512]`. */
export function valueWords(replay: Replay, row: ValueRow, value: RegisterValue): string {
  if (!row.type.endsWith(".ptr")) return exact(value, row.type);
  const address = Number(value);
  const element = elementWords(replay, address, row.type.slice(0, -4));
  return element === undefined ? hex(address) : `→ ${element}`;
}

/** The element of an allocation at an address, or undefined outside all of them. */
export function elementWords(replay: Replay, address: number, dtype?: string): string | undefined {
  const allocation = allocationAt(replay, address);
  if (allocation === undefined) return undefined;
  const bytes = elementBytes(dtype ?? allocation.dtype);
  const index = (address - allocation.address) / bytes;
  return Number.isInteger(index)
    ? `${allocation.label}[${index}]`
    : `${allocation.label} + ${address - allocation.address}`;
}

/** The last element that begins before an address, as `out[7]`. */
export function elementBefore(replay: Replay, end: number): string {
  const allocation = allocationAt(replay, end - 1);
  if (allocation === undefined) return hex(end);
  return elementWords(replay, end - elementBytes(allocation.dtype)) ?? hex(end);
}

function elementBytes(dtype: string): number {
  return Number(/\d+$/.exec(dtype)?.[0] ?? 8) / 8;
}
