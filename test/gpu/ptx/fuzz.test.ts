// Random and mutated PTX: what reads it answers with a module or with an InputError that names a line, and nothing else, in a time
// that grows with the text. A few thousand cases; WARPLAB_FUZZ_CASES=100000 asks for more.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { instructionTable } from "../../../src/gpu/ptx/instructions/index.js";
import { tokenize } from "../../../src/gpu/ptx/lexer.js";
import { parseModule } from "../../../src/gpu/ptx/parse.js";
import { surveyEntry } from "../../../src/gpu/ptx/verify.js";
import { LaunchFault } from "../../../src/gpu/simt/fault.js";
import type { LaunchImage, ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";
import { Machine } from "../../../src/gpu/simt/machine.js";
import { kernelPtx, launchImage } from "../launches.js";
import { formsOf, moduleOf } from "./forms.js";

const cases = Number(process.env["WARPLAB_FUZZ_CASES"] ?? 3000);
const timeout = 20_000 + cases * 40;
const seed = process.env["WARPLAB_FUZZ_SEED"];
const settings = (share: number): fc.Parameters<unknown> => ({
  numRuns: Math.ceil(cases * share),
  // The same cases each time, unless another seed is asked for.
  seed: seed === undefined ? 20_261_121 : Number(seed),
});

/** Every PTX file that is committed below test/. */
const samples: readonly string[] = readdirSync(new URL("../..", import.meta.url), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".ptx") && !path.includes("node_modules"))
  .sort()
  .map((path) => readFileSync(new URL(path, new URL("../../", import.meta.url)), "utf8"));

/** What reading a text came to: "module" or the first line of the refusal. Anything else is thrown on. */
function read(text: string): string {
  try {
    const module = parseModule(text);
    for (const name of module.entries.keys()) {
      for (const problem of surveyEntry(module, name).problems) expectLine(problem);
    }
    return "module";
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expectLine(error);
    return "refused";
  }
}

function expectLine({ where, message }: InputError): void {
  if (typeof where !== "object" || !(where.line >= 1) || !(Number(where.column) >= 1)) {
    throw new Error(`a refusal without a place: ${message}`);
  }
  if (message.length > 20_000)
    throw new Error(`a refusal of ${message.length} characters: ${message.slice(0, 300)} … ${message.slice(-200)}`);
}

/** One kernel or function of a sample, with what stands before the first of them: so that a case stays short. */
const pieces: readonly string[] = samples.flatMap((text) => {
  const [head, ...parts] = text.split(/^(?=(?:\.visible |\.weak )?\.(?:entry|func)\b)/m);
  return parts.length === 0 ? [text] : parts.map((part) => head + part);
});
const sample = fc.constantFrom(...pieces);

const bombs: readonly string[] = [
  ...[
    "{",
    "(",
    "[",
    "-",
    "~",
    "!",
    "1?",
    "{{",
    "@",
    "<",
    '"',
    "/*",
    ".reg .b32 %r<99999>;",
    "(.s64)",
    "{ .reg .b32 t;",
  ],
  ...[
    "%r<4294967295>",
    "18446744073709551615",
    "0x",
    "0f1",
    "1e999999",
    ".align 0",
    "[99999999][99999999]",
    "\0",
    "\u{1f600}",
  ],
];

type Mutation = (text: string, at: number, other: number, word: string) => string;
const onTokens =
  (change: (tokens: string[], i: number, j: number, word: string) => void): Mutation =>
  (text, at, other, word) => {
    let tokens: string[];
    try {
      tokens = tokenize(text)
        .slice(0, -1)
        .map((token) => token.text);
    } catch {
      tokens = text.split(/\s+/);
    }
    if (tokens.length === 0) return word;
    change(tokens, at % tokens.length, other % tokens.length, word);
    // Line by line, since .loc and comments do not mind and messages stay short.
    return tokens.join(at % 2 === 0 ? " " : "\n");
  };
const mutations: readonly Mutation[] = [
  onTokens((tokens, i) => tokens.splice(i, 1)),
  onTokens((tokens, i, j) => tokens.splice(Math.min(i, j), 1 + (Math.abs(i - j) % 5))),
  onTokens((tokens, i, j) => ([tokens[i], tokens[j]] = [tokens[j], tokens[i]])),
  onTokens((tokens, i, _j, word) => tokens.splice(i, 0, word)),
  onTokens((tokens, i, j) => (tokens[i] = tokens[j])),
  onTokens((tokens, i, _j, word) => (tokens[i] = word)),
  onTokens((tokens, i, j) => tokens.splice(i, 0, ...tokens.slice(j, j + 20))),
  (text, at, other) => {
    const i = at % (text.length + 1);
    return text.slice(0, i) + String.fromCharCode((text.charCodeAt(i) ^ (1 << (other % 8))) & 0xff) + text.slice(i + 1);
  },
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at) => text.slice(at % (text.length + 1)),
  (text, at, other, word) => {
    const i = at % (text.length + 1);
    return text.slice(0, i) + word.repeat(1 + (other % 2000)) + text.slice(i);
  },
  (text, at, other) => {
    const i = at % (text.length + 1);
    return `${text.slice(0, i)}${" ".repeat(other % 50_000)}${text.slice(i)}`;
  },
];

const word = fc.oneof(
  fc.constantFrom(...bombs),
  fc.constantFrom(
    ...samples.flatMap((text) =>
      tokenize(text)
        .slice(0, 400)
        .map((token) => token.text),
    ),
  ),
  fc.string({ maxLength: 6 }),
);
const mutated = fc
  .tuple(
    sample,
    fc.array(fc.tuple(fc.nat(mutations.length - 1), fc.nat(), fc.nat(), word), { minLength: 1, maxLength: 4 }),
  )
  .map(([text, changes]) =>
    changes.reduce((sofar, [which, at, other, w]) => mutations[which](sofar, at, other, w), text),
  );

