// What a person sees of a cell: its result, its output, its error, and what later cells know of it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernelForFile, newFolder, ofType, printed, resultText, until } from "./kernel.js";

const kernel = kernelForFile();
const run = (code: string) => kernel().execute(code);

describe("the last expression", () => {
  test("is the result, as inspect shows it", async () => {
    expect(resultText(await run("1 + 1"))).toBe("2");
    expect(resultText(await run("({ list: [1, 2], text: 'x' })"))).toBe("{ list: [ 1, 2 ], text: 'x' }");
    expect(resultText(await run("null // nothing"))).toBe("null");
  });

  test("is no result when it is undefined, or when a statement follows", async () => {
    expect(resultText(await run("undefined"))).toBeUndefined();
    expect(resultText(await run("5; if (true) {}"))).toBeUndefined();
    expect(resultText(await run("const unshown = 5;"))).toBeUndefined();
  });

  test("may await", async () => {
    expect(resultText(await run("await new Promise<number>((done) => setTimeout(() => done(7), 5))"))).toBe("7");
  });

  test("is shown in the form that it offers", async () => {
    const execution = await run(`({
      [Symbol.for("warplab.mime")]: async () => ({ "text/html": "<b>5</b>", "application/json": { five: 5 } }),
    })`);
    const [{ content }] = ofType(execution, "execute_result");
    expect(content.data).toMatchObject({ "text/html": "<b>5</b>", "application/json": { five: 5 } });
    expect(content.data["text/plain"]).toContain("warplab.mime");
  });

  test("is shown as the library shows it, once a cell has loaded one that says how", async () => {
    await run(
      `(globalThis as any)[Symbol.for("warplab.bundle")] = (value) => ("rows" in value ? { "text/html": "<table>" } : undefined)`,
    );
    const [{ content }] = ofType(await run("({ rows: 2 })"), "execute_result");
    expect(content.data).toEqual({ "text/html": "<table>", "text/plain": "{ rows: 2 }" });
    expect(resultText(await run("[({ columns: 2 })]"))).toBe("[ { columns: 2 } ]");
    await run(`delete (globalThis as any)[Symbol.for("warplab.bundle")]`);
  });

  test("is an error of the cell when its form cannot be made", async () => {
    const { reply } = await run(`({ [Symbol.for("warplab.mime")]() { throw new RangeError("no form"); } })`);
    expect(reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "no form" });
  });
});

describe("between cells", () => {
  test("shorthand takes names of earlier cells", async () => {
    await run("const shorthandA = 1, shorthandB = 2;");
    expect(resultText(await run("({ shorthandA, shorthandB })"))).toBe("{ shorthandA: 1, shorthandB: 2 }");
    expect(resultText(await run("const { length = shorthandB } = {} as any; length"))).toBe("2");
  });

  test("a name may be declared again, with another type", async () => {
    await run("const again = 1;");
    await run("const again: string = 'two';");
    expect(resultText(await run("again.toUpperCase()"))).toBe("'TWO'");
  });

  test("a let is one variable for all cells, the functions of its own included", async () => {
    await run("let shared = 1; function readShared() { return shared; }");
    await run("shared += 41;");
    expect(resultText(await run("[shared, readShared()]"))).toBe("[ 42, 42 ]");
  });

  test("types, interfaces, classes and enums go on", async () => {
    await run("interface Pair { left: number; right: number }\ntype Side = keyof Pair;\nenum Color { Red = 3, Blue }");
    await run(
      "class Box { constructor(readonly value: Pair) {} sum() { return this.value.left + this.value.right; } }",
    );
    const execution = await run("const side: Side = 'left'; [new Box({ left: 1, right: 2 }).sum(), Color.Blue, side]");
    expect(resultText(execution)).toBe("[ 3, 4, 'left' ]");
  });

  test("export is tolerated", async () => {
    expect(
      (await run("export const exported = 4; export type T4 = number; export default exported;")).reply.status,
    ).toBe("ok");
    expect(resultText(await run("exported"))).toBe("4");
  });

  test("a name called exports does not hide the earlier ones", async () => {
    await run("const underExports = 3;");
    expect(resultText(await run("const exports = 1; exports + underExports"))).toBe("4");
  });
});

