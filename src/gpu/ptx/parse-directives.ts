// The directives of PTX out of tokens that say what a module is for, how a kernel is compiled and launched, and which source a line
// comes from. Knows nothing of kernels' bodies.
import type { Dim3 } from "../../core/dim3.js";
import { nearest } from "../../core/errors.js";
import type { Token } from "./lexer.js";
import type { PerformanceDirective, SourceLocation } from "./syntax.js";
import type { TokenReader } from "./token-reader.js";

export function parseVersion(reader: TokenReader): string {
  const token = reader.next();
  if (!/^\d+\.\d+$/.test(token.text)) reader.fail(token, `expected a version such as 7.8, found "${token.text}"`);
  return token.text;
}

export function parseTarget(reader: TokenReader): string {
  const words: string[] = [];
  do {
    const token = reader.expectKind("word", "a target such as sm_80");
    if (!/^(sm_\d+[a-z]?|compute_\d+[a-z]?)$/.test(token.text) && !targetOptions.has(token.text)) {
      reader.fail(token, `"${token.text}" is no target`, "Write sm_80 or another architecture.");
    }
    words.push(token.text);
  } while (reader.accept(","));
  return words.join(", ");
}

// Of what stands between parameters and body, only .maxntid and .reqntid say what may be launched; the others say how to
// compile it, or in which clusters of blocks to launch it.
export function parsePerformanceDirective(reader: TokenReader): PerformanceDirective {
  const directive = reader.next();
  const { text: name, line: ptxLine } = directive;
  if (name === ".pragma") return { name, values: [parsePragma(reader)], ptxLine };
  const most = performanceDirectives.get(name);
  if (most === undefined) {
    reader.fail(
      directive,
      `directive "${name}" is not supported`,
      suggestion(directive, [...performanceDirectives.keys()]),
    );
  }
  const values: number[] = [];
  if (most > 0) {
    do values.push(reader.count("", 2 ** 32 - 1));
    while (values.length < most && reader.accept(","));
  }
  if (values.includes(0) && name.endsWith("tid")) reader.fail(directive, `${name} says how many threads: at least 1`);
  return { name, values, ptxLine };
}

export function parsePragma(reader: TokenReader): string {
  const texts: string[] = [];
  do texts.push(reader.string("a pragma"));
  while (reader.accept(","));
  reader.expect(";");
  return texts.join(", ");
}

/**
 * `1 20 5, function_name $L__info+8, inlined_at 2 30 2`. Of what was inlined from another file, a header for one, the place is where it
 * was called from; `calls` keeps for each place that was inlined where that was, so that calls within calls are found.
 */
export function parseSourceLocation(reader: TokenReader, calls: Map<string, SourceLocation>): SourceLocation {
  const place = (): SourceLocation => ({
    file: reader.count("files", mostFiles),
    line: reader.count("lines", 2 ** 32 - 1),
    column: reader.count("columns", 2 ** 32 - 1),
  });
  const location = place();
  let calledAt: SourceLocation | undefined;
  while (reader.accept(",")) {
    const what = reader.next();
    if (what.text === "inlined_at") calledAt = place();
    else if (what.text === "function_name") {
      reader.expectKind("word", "a label");
      if (reader.accept("+")) reader.integer();
    } else reader.fail(what, `expected function_name or inlined_at, found "${what.text}"`);
  }
  if (calledAt === undefined) return location;
  const site = outermost(calledAt, calls);
  calls.set(placeKey(location), calledAt);
  return site.file === location.file ? location : site;
}

/** The place in the kernel's own text to which calls within calls lead, as far as they stay in its file. */
function outermost(place: SourceLocation, calls: ReadonlyMap<string, SourceLocation>): SourceLocation {
  const chain = [place];
  // A place that leads back to itself would go on for ever.
  const seen = new Set<string>();
  for (let key = placeKey(place); calls.has(key) && !seen.has(key); key = placeKey(chain[chain.length - 1])) {
    seen.add(key);
    chain.push(calls.get(key) as SourceLocation);
  }
  const { file } = chain[chain.length - 1];
  return chain.find((each) => each.file === file) as SourceLocation;
}

function placeKey({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}

export const mostFiles: number = 2 ** 31;

/** What may stand in `.target` beside the architecture. */
const targetOptions: ReadonlySet<string> = new Set([
  "texmode_unified",
  "texmode_independent",
  "texmode_raw",
  "debug",
  "map_f64_to_f32",
]);

/** The directives between a kernel's parameters and its body, with how many numbers each has at most. */
const performanceDirectives: ReadonlyMap<string, number> = new Map([
  [".maxntid", 3],
  [".reqntid", 3],
  [".maxnreg", 1],
  [".minnctapersm", 1],
  [".maxnctapersm", 1],
  [".noreturn", 0],
  [".reqnctapercluster", 3],
  [".maxclusterrank", 1],
  [".explicitcluster", 0],
  [".blocksareclusters", 0],
  [".abi_preserve", 1],
  [".abi_preserve_control", 1],
  [".pragma", 0],
]);

export const linkable: ReadonlySet<string> = new Set([".func", ".entry", ".global", ".const", ".shared"]);
export const moduleWords: readonly string[] = [
  ...[".version", ".target", ".address_size", ".file", ".section", ".pragma", ".alias", ".visible", ".weak", ".common"],
  ...[".extern", ...linkable],
];
export const bodyWords: readonly string[] = [
  ".reg",
  ".loc",
  ".shared",
  ".local",
  ".const",
  ".global",
  ".param",
  ".pragma",
];

export function suggestion({ text }: Token, words: readonly string[]): string | undefined {
  const slip = nearest(text, words);
  return slip === undefined ? undefined : `Did you mean ${slip}?`;
}

/** The block that `.maxntid` or `.reqntid` gives; extents that are left out are 1. */
export function extentsOf(directives: readonly PerformanceDirective[], name: string): Dim3 | undefined {
  const values = directives.findLast((directive) => directive.name === name)?.values as readonly number[] | undefined;
  return values === undefined ? undefined : { x: values[0], y: values[1] ?? 1, z: values[2] ?? 1 };
}
