// A function's TypeScript is found again from its name and from what is left of it at run time.
import { describe, expect, test } from "vitest";
import { findTypedFunction } from "../../../src/notebook/jupyter/cells/typed-functions.js";
import { kernelForFile, resultText } from "./kernel.js";

const cell = (source: string, label = "cell 1") => ({ label, source });

describe("findTypedFunction", () => {
  test("gives the text verbatim, its types blanked, and where it begins", () => {
    const source = `const k = kernel("scale", { n: i32 },\n  ({ n, x }: Args, { threadIdx }): void => {\n    const i = threadIdx.x as number; // index\n    x[i]! *= n;\n  });`;
    const found = findTypedFunction(
      "scale",
      "({ n, x }, { threadIdx }) => {\n const i = threadIdx.x; /* other words */ x[i] *= n;\n}",
      [cell(source, "cell 7")],
    );
    expect(found).toEqual({
      text: "({ n, x }: Args, { threadIdx }): void => {\n  const i = threadIdx.x as number; // index\n  x[i]! *= n;\n}",
      code: "({ n, x }      , { threadIdx })       => {\n  const i = threadIdx.x          ; // index\n  x[i]  *= n;\n}",
      origin: "cell 7",
      firstLine: 2,
      standing: { lines: source.split("\n").slice(1), margins: [2, 2, 2, 2] },
    });
  });

  test("chooses among calls of one name by the tokens, in the order of the cells", () => {
    const cells = [
      cell(`f("a", (x: number) => x + 1); f("a", (x: number) => x + 2);`, "cell 9"),
      cell(`f("a", (y) => y + 1)`, "cell 2"),
    ];
    expect(findTypedFunction("a", "(x) => x + 2", cells)?.text).toBe("(x: number) => x + 2");
    expect(findTypedFunction("a", "(y) => y + 1", cells)?.origin).toBe("cell 2");
    expect(findTypedFunction("a", "(z) => z", cells)).toBeUndefined();
    expect(findTypedFunction("b", "(x) => x + 1", cells)).toBeUndefined();
  });

  test("sees through the scope's name before names of earlier cells", () => {
    const source = `f("a", (x: number) => g(N) + x * N + h({ N }))`;
    const transpiled = "(x) => (0, exports.g)(exports.N) + x * exports.N + (0, exports.h)({ N: exports.N })";
    expect(findTypedFunction("a", transpiled, [cell(source)])?.code).toBe("(x        ) => g(N) + x * N + h({ N })");
  });

  test("takes function expressions, and dedents no further than every line allows", () => {
    const source = `    f("a", 5, function (x: number) {\n      return [\n  x,\n      ];\n    })`;
    expect(findTypedFunction("a", "function (x) { return [x,]; }", [cell(source)])?.text).toBe(
      "function (x: number) {\n    return [\nx,\n    ];\n  }",
    );
  });
});

describe("in the kernel", () => {
  const kernel = kernelForFile();
  const define = `const bridge = (globalThis as any)[Symbol.for("warplab.kernel")];
function kernel(name: string, ...rest: any[]) {
  return bridge.typedFunction(name, String(rest[rest.length - 1]));
}
const factor = 3;`;

  test("a call finds what its own cell passed to it, whatever the kernel made of it", async () => {
    await kernel().execute(define);
    const execution = await kernel().execute(`enum Mode { A, B }

const typed = kernel("k", { n: 1 }, (n: number, list: readonly number[]): number => {
  const first = list[0]! as number;
  return first * n * factor + [{ factor }].length;
});
encodeURIComponent(JSON.stringify(typed))`);
    const typed = JSON.parse(decodeURIComponent(String(resultText(execution)).slice(1, -1)));
    expect(typed).toEqual({
      text: "(n: number, list: readonly number[]): number => {\n  const first = list[0]! as number;\n  return first * n * factor + [{ factor }].length;\n}",
      code: "(n        , list                   )         => {\n  const first = list[0]           ;\n  return first * n * factor + [{ factor }].length;\n}",
      origin: `cell ${execution.reply.execution_count}`,
      firstLine: 3,
      standing: {
        lines: [
          'const typed = kernel("k", { n: 1 }, (n: number, list: readonly number[]): number => {',
          "  const first = list[0]! as number;",
          "  return first * n * factor + [{ factor }].length;",
          "});",
        ],
        margins: [36, 0, 0, 0],
      },
    });
  });

  test("the executing cell comes before others, the newest before older ones", async () => {
    await kernel().execute(
      `function later(f: any) { return bridge.typedFunction("same", String(f)).origin; }\nlet f1: any; ((name: string, f: any) => { f1 = f; })("same", (q: number) => q);`,
    );
    const second = await kernel().execute(`((name: string, f: any) => later(f))("same", (q: string) => q)`);
    expect(resultText(second)).toBe(`'cell ${second.reply.execution_count}'`);
    const third = await kernel().execute("later(f1)");
    expect(resultText(third)).toBe(`'cell ${second.reply.execution_count}'`);
  });
});
