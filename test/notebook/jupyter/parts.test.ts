// The small parts that need no kernel: connection files, messages, the names of a cell, history, the kernelspec.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CellCompiler } from "../../../src/notebook/jupyter/cells/compiler.js";
import { cellNames } from "../../../src/notebook/jupyter/cells/names.js";
import { parse } from "../../../src/notebook/jupyter/cells/syntax.js";
import type { CellMistakes } from "../../../src/notebook/jupyter/errors/mistakes.js";
import { History } from "../../../src/notebook/jupyter/history.js";
import { installKernel, kernelspec, writeKernelspec } from "../../../src/notebook/jupyter/kernelspec.js";
import { endpoint, readConnectionFile } from "../../../src/notebook/jupyter/wire/connection.js";
import { createHeader, decode, encode, type Message } from "../../../src/notebook/jupyter/wire/message.js";
import { newFolder } from "./kernel.js";

describe("a connection file", () => {
  const good = {
    transport: "tcp",
    ip: "127.0.0.1",
    key: "k",
    shell_port: 1,
    control_port: 2,
    iopub_port: 3,
    stdin_port: 4,
    hb_port: 5,
  };
  const read = (content: unknown) => {
    const folder = newFolder({ "kernel.json": typeof content === "string" ? content : JSON.stringify(content) });
    return readConnectionFile(join(folder, "kernel.json"));
  };

  test("names an endpoint for each channel", () => {
    expect(endpoint(read(good), "iopub")).toBe("tcp://127.0.0.1:3");
    expect(endpoint(read({ ...good, transport: "ipc", ip: "/tmp/k" }), "hb")).toBe("ipc:///tmp/k-5");
    expect(read(good).signature_scheme).toBe("hmac-sha256");
  });

  test.each([
    ["{", /kernel\.json: not a connection file: /],
    ["null", /not a JSON object/],
    [{ ...good, transport: "udp" }, /transport is "udp"; this kernel speaks "tcp" and "ipc"/],
    [{ ...good, hb_port: "5" }, /hb_port is missing or not a whole number/],
    [{ ...good, key: 5 }, /key is not a string/],
    [{ ...good, signature_scheme: "rot13" }, /unknown signature_scheme "rot13"/],
  ])("%j is refused with its field", (content, message) => {
    expect(() => read(content)).toThrow(message);
  });
});

describe("a message", () => {
  const signing = { key: "secret", signature_scheme: "hmac-sha256" };
  const message: Message = {
    identities: [Uint8Array.of(1)],
    header: createHeader("comm_msg", "session"),
    parent: {},
    metadata: { m: 1 },
    content: { data: "ü" },
    buffers: [Uint8Array.of(0, 255), new Uint8Array(0)],
  };
  const bytes = (frames: (Uint8Array | string)[]) => frames.map((frame) => Buffer.from(frame));

  test("comes back as it was sent", () => {
    expect(decode(bytes(encode(message, signing)), signing)).toEqual(message);
    const unsigned = { ...signing, key: "" };
    expect(decode(bytes(encode(message, unsigned)), unsigned)).toEqual(message);
  });

  test("signs the JSON and not the buffers", () => {
    const frames = bytes(encode(message, signing));
    frames[frames.length - 1] = Buffer.from("other");
    expect(decode(frames, signing).buffers[1]).toEqual(new Uint8Array(Buffer.from("other")));
    frames[6] = Buffer.from(`{"data":"forged"}`);
    expect(() => decode(frames, signing)).toThrow("invalid signature");
  });

  test.each([
    [["a", "b"], "no <IDS|MSG> delimiter"],
    [["<IDS|MSG>", "", "{}", "{}"], "2 frames after the signature, of 4"],
    [["<IDS|MSG>", "", "{}", "{", "{}", "{}"], "parent header is not JSON"],
    [["<IDS|MSG>", "", "[]", "{}", "{}", "{}"], "header is not a JSON object"],
    [["<IDS|MSG>", "", "{}", "{}", "{}", "{}"], "header without msg_type or msg_id"],
  ])("of frames %j is refused: %s", (frames, reason) => {
    expect(() => decode(bytes(frames), { ...signing, key: "" })).toThrow(reason);
  });
});