it("has samples to mutate", () => {
  expect(samples.length).toBeGreaterThan(2);
  for (const text of samples) expect(read(text)).toBe("module");
});

it("answers mutated samples with a module or a line", { timeout }, () => {
  const answers = new Map<string, number>();
  fc.assert(
    fc.property(mutated, (text) => {
      const answer = read(text);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }),
    settings(0.6),
  );
  // Mutations that leave nothing to read, or change nothing, would test nothing.
  expect(answers.get("module")).toBeGreaterThan(cases * 0.01);
  expect(answers.get("refused")).toBeGreaterThan(cases * 0.1);
});

const opcodes = instructionTable.map(({ opcode }) => opcode);
const suffixes = [...new Set(instructionTable.flatMap(({ modifiers }) => modifiers.flatMap(({ choices }) => choices)))];
const operand: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "%r1",
    "%rd1",
    "%f1",
    "%p1",
    "%h1",
    "!%p1",
    "%p1|%p2",
    "_",
    "L",
    "tile",
    "[p0]",
    "[%rd1+4]",
    "%tid.x",
    "-1",
  ),
  fc.constantFrom(
    "{%r1, %r2}",
    "{%f1,%f2,%f3,%f4}",
    "0f3F800000",
    "1.5",
    "(4*8)",
    "WARP_SZ",
    "[tile+-4]",
    "%nope",
    "tile+4",
  ),
  fc.bigInt({ min: 0n, max: 1n << 66n }).map(String),
);
const instruction = fc
  .tuple(
    fc.constantFrom("", "", "@%p1 ", "@!%p2 ", "@%r1 "),
    fc.constantFrom(...opcodes),
    fc.array(fc.constantFrom(...suffixes), { maxLength: 5 }),
    fc.array(operand, { maxLength: 5 }),
  )
  .map(([guard, opcode, modifiers, operands]) => `${guard}${[opcode, ...modifiers].join(".")} ${operands.join(", ")};`);
const statement = fc.oneof(
  instruction,
  fc.constantFrom(...instructionTable.flatMap((row) => formsOf(row))),
  fc.constantFrom(
    "L:",
    "{",
    "}",
    ".reg .b32 %q<3>;",
    ".loc 1 2 3",
    ".shared .b32 tile;",
    "call f, (%r1);",
    "bra L;",
    "ret;",
  ),
);

it("answers random bodies with a module or a line", { timeout }, () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 30 }), (body) => {
      read(moduleOf(body.join("\n")));
    }),
    settings(0.2),
  );
});

describe("a text of a megabyte", () => {
  // Whatever took a square of the time would not come to its end before the test's limit.
  it.each([
    ["comments that do not end", "/*"],
    ["scopes that declare the same", "{ .reg .b32 t; mov.b32 t, 0; }\n"],
    ["one long line", "mov.b32 %r1, %r2; "],
    ["quotes", '"'],
    ["digits", "1"],
    ["labels", "L: "],
    ["vectors", "{%r1,"],
    ["values", "1,"],
    ["unknown words", "abcdefghi"],
    ["unknown instructions", "adt.u32 %r1, %r2;\n"],
  ])("is read or refused, of %s as well", (_what, piece) => {
    for (const count of [1000, 1_000_000 / piece.length])
      read(kernelPtx(0, 0, `.reg .b32 %r<3>; ${piece.repeat(count)} ret;`));
  });
});

/** Kernels that run: each form of the table on its own, and a few with loops, branches and barriers. */
const running: readonly string[] = [
  ...instructionTable.flatMap((row) => formsOf(row)).map(moduleOf),
  moduleOf(
    `mov.u32 %r1, %tid.x; mov.u32 %r2, 0;
    L: add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, %r1; @%p1 bra L; bar.sync 0;
    mul.wide.u32 %rd1, %r1, 4; add.u64 %rd2, %rd8, %rd1; st.global.u32 [%rd2], %r2; st.shared.u32 [tile], %r1;`,
  ),
];
const mutateLightly: readonly Mutation[] = [mutations[0], mutations[2], mutations[3], mutations[4], mutations[5]];

it("runs what is read of mutated kernels to their end, to a fault or to the step limit", { timeout }, () => {
  let ran = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...running),
      fc.array(fc.tuple(fc.nat(mutateLightly.length - 1), fc.nat(), fc.nat(), word), { maxLength: 2 }),
      fc.constantFrom<ReconvergencePolicy>("independent", "stack", "lowest-pc"),
      fc.constantFrom(1, 33, 64),
      (ptx, changes, policy, block) => {
        const text = changes.reduce((sofar, [which, at, other, w]) => mutateLightly[which](sofar, at, other, w), ptx);
        let image: LaunchImage;
        try {
          const arrays = [{ label: "data", dtype: "u32" as const, data: new Uint32Array(64) }];
          image = launchImage({ ptx: text, arrays, block, policy, maxSteps: 300 });
          const parameters = new Uint8Array(64);
          parameters.set(image.parameters);
          new Machine({ ...image, parameters, kernel: "k" }).run();
          ran++;
        } catch (error) {
          if (error instanceof LaunchFault) ran++;
          else if (!(error instanceof InputError)) throw error;
        }
      },
    ),
    settings(0.2),
  );
  expect(ran).toBeGreaterThan(cases * 0.02);
});