describe("output", () => {
  test("is in the order in which it was written, stream by stream", async () => {
    const execution = await run("console.log('a'); console.log('b'); console.error('c'); console.log('d'); 5");
    expect(execution.messages.map((message) => message.type).filter((type) => type !== "status")).toEqual([
      "execute_input",
      "stream",
      "stream",
      "stream",
      "execute_result",
    ]);
    expect(ofType(execution, "stream").map(({ content }) => content.text)).toEqual(["a\nb\n", "c\n", "d\n"]);
  });

  test("of 5,000 console.log in a loop is whole, in few messages", async () => {
    const execution = await run("for (let i = 0; i < 5000; i++) console.log(i);");
    expect(execution.reply.status).toBe("ok");
    expect(printed(execution)).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(""));
    expect(ofType(execution, "stream").length).toBeLessThan(200);
  });

  test("is seen while a synchronous loop still runs", async () => {
    const heard = join(newFolder(), "heard");
    // The loop ends when what it printed was seen here.
    const execution = await kernel().execute(
      `import { existsSync } from "node:fs"; console.log("early"); while (!existsSync(${JSON.stringify(heard)})) console.log(".");`,
      { onMessage: ({ type }) => type === "stream" && writeFileSync(heard, "") },
    );
    expect(execution.reply.status).toBe("ok");
  });

  test("that comes late belongs to the cell that made it", async () => {
    const late: string[] = [];
    const first = await run(
      "void (async () => { await new Promise((r) => setTimeout(r, 150)); console.log('late'); })();",
    );
    kernel().onIopub = (message) => {
      if (message.type === "stream") late.push(`${message.content.text}${message.parent.msg_id}`);
    };
    await run("await new Promise((r) => setTimeout(r, 50)); console.log('second');");
    await until(() => (late.length === 2 ? true : undefined));
    kernel().onIopub = undefined;
    expect(late).toContain(`late\n${first.messages[0].parent.msg_id}`);
    expect(late.filter((line) => line.startsWith("second"))).not.toContain(
      `second\n${first.messages[0].parent.msg_id}`,
    );
  });

  test("of bytes is text, whole characters at a time", async () => {
    const execution = await run(
      "const euro = Buffer.from('€'); process.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1));",
    );
    expect(printed(execution)).toBe("€");
  });

  test("of an uncaught error in a timer is told on stderr, and the kernel lives", async () => {
    const execution = await run(
      "setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise((r) => setTimeout(r, 60));",
    );
    expect(printed(execution, "stderr")).toContain("Error: in a timer");
    expect(resultText(await run("1"))).toBe("1");
  });
});

describe("display", () => {
  const bridge = `(globalThis as any)[Symbol.for("warplab.kernel")]`;

  test("shows a whole bundle and updates it, from a later cell too", async () => {
    const shown = await run(`${bridge}.display({ "text/html": "<i>1</i>", "text/plain": "1" }, { displayId: "d1" })`);
    expect(ofType(shown, "display_data")[0].content).toEqual({
      data: { "text/html": "<i>1</i>", "text/plain": "1" },
      metadata: {},
      transient: { display_id: "d1" },
    });
    const changed = await run(`${bridge}.display({ "text/plain": "2" }, { displayId: "d1", update: true })`);
    expect(ofType(changed, "update_display_data")[0].content).toMatchObject({
      data: { "text/plain": "2" },
      transient: { display_id: "d1" },
    });
  });

  test("of a stream of changes to one display publishes some, and the last before the cell ends", async () => {
    const execution = await run(
      `${bridge}.display({ "text/plain": "0" }, { displayId: "many" });
       for (let i = 1; i <= 10_000; i++) ${bridge}.display({ "text/plain": String(i) }, { displayId: "many", update: true });`,
    );
    const changes = ofType(execution, "update_display_data").map(({ content }) => Number(content.data["text/plain"]));
    expect(changes.at(-1)).toBe(10_000);
    expect(changes).toEqual([...changes].sort((a, b) => a - b));
    // Jupyter's server lets 3,000 messages through in three seconds.
    expect(changes.length).toBeLessThan(1_000);
  });

  test("keeps its place among what is printed", async () => {
    const execution = await run(
      `console.log("before"); ${bridge}.display({ "text/plain": "x" }); console.log("after")`,
    );
    const types = execution.messages.map((message) => message.type).filter((type) => /stream|display/.test(type));
    expect(types).toEqual(["stream", "display_data", "stream"]);
  });
});