describe("the names of a cell", () => {
  const names = (source: string) => cellNames(parse(source));
  test("are those of its top level, and var's of its blocks", () => {
    const { declared } = names(
      "const a = 1, { b, c: [d = 1] } = x; let e; for (var f of []) { let g; var h; } function i(j) { var k; } class L {} interface M {} type N = 1; enum O {} declare const p: 1;",
    );
    expect(Object.fromEntries(declared)).toEqual({
      a: "fixed",
      b: "fixed",
      d: "fixed",
      e: "variable",
      f: "variable",
      h: "variable",
      i: "variable",
      L: "fixed",
      M: "type",
      N: "type",
      O: "fixed",
      p: "type",
    });
  });

  test("include its imports", () => {
    const { imports, declared } = names(
      "import a, { b as c, type D } from 'm'; import * as e from 'n'; import 'o'; import type F from 'p';",
    );
    expect(
      imports.map(({ specifier, bindings }) => [
        specifier,
        ...bindings.map(({ local, takes }) => `${takes}>${local.text}`),
      ]),
    ).toEqual([["m", "default>a", "b>c"], ["n", "*>e"], ["o"], ["p"]]);
    expect(Object.fromEntries(declared)).toMatchObject({ a: "fixed", c: "fixed", D: "type", e: "fixed", F: "type" });
  });

  test.each([
    ["await x", true],
    ["for await (const a of b) {}", true],
    ["async () => { await x }", false],
    ["class A { async m() { await x } }", false],
    ["if (a) { await b }", true],
  ])("%s: awaits %s", (source, awaits) => {
    expect(names(source).awaits).toBe(awaits);
  });
});

test("history answers by tail, range and search", () => {
  const history = new History();
  ["one", "two", "one"].forEach((input, i) => void history.add(i + 1, input, null));
  const lines = (request: Record<string, unknown>) =>
    (history.answer(request)["history"] as unknown[][]).map(([, line]) => line);
  expect(lines({ hist_access_type: "tail", n: 2 })).toEqual([2, 3]);
  expect(lines({ hist_access_type: "range", session: 0, start: 1, stop: 3 })).toEqual([1, 2]);
  expect(lines({ hist_access_type: "range", session: -1, start: 0, stop: 9 })).toEqual([]);
  expect(lines({ hist_access_type: "search", pattern: "o*", unique: true })).toEqual([3]);
  expect(lines({ hist_access_type: "search", pattern: "t?o" })).toEqual([2]);
});

describe("the kernelspec", () => {
  test("starts this Node with the kernel's entry", () => {
    const { argv, display_name, language, interrupt_mode } = kernelspec();
    expect(argv[0]).toBe(process.execPath);
    expect(argv.at(-2)).toMatch(/main\.js$/);
    expect(argv.at(-1)).toBe("{connection_file}");
    expect({ display_name, language, interrupt_mode }).toEqual({
      display_name: "TypeScript (warplab)",
      language: "typescript",
      interrupt_mode: "message",
    });
  });

  test("is written where Jupyter looks: a data folder, a prefix, the user's", () => {
    const folder = newFolder();
    expect(writeKernelspec(join(folder, "data"))).toBe(join(folder, "data", "kernels", "warplab"));
    const path = installKernel({ prefix: join(folder, "prefix") });
    expect(path).toBe(join(folder, "prefix", "share", "jupyter", "kernels", "warplab"));
    expect(JSON.parse(readFileSync(join(path, "kernel.json"), "utf8"))).toEqual(kernelspec());
    expect(existsSync(join(path, "logo-svg.svg"))).toBe(true);
    const before = process.env["JUPYTER_DATA_DIR"];
    process.env["JUPYTER_DATA_DIR"] = join(folder, "user");
    try {
      expect(installKernel()).toBe(join(folder, "user", "kernels", "warplab"));
    } finally {
      if (before === undefined) delete process.env["JUPYTER_DATA_DIR"];
      else process.env["JUPYTER_DATA_DIR"] = before;
    }
  });
});

describe("an installation without Node's types", () => {
  const compile = (source: string) => () =>
    new CellCompiler(newFolder(), { typeRoots: [] }).compile(source, "cell 1", 1, new Map());

  test("says so once, however many names it does not know", () => {
    expect(compile("console.log(process.argv); console.log(Buffer);\nimport 'node:fs';")).toThrow(
      /^cell 1, line 1, column 1: Cannot find name 'console'\. Node's types are in no node_modules\/@types, .*npm install @types\/node/,
    );
    try {
      compile("console.log(1); console.log(process);")();
    } catch (error) {
      expect((error as CellMistakes).mistakes).toHaveLength(1);
    }
  });

  test("tells the cell's own mistakes first, and runs what needs no types", () => {
    expect(compile("console.log(nobody);")).toThrow(/^cell 1, line 1, column 13: Cannot find name 'nobody'/);
    expect(compile("const a: number = 1; a + 1")().declared).toEqual(["a"]);
  });
});
