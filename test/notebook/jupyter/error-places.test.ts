// Where an error is said to come from: the cell and the line, whoever raised it and whatever was thrown.
import { describe, expect, test } from "vitest";
import { kernelForFile } from "./kernel.js";

const kernel = kernelForFile();

/** The lines that are told of a cell that fails, and the cell's label. */
async function failure(code: string): Promise<{ label: string; lines: string[]; text: string }> {
  const { reply } = await kernel().execute(code);
  expect(reply.status).toBe("error");
  const lines = (reply.traceback ?? []).flatMap((part) => part.split("\n"));
  return { label: `cell ${reply.execution_count}`, lines, text: lines.join("\n") };
}

describe("an error raised while a value is shown", () => {
  test("of a chart as the last expression names that expression", async () => {
    const { label, lines, text } = await failure(
      `const chart = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: 5 };\n\n  chart;`,
    );
    expect(lines.slice(0, 3)).toEqual([`${label}, line 3, column 3:`, "      chart;", "      ^"]);
    expect(text).toContain(`at ${label}:3:3`);
  });

  test("of a value whose own form throws names where it threw, and the expression", async () => {
    const { label, lines, text } = await failure(
      `class Sick {\n  [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("ill"); }\n}\nnew Sick()`,
    );
    expect(lines[0]).toMatch(new RegExp(`^${label}, line 2, column 56:$`));
    expect(text).toContain("Error: ill");
    expect(text).toMatch(new RegExp(`at ${label}:4:1$`, "m"));
  });

  test("of a value that an earlier cell made names the cell that shows it", async () => {
    await kernel().execute("const bad = new Proxy({}, { get() { throw new RangeError('no'); } });");
    const { label, text } = await failure("1;\nbad");
    expect(text).toMatch(new RegExp(`at ${label}:2:1$`, "m"));
  });

  test("by show() names that call", async () => {
    const { label, lines } = await failure(
      `import { show } from "warplab";\nshow({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: 5 });`,
    );
    expect(lines[0]).toBe(`${label}, line 2, column 1:`);
    expect(lines[1]).toContain("show({ $schema");
  });
});

describe("a thrown value that is no error", () => {
  test.each([
    ["1;\n  throw null;", 2, 3, "Thrown: null"],
    ["throw { a: 1 };", 1, 1, "Thrown: { a: 1 }"],
    ["function f() {\n  throw 'text';\n}\nf();", 2, 3, "Thrown: 'text'"],
    ["1;\nawait Promise.reject('late');", 2, 1, "Thrown: 'late'"],
    ["1;\nPromise.reject('last')", 2, 1, "Thrown: 'last'"],
    ["({ [Symbol.for('nodejs.util.inspect.custom')]() { throw 7; } })", 1, 51, "Thrown: 7"],
  ])("%j names its line", async (code, line, column, told) => {
    const { label, lines, text } = await failure(code);
    expect(lines[0]).toBe(`${label}, line ${line}, column ${column}:`);
    expect(lines[1].trim()).toBe(code.split("\n")[line - 1].trim());
    expect(text).toContain(told);
  });

  test("names at least the cell where nobody saw it thrown", async () => {
    const { label, lines } = await failure(`new Function("throw 'unseen'")();\n1`);
    expect(lines[0]).toBe(`${label}:`);
  });

  test("leaves functions that do not run in the cell as they were written", async () => {
    const { reply } = await kernel().execute("const thrower = () => { throw 5; };");
    expect(reply.status).toBe("ok");
    expect((await failure("thrower()")).lines[0]).toMatch(/^cell \d+, line 1, column 25:$/);
  });
});

describe("a mistake in a kernel", () => {
  const define = (body: string): string =>
    `import { f32, kernel, VirtualGPU } from "warplab";\nconst gpu = new VirtualGPU("h100"); const x = gpu.zeros(f32, 4);\n${body}`;

  test("that begins on the line of its call has the cell's column, and the whole line", async () => {
    const line = `const kk2 = kernel("kk", { y: f32.ptr }, ({ y }) => { y[0] = Math.random() });`;
    const { label, text } = await failure(define(line));
    const column = line.indexOf("Math.random") + 1;
    expect(text).toContain(`${label}, line 3, column ${column}: `);
    expect(text).toContain(`    ${line}\n    ${" ".repeat(column - 1)}^`);
  });

  test("further down has the cell's column too, whatever is cut from the text that is shown", async () => {
    const line = "      y[0] = Math.random();";
    const { label, text } = await failure(
      define(`if (true) {\n  const k = kernel("deep", { y: f32.ptr }, ({ y }) => {\n${line}\n  });\n}`),
    );
    expect(text).toContain(`${label}, line 5, column 14: `);
    expect(text).toContain(`    ${line}\n${" ".repeat(4 + 13)}^`);
  });

  test("that shows when it runs has its column as well", async () => {
    const line = `const far = kernel("far", { y: f32.ptr }, ({ y }, { threadIdx }) => { y[threadIdx.x] = 1; });`;
    const { label, text } = await failure(define(`${line}\ngpu.launch(far, { grid: 1, block: 8 }, { y: x });`));
    const column = line.indexOf("y[threadIdx") + 1;
    expect(text).toContain(`kernel "far", ${label}, line 3, column ${column}, block (0), thread (4): out-of-bounds`);
    expect(text).toContain(`    ${line}\n    ${" ".repeat(column - 1)}^`);
  });
});