describe("an error", () => {
  test("has name, message and a traceback with the cell's line, quoted, and none of the kernel's frames", async () => {
    const execution = await run(
      "function fails(): never {\n  // why\n  throw new RangeError('too far');\n}\n\nfails();",
    );
    const [{ content }] = ofType(execution, "error");
    expect(content).toMatchObject({ ename: "RangeError", evalue: "too far" });
    const cell = `cell ${execution.reply.execution_count}`;
    expect(content.traceback).toEqual([
      `${cell}, line 3, column 9:`,
      "      throw new RangeError('too far');",
      "            ^",
      "RangeError: too far",
      `    at fails (${cell}:3:9)`,
      `    at ${cell}:6:1`,
    ]);
    expect(execution.reply).toMatchObject({ status: "error", ...content });
  });

  test("is at the line as typed after types, blank lines, imports, enums and rewritten names", async () => {
    await run("const earlier = 5;");
    const execution = await run(
      "import { sep } from 'node:path';\ninterface Gone {\n  a: number;\n}\n\nenum Kept {\n  One,\n  Two,\n}\nconst o: Gone = { a: earlier }; const f = earlier + o.a; throw new Error(f + sep);",
    );
    expect(execution.reply.traceback?.[0]).toBe(`cell ${execution.reply.execution_count}, line 10, column 64:`);
  });

  test("names the cell of each function and the lines that await", async () => {
    const first = await run("async function deep(x: number) {\n  await null;\n  throw new Error('deep');\n}");
    const second = await run("\nawait deep(1);");
    expect(second.reply.traceback?.slice(-2)).toEqual([
      `    at deep (cell ${first.reply.execution_count}:3:9)`,
      `    at async cell ${second.reply.execution_count}:2:1`,
    ]);
  });

  test("keeps what the cell declared before it failed", async () => {
    await run("const notReached = 'old';");
    await run("const reached: number = 7;\nlet counted = 1;\nthrow new Error('stop');\nconst notReached = 8;");
    expect(resultText(await run("[reached, counted, notReached]"))).toBe("[ 7, 1, 'old' ]");
  });

  test("of TypeScript names the place, the code and the line; nothing is run", async () => {
    const execution = await run("const fine = 1;\nconst text: string = 5;");
    expect(execution.reply.ename).toBe("TypeScriptError");
    expect(execution.reply.traceback).toEqual([
      `cell ${execution.reply.execution_count}, line 2, column 7: Type 'number' is not assignable to type 'string'. (TS2322)\n    const text: string = 5;\n          ^`,
    ]);
    expect((await run("fine")).reply.evalue).toContain("Cannot find name 'fine'");
  });

  test("of syntax names the place", async () => {
    const { reply } = await run("const x = ;");
    expect(reply.evalue).toBe(`cell ${reply.execution_count}, line 1, column 11: Expression expected. (TS1109)`);
  });

  test("may have a cause, be no Error, or have a name of its own", async () => {
    const caused = await run("throw new Error('outer', { cause: new TypeError('inner') })");
    expect(caused.reply.traceback?.join("\n")).toMatch(/Error: outer[\s\S]*caused by[\s\S]*TypeError: inner/);
    expect((await run("throw { code: 5 }")).reply).toMatchObject({ ename: "Thrown", evalue: "{ code: 5 }" });
    const own = await run("class Odd extends Error { override name = 'Odd' }\nthrow new Odd('one')");
    expect(own.reply).toMatchObject({ ename: "Odd", evalue: "one" });
  });

  test("of a refusal of the library leaves out where in the library it was, however deep", async () => {
    const code = `const { runInThisContext } = await import('node:vm');
const refuse: (depth: number, message: string) => void = runInThisContext(\`(function refuse(depth, message) {
  if (depth > 0) return refuse(depth - 1, message);
  throw Object.assign(new Error(message), { name: 'InputError' });
})\`, { filename: "/library/devices.js" });`;
    await run(code);
    const { reply } = await run("refuse(20, 'unknown device')");
    const cell = `cell ${reply.execution_count}`;
    expect(reply.traceback).toEqual([
      // V8 places the call of another cell's function at its parenthesis.
      `${cell}, line 1, column 7:`,
      "    refuse(20, 'unknown device')",
      "          ^",
      "InputError: unknown device",
      `    at ${cell}:1:7`,
    ]);
    const placed = await run("refuse(0, 'cell 3, line 4: no such name')");
    expect(placed.reply.traceback?.[0]).toBe("InputError: cell 3, line 4: no such name");
  });

  test("in user_expressions is theirs alone", async () => {
    const { reply } = await kernel().execute("const ue = 6;", { userExpressions: { good: "ue * 7", bad: "nowhere" } });
    expect(reply.status).toBe("ok");
    expect(reply.user_expressions).toMatchObject({
      good: { status: "ok", data: { "text/plain": "42" } },
      bad: { status: "error", ename: "TypeScriptError" },
    });
  });
});

