// What a person reads of a mistake in a cell: the place, the argument by its name, and what to write instead.
import { describe, expect, test } from "vitest";
import { quotedLine } from "../../../src/notebook/jupyter/errors/quoted-line.js";
import { kernelForFile, resultText, startKernel } from "./kernel.js";

const kernel = kernelForFile();
const run = (code: string) => kernel().execute(code);
const traceback = async (code: string): Promise<string> => (await run(code)).reply.traceback?.join("\n") ?? "";

describe("a wrong argument of a launch", () => {
  test.each([
    ["{ grid: 8 }, { n: 1, x }", /Property 'block' is missing .* Add block: Dim3Like\. \(TS2345\)/],
    [
      "{ grid: 8, blok: 32 }, { n: 1, x }",
      /'blok' does not exist in type 'LaunchConfig'\. Did you mean to write 'block'/,
    ],
    ["{ grid: 8, block: '8' }, { n: 1, x }", /: block: Type 'string' .* Dim3Like is number \| readonly number\[\]/],
    ["{ grid: 8, block: 32 }, { n: 'x', x }", /: n: Type 'string' is not assignable to type 'number'\. \(TS2322\)/],
    [
      "{ grid: 8, block: 32 }, { n: 1 }",
      /Property 'x' is missing .*\. Add x: DeviceArray<"f32"> \| DevicePointer<"f32">\./,
    ],
    ["{ grid: 8, block: 32 }, { n: 1, x, extra: 1 }", /'extra' does not exist in type .*\. It takes n, x\. \(TS/],
    ["{ grid: 8, block: 32 }, { n: 1, x: [1, 2] }", /: x: Type 'number\[\]' .* first: gpu\.array\(f32, \[1, 2, 3\]\)/],
    ["{ grid: 8, block: 32 }", /Expected 3 arguments, but got 2\. An argument for 'args' was not provided\./],
  ])("%s is told by its name, with what to write", async (rest, message) => {
    await run(`import { VirtualGPU, kernel, i32, f32 } from "warplab";
const fill = kernel("fill", { n: i32, x: f32.ptr }, ({ n, x }, { threadIdx }) => { x[threadIdx.x] = n; });
const gpu = new VirtualGPU("h100"); const x = gpu.zeros(f32, 32);`);
    expect(await traceback(`gpu.launch(fill, ${rest})`)).toMatch(message);
  });
});

describe("a name that nothing declares", () => {
  test("is answered with a close one of an earlier cell", async () => {
    await run("const bandwidth = 1;");
    expect(await traceback("bandwith + 1")).toContain("Cannot find name 'bandwith'. Did you mean 'bandwidth'?");
    expect(await traceback("entirelyElse")).toMatch(/Cannot find name 'entirelyElse'\. \(TS2304\)/);
  });

  test("of a cell that failed is said to be that cell's, until it is declared", async () => {
    const { reply } = await run("throw new Error('before');\nconst laterOn = 1;");
    expect(await traceback("laterOn")).toContain(
      `Cannot find name 'laterOn'. It is declared in cell ${reply.execution_count}, which failed before it came to that`,
    );
    const wrong = await run("const mistyped: number = 'x';");
    expect(await traceback("mistyped")).toContain(
      `It is declared in cell ${wrong.reply.execution_count}, which failed`,
    );
    await run("const mistyped = 'x';");
    expect(resultText(await run("mistyped"))).toBe("'x'");
  });
});

describe("a mistake of syntax", () => {
  test.each([
    ["const {", 1, 8],
    ["let q = `abc", 1, 13],
    ["if (true) {\n  1;\n\n", 2, 5],
  ])("%j that shows at the end of the cell has its place", async (code, line, column) => {
    const { reply } = await run(code);
    expect(reply.ename).toBe("TypeScriptError");
    expect(reply.evalue).toContain(`, line ${line}, column ${column}: `);
  });

  test("by what this TypeScript does not read says so", async () => {
    expect(await traceback("using file = open();")).toMatch(
      /TypeScript is 5\.0\.\d+, and "using" is of 5\.2: write const/,
    );
    expect(await traceback("const element = <div>5</div>;")).toContain("cells are TypeScript without JSX");
  });
});

test("long types are told without their arguments and members", async () => {
  const text = await traceback(
    `const many: { aaaaaaaaaa: number, bbbbbbbbbbbbb: Map<string, () => void>, cccccccccccccc: { d: string } } = 5;`,
  );
  expect(text).toContain("Type 'number' is not assignable to type '{ … }'.");
});

describe("the traceback", () => {
  test("of an error that is its own cause ends", async () => {
    expect(await traceback("const circle: any = new Error('c'); circle.cause = circle; throw circle")).toMatch(
      /caused by the Error above$/,
    );
    const pair = await traceback(
      "const one: any = new Error('1'), two: any = new Error('2', { cause: one }); one.cause = two; throw one",
    );
    expect(pair).toMatch(/Error: 1[\s\S]*caused by[\s\S]*Error: 2[\s\S]*caused by the Error above$/);
  });

  test("of an AggregateError has each of its errors", async () => {
    expect(await traceback("throw new AggregateError([new Error('one'), new TypeError('two')], 'both')")).toMatch(
      /AggregateError: both[\s\S]*its error 1 of 2[\s\S]*Error: one[\s\S]*its error 2 of 2[\s\S]*TypeError: two/,
    );
  });

  test("of a recursion has its frame once", async () => {
    const text = await traceback("function again(): void { again(); }\nagain();");
    expect(text.split("\n").filter((line) => line.includes("at again"))).toHaveLength(1);
    expect(text).toMatch(/… \d+ more of the same/);
  });

  test("of an error with a huge message, or one that cannot be read, is bounded", async () => {
    const { reply } = await run("throw new Error('x'.repeat(1e6))");
    expect(reply.evalue).toMatch(/x… 990000 more characters$/);
    expect(reply.traceback!.join("").length).toBeLessThan(20_000);
    expect(await traceback("throw new Proxy({}, { get() { throw 5; } })")).toContain("Thrown: ");
  });
});

describe("the last expression", () => {
  test("is awaited when it is a promise; an interrupt ends the wait", async () => {
    expect(resultText(await run("Promise.resolve(5)"))).toBe("5");
    const waiting = run("new Promise(() => {})");
    await kernel().interrupt();
    expect((await waiting).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  });

  test("of a huge text is bounded", async () => {
    const text = resultText(await run("Array.from({ length: 100 }, () => 'y'.repeat(9000))"))!;
    expect(text.length).toBeLessThan(101_000);
    expect(text.slice(-40)).toMatch(/\n… \d+ more characters$/);
  });

  test("may stand after any form of export", async () => {
    expect(resultText(await run("export default class { a = 1 }\n(5)"))).toBe("5");
    expect(resultText(await run("export default function () {}\n6"))).toBe("6");
    expect(resultText(await run("export default 7"))).toBe("7");
    expect(resultText(await run("export = 8"))).toBe("8");
    expect(resultText(await run("export default 1; 9"))).toBe("9");
  });

  test("of a class with an accessor is of this engine's JavaScript", async () => {
    expect(resultText(await run("class Counted { accessor count = 5 } new Counted().count"))).toBe("5");
  });
});

describe("a quoted line", () => {
  test("has its caret below the place, after tabs and wide characters", () => {
    expect(quotedLine("\tlet x", 6)).toEqual(["    \tlet x", "    \t    ^"]);
    expect(quotedLine("'漢字' + x", 8)).toEqual(["    '漢字' + x", "     \u3000\u3000    ^"]);
  });

  test("of great length is cut around the place", () => {
    const [line, caret] = quotedLine(`${"a".repeat(1000)}X${"b".repeat(1000)}`, 1001);
    expect(line[caret.indexOf("^")]).toBe("X");
    expect(line.length).toBeLessThan(180);
  });
});

describe("what people bring from elsewhere is told what a cell has instead", () => {
  test.each([
    ["document.title", /Cannot find name 'document': a cell runs in Node and has no page\./],
    ["alert('x')", /Cannot find name 'alert': a cell runs in Node and has no page\./],
    ["%timeit f()", /line 1, column 1: A cell is TypeScript, and %timeit is a command of IPython.* console\.time\(/],
    ["1;\n  %%bash\nls", /line 2, column 3: A cell is TypeScript, and %%bash is/],
    ["!ls -la", /Cannot find name 'ls'\. A cell is TypeScript\. To run a command of the shell: import \{ execSync \}/],
    ["# a comment", /A cell is TypeScript: a comment begins with \/\//],
    ["?Math", /press Shift\+Tab/],
    [
      'import x from "no-such-package/deep";',
      /Cannot find module 'no-such-package\/deep'\. Install it in the notebook's folder: run "npm install no-such-package" in \//,
    ],
    ['import x from "./none.js";', /Cannot find module '\.\/none\.js'\. Paths begin at the notebook's folder, \//],
  ])("%j", async (code, message) => {
    const { reply } = await run(code);
    expect(reply.traceback).toHaveLength(1);
    expect(reply.traceback?.[0]).toMatch(message);
  });

  test("a default that a module does not have is refused, with its line", async () => {
    const text = await traceback('1;\nimport vl from "vega-lite";\nvl');
    expect(text).toMatch(/^cell \d+, line 2, column 1:\n/);
    expect(text).toContain('module "vega-lite" has no default export: write import * as vl from "vega-lite"');
    expect((await run('import fs from "node:fs"; import * as vl from "vega-lite"; vl.compile')).reply.status).toBe(
      "ok",
    );
  });

  test("__dirname is the notebook's folder, as import.meta.dirname is", async () => {
    expect(resultText(await run("__dirname === import.meta.dirname && __dirname === process.cwd()"))).toBe("true");
    expect(resultText(await run("__filename === import.meta.filename"))).toBe("true");
    expect(resultText(await run("const __dirname = 'mine'; __dirname"))).toBe("'mine'");
  });
});

test("a cell that ends the kernel is said to have done so", async () => {
  const own = await startKernel();
  const texts: string[] = [];
  const running = own.execute("console.log('last'); process.exit(3);", {
    onMessage: (message) => {
      if (message.type === "stream") texts.push(message.content.text);
    },
  });
  await expect(running).rejects.toThrow();
  expect(texts.join("")).toContain("last\n");
  expect(texts.join("")).toMatch(/cell 1 called process\.exit\(3\), which ended the kernel/);
});