describe("a silent request", () => {
  test("counts nothing and shows nothing", async () => {
    const before = (await run("1")).reply.execution_count;
    const silent = await kernel().execute("const quiet = 1; quiet", { silent: true });
    expect(silent.messages.map((message) => message.type)).toEqual(["status", "status"]);
    expect((await run("quiet")).reply.execution_count).toBe(before + 1);
  });
});

describe("the kernel's own words", () => {
  test("a user expression may end in a comment", async () => {
    const { reply } = await kernel().execute("1", { userExpressions: { commented: "1 //c" } });
    expect(reply.user_expressions).toMatchObject({ commented: { status: "ok", data: { "text/plain": "1" } } });
  });

  test.each(["$cell", "$import", "$exports", "$$value", "require", "exports"])(
    "%s is a name like any other",
    async (name) => {
      expect(resultText(await run(`let ${name} = 4; await null; ${name}`))).toBe("4");
      expect(resultText(await run(`let ${name} = 6; (await import("node:path")).sep + ${name}; ${name} = 4`))).toBe(
        "4",
      );
      expect(resultText(await run(`const { sep } = await import("node:path"); [${name}, sep]`))).toBe("[ 4, '/' ]");
      expect(resultText(await run(`${name} = 5; ${name}`))).toBe("5");
    },
  );

  test("an error as a value, and console.trace, name the cell and nothing of the kernel", async () => {
    const shown = await run("new Error('x')");
    const cell = `cell ${shown.reply.execution_count}`;
    expect(resultText(shown)).toBe(`Error: x\n    at ${cell}:1:1`);
    const traced = await run("function f() { console.trace('here'); }\nf();");
    expect(printed(traced, "stderr")).toMatch(/^Trace: here\n {4}at f \(cell \d+:1:24\)\n {4}at cell \d+:2:1\n$/);
  });

  test("what a child of the cell writes to the streams that it inherits is the cell's", async () => {
    const execution = await run(
      `(await import("node:child_process")).execSync("echo from the child; echo and its errors >&2", { stdio: "inherit" }); 1`,
    );
    expect(printed(execution)).toBe("from the child\n");
    expect(printed(execution, "stderr")).toBe("and its errors\n");
  });
});

describe("an error of the library, in its own installation, has no frame and no path of its files", () => {
  const begin = `import { VirtualGPU, f32, i32, kernel } from "warplab";\nconst virtual = new VirtualGPU("h100");\n`;
  test.each([
    ["an unknown device", `new VirtualGPU("h1000");`, /h1000/],
    [
      "an access out of bounds",
      `const far = kernel("far", { x: f32.ptr }, ({ x }, { threadIdx }) => { x[threadIdx.x + 1000] = 1; });
virtual.launch(far, { grid: 1, block: 32 }, { x: virtual.zeros(f32, 4) });`,
      /LaunchFault/,
    ],
    [
      "a livelock",
      `const waits = kernel("waits", { x: i32.ptr }, ({ x }, { atomicAdd }) => { while (atomicAdd(x, 0, 0) === 0) {} });
virtual.launch(waits, { grid: 1, block: 32 }, { x: virtual.zeros(i32, 4) });`,
      /never|livelock|forever/i,
    ],
  ])("%s", async (_what, code, words) => {
    const { reply } = await run(begin + code);
    expect(reply.ename).not.toBe("TypeScriptError");
    const text = reply.traceback!.join("\n");
    expect(text).toMatch(words);
    expect(text).not.toMatch(/dist[\\/]|file:|node:/);
    expect(text).toContain(`at cell ${reply.execution_count}:`);
  });
});

test.each([
  ["threadIdx", "x[threadIdx.x] = 1;", "({ x }, { threadIdx }) => ..."],
  ["syncthreads", "syncthreads();", "({ x }, { syncthreads }) => ..."],
  ["__syncthreads", "__syncthreads();", "({ x }, { syncthreads }) => ..."],
])("%s of no declaration is said to be the kernel's second argument's", async (name, body, form) => {
  const { reply } = await run(
    `import { kernel as k2, f32 as f2 } from "warplab"; k2("k", { x: f2.ptr }, ({ x }) => { ${body} });`,
  );
  expect(reply.evalue).toContain(`Cannot find name '${name}'. Take `);
  expect(reply.evalue).toContain(`from the kernel's second argument: ${form}`);
});
