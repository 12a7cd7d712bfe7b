import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PublishedMessage } from "../../../src/notebook/run/outputs.js";
import { KernelEnded, type RunKernel } from "../../../src/notebook/run/own-kernel.js";
import { type CellProgress, type NotebookError, runNotebook } from "../../../src/notebook/run/run.js";
import type { Cell, Notebook } from "../../../src/view/page/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warplab-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Say = (
  type: string,
  content: Record<string, unknown>,
  options?: { request?: string; buffers?: Uint8Array[] },
) => void;
type Script = Readonly<Record<string, (say: Say) => string | undefined>>;

/** A kernel whose cells do what the script says under their source, and answer with an error's name or nothing. */
function scripted(
  script: Script,
  events: string[] = [],
): (start: { cwd: string; onMessage(m: PublishedMessage): void }) => Promise<RunKernel> {
  return async ({ cwd, onMessage }) => {
    events.push(`start in ${cwd}`);
    let count = 0;
    return {
      async execute(code) {
        const request = `request-${++count}`;
        const say: Say = (msg_type, content, options = {}) =>
          onMessage({
            header: { msg_type },
            parent: { msg_id: options.request ?? request },
            content,
            buffers: options.buffers ?? [],
          });
        say("status", { execution_state: "busy" });
        const ename = script[code]?.(say);
        events.push(code);
        if (ename === undefined) return { status: "ok", execution_count: count };
        return {
          status: "error",
          execution_count: count,
          ename,
          evalue: "wrong",
          traceback: [`${ename}: wrong`, "cell 2, line 1"],
        };
      },
      interrupt: () => void events.push("interrupt"),
      shutdown: async () => void events.push("shutdown"),
    };
  };
}

function writeNotebook(sources: (string | Partial<Cell>)[], name = "nb.ipynb"): string {
  const cells = sources.map((cell, i) => ({
    cell_type: "code",
    id: `c${i}`,
    metadata: {},
    ...(typeof cell === "string" ? { source: cell } : cell),
  }));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return path;
}

async function run(sources: (string | Partial<Cell>)[], script: Script): Promise<Notebook> {
  const result = await runNotebook(writeNotebook(sources), {
    startKernel: scripted(script),
    outDir: join(folder, "out"),
  });
  return JSON.parse(readFileSync(result.notebook, "utf8")) as Notebook;
}

describe("a run", () => {
  it("executes the code cells in order, in the notebook's folder, and writes notebook and page", async () => {
    const events: string[] = [];
    const path = writeNotebook(["a", { cell_type: "markdown", source: "# Title" }, "b", " \n"]);
    const before = readFileSync(path, "utf8");
    const result = await runNotebook(path, { startKernel: scripted({}, events), outDir: join(folder, "out") });
    expect(events).toEqual([`start in ${folder}`, "a", "b", "shutdown"]);
    expect(result).toMatchObject({
      notebook: join(folder, "out/nb.ipynb"),
      page: join(folder, "out/nb.html"),
      cells: 3,
    });
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["nb.html", "nb.ipynb"]);
    expect(readFileSync(result.page, "utf8")).toContain("<title>Title</title>");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("waits after the last cell for what cells began, and says what it does not wait for", async () => {
    const asked: number[] = [];
    const notices: string[] = [];
    const start = scripted({});
    const runIt = (sources: string[], left: string | undefined) =>
      runNotebook(writeNotebook(sources), {
        startKernel: async (options) => ({
          ...(await start(options)),
          settle: async (patience) => {
            asked.push(patience);
            return left;
          },
        }),
        outDir: join(folder, "out"),
        patience: 700,
        onNotice: (notice) => notices.push(notice),
      });
    await runIt(["a"], undefined);
    expect({ asked, notices }).toEqual({ asked: [700], notices: [] });
    await runIt(["a"], "a timer");
    expect(notices).toEqual([
      expect.stringMatching(/^a timer of a cell still went on \d+\.\d s after the last cell; what comes of it later/),
    ]);
  });

  it("says which cell runs and how long it took", async () => {
    const heard: CellProgress[] = [];
    await runNotebook(writeNotebook([{ cell_type: "markdown", source: "## The *kernel*" }, "import x\n\nlaunch()"]), {
      startKernel: scripted({}),
      outDir: join(folder, "out"),
      onProgress: (progress) => heard.push(progress),
    });
    expect(heard).toMatchObject([
      { state: "running", number: 1, total: 1, label: "The *kernel*: launch()" },
      { state: "done", number: 1, seconds: expect.any(Number) },
    ]);
  });

  it("shows the words of a widget whose bytes have no place, and leaves every prototype alone", async () => {
    const open = (say: Say, data: object) =>
      say("comm_open", { comm_id: "w", target_name: "jupyter.widget", data }, { buffers: [Uint8Array.of(1)] });
    const view = { "application/vnd.jupyter.widget-view+json": { model_id: "w" }, "text/plain": "a stepper" };
    const { metadata } = await run(["a"], {
      a: (say) => {
        open(say, { state: { view: "stepper" }, buffer_paths: [["__proto__", "polluted"]] });
        say("display_data", { data: view, metadata: {} });
        return undefined;
      },
    });
    expect("polluted" in {}).toBe(false);
    expect(metadata["widgets"]).toBeUndefined();
    expect(readFileSync(join(folder, "out/nb.html"), "utf8")).toContain("a stepper");
  });

  it("gives the same bytes each time, whatever ids its widgets get", async () => {
    const write = async (id: string): Promise<string[]> => {
      const result = await runNotebook(writeNotebook(["w"]), {
        startKernel: scripted({ w: (say) => void openWidget(say, id) }),
        outDir: join(folder, "out"),
      });
      return [result.notebook, result.page].map((file) => readFileSync(file, "utf8"));
    };
    expect(await write("5f3a")).toEqual(await write("c0de"));
  });
});

function openWidget(say: Say, id: string): void {
  const open = (comm_id: string, state: object, buffer_paths: unknown[] = [], buffers: Uint8Array[] = []) =>
    say("comm_open", { comm_id, target_name: "jupyter.widget", data: { state, buffer_paths } }, { buffers });
  open(`layout${id}`, {
    _model_name: "LayoutModel",
    _model_module: "@jupyter-widgets/base",
    _model_module_version: "2.0.0",
  });
  const model = { _model_name: "WarplabModel", _model_module: "warplab", _model_module_version: "0.1.0" };
  open(
    id,
    { ...model, view: "stepper", cursor: 0, image: {}, layout: `IPY_MODEL_layout${id}` },
    [["image", "bytes"]],
    [Uint8Array.of(1, 2)],
  );
  say("display_data", { data: { "application/vnd.jupyter.widget-view+json": { model_id: id } }, metadata: {} });
}

describe("the outputs of a cell", () => {
  it("are kept as nbformat has them", async () => {
    const { cells } = await run(["a"], {
      a: (say) => {
        say("stream", { name: "stdout", text: "one\n" });
        say("stream", { name: "stdout", text: "two\n" });
        say("stream", { name: "stderr", text: "oh" });
        say("display_data", {
          data: { "text/html": "<b>\n1</b>", "x/json": { a: "1\n2" } },
          metadata: { m: 1 },
          transient: {},
        });
        say("execute_result", { data: { "text/plain": "3" }, metadata: {}, execution_count: 1 });
        return undefined;
      },
    });
    expect(cells[0]).toMatchObject({ execution_count: 1 });
    expect(cells[0].outputs).toEqual([
      { output_type: "stream", name: "stdout", text: ["one\n", "two\n"] },
      { output_type: "stream", name: "stderr", text: ["oh"] },
      {
        output_type: "display_data",
        data: { "text/html": ["<b>\n", "1</b>"], "x/json": { a: "1\n2" } },
        metadata: { m: 1 },
      },
      { output_type: "execute_result", data: { "text/plain": ["3"] }, metadata: {}, execution_count: 1 },
    ]);
  });

  it("may be changed by a later cell, and may come late", async () => {
    const { cells } = await run(["a", "b"], {
      a: (say) =>
        void say("display_data", { data: { "text/plain": "0 %" }, metadata: {}, transient: { display_id: "bar" } }),
      b: (say) => {
        say("update_display_data", { data: { "text/plain": "100 %" }, metadata: {}, transient: { display_id: "bar" } });
        say("stream", { name: "stdout", text: "late" }, { request: "request-1" });
        return undefined;
      },
    });
    expect(cells[0].outputs).toEqual([
      { output_type: "display_data", data: { "text/plain": ["100 %"] }, metadata: {} },
      { output_type: "stream", name: "stdout", text: ["late"] },
    ]);
    expect(cells[1].outputs).toEqual([]);
  });

  it("go when they are cleared, at once or with what comes next", async () => {
    const text = (say: Say, words: string) => say("stream", { name: "stdout", text: words });
    const { cells } = await run(["now", "later"], {
      now: (say) => {
        text(say, "a");
        say("clear_output", { wait: false });
        return undefined;
      },
      later: (say) => {
        text(say, "a");
        say("clear_output", { wait: true });
        text(say, "b");
        text(say, "c");
        return undefined;
      },
    });
    expect(cells[0].outputs).toEqual([]);
    expect(cells[1].outputs).toEqual([{ output_type: "stream", name: "stdout", text: ["bc"] }]);
  });
});

describe("the widgets of a run", () => {
  it("are saved with what they hold at the end, bytes included", async () => {
    const { metadata, cells } = await run(["w", "move"], {
      w: (say) => void openWidget(say, "5f3a"),
      move: (say) =>
        void say("comm_msg", { comm_id: "5f3a", data: { method: "update", state: { cursor: 7 }, buffer_paths: [] } }),
    });
    const saved = (metadata["widgets"] as Record<string, { state: object }>)[
      "application/vnd.jupyter.widget-state+json"
    ];
    expect(saved).toMatchObject({ version_major: 2, version_minor: 0 });
    expect(saved.state).toEqual({
      "widget-1": expect.objectContaining({
        model_name: "LayoutModel",
        model_module: "@jupyter-widgets/base",
        buffers: [],
      }),
      "widget-2": {
        model_name: "WarplabModel",
        model_module: "warplab",
        model_module_version: "0.1.0",
        state: expect.objectContaining({ view: "stepper", cursor: 7, layout: "IPY_MODEL_widget-1" }),
        buffers: [{ path: ["image", "bytes"], encoding: "base64", data: "AQI=" }],
      },
    });
    expect(cells[0].outputs).toMatchObject([
      { data: { "application/vnd.jupyter.widget-view+json": { model_id: "widget-2" } } },
    ]);
  });

  it("that were closed are not", async () => {
    const { metadata } = await run(["w"], {
      w: (say) => {
        say("comm_open", { comm_id: "x", target_name: "jupyter.widget", data: { state: {} } });
        say("comm_close", { comm_id: "x", data: {} });
        return undefined;
      },
    });
    expect(metadata["widgets"]).toBeUndefined();
  });
});

describe("a cell that fails", () => {
  it("ends the run with its number and traceback, after what ran was written", async () => {
    const events: string[] = [];
    const failing = runNotebook(writeNotebook([{ cell_type: "markdown", source: "x" }, "a", "b", "c"]), {
      startKernel: scripted({ b: () => "TypeError" }, events),
      outDir: join(folder, "out"),
    });
    const error = (await failing.catch((thrown: unknown) => thrown)) as NotebookError;
    expect(error.name).toBe("NotebookError");
    // One count of cells: the kernel's, which knows code only.
    expect(error.message).toBe("code cell 2 failed:\nTypeError: wrong\ncell 2, line 1");
    expect(error).toMatchObject({ cell: 2, ending: "failed", result: { notebook: join(folder, "out/nb.ipynb") } });
    expect(events.slice(1)).toEqual(["a", "b", "shutdown"]);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["nb.html", "nb.ipynb"]);
  });
});

describe("an error that is allowed", () => {
  const raises = { source: "b", metadata: { tags: ["raises-exception"] } };
  const goOn = async (cells: (string | Partial<Cell>)[], options: { allowErrors?: boolean } = {}) => {
    const states: string[] = [];
    const events: string[] = [];
    const script: Script = {
      b: (say) => {
        say("error", { ename: "TypeError", evalue: "wrong", traceback: ["TypeError: wrong"] });
        return "TypeError";
      },
    };
    const result = await runNotebook(writeNotebook(cells), {
      ...options,
      startKernel: scripted(script, events),
      outDir: join(folder, "out"),
      onProgress: ({ state, number }) => void (state === "running" || states.push(`${number} ${state}`)),
    });
    const written = JSON.parse(readFileSync(result.notebook, "utf8")) as Notebook;
    return { states, ran: events.slice(1), outputs: written.cells.map(({ outputs }) => outputs) };
  };
  const error = { output_type: "error", ename: "TypeError", evalue: "wrong", traceback: ["TypeError: wrong"] };

  it("by the tag raises-exception is kept, and the run goes on", async () => {
    expect(await goOn(["a", raises, "c"])).toEqual({
      states: ["1 done", "2 raised", "3 done"],
      ran: ["a", "b", "c", "shutdown"],
      outputs: [[], [error], []],
    });
  });

  it("need not happen", async () => {
    expect((await goOn([{ ...raises, source: "a" }, "c"])).states).toEqual(["1 done", "2 done"]);
  });

  it("in one cell allows none in another", async () => {
    await expect(goOn([raises, "b", "c"])).rejects.toThrow("code cell 2 failed");
  });

  it("by the caller is allowed in every cell", async () => {
    expect((await goOn(["b", "b", "c"], { allowErrors: true })).states).toEqual(["1 raised", "2 raised", "3 done"]);
  });

  it("is not the end of the kernel", async () => {
    const die = (): never => {
      throw new KernelEnded("code 3", "");
    };
    const failing = runNotebook(writeNotebook([raises, "c"]), {
      startKernel: scripted({ b: die }),
      outDir: join(folder, "out"),
      allowErrors: true,
    });
    await expect(failing).rejects.toThrow("code cell 1 ended the kernel (code 3)");
  });
});

describe("a cell that ends the kernel", () => {
  it("ends the run with its number and how, after what ran was written", async () => {
    const events: string[] = [];
    const die = (): never => {
      throw new KernelEnded("code 3", "Its last words on standard error:\nno more");
    };
    const failing = runNotebook(writeNotebook(["a", "b", "c"]), {
      startKernel: scripted({ a: (say) => void say("stream", { name: "stdout", text: "heard" }), b: die }, events),
      outDir: join(folder, "out"),
    });
    const error = (await failing.catch((thrown: unknown) => thrown)) as NotebookError;
    expect(error.message).toBe("code cell 2 ended the kernel (code 3)\nIts last words on standard error:\nno more");
    expect(error).toMatchObject({ cell: 2, ending: "ended the kernel" });
    expect(events.slice(1)).toEqual(["a", "shutdown"]);
    const { cells } = JSON.parse(readFileSync(error.result.notebook, "utf8")) as Notebook;
    expect(cells[0].outputs).toMatchObject([{ text: ["heard"] }]);
    expect(cells[1].outputs).toMatchObject([{ output_type: "error", evalue: "code 3" }]);
    expect(readFileSync(error.result.page, "utf8")).toContain("The kernel ended (code 3)");
  });
});

describe("a run that is stopped", () => {
  it("interrupts the cell, says which, shuts the kernel down and writes what ran until then", async () => {
    const events: string[] = [];
    const stop = new AbortController();
    const states: string[] = [];
    const stopped = runNotebook(writeNotebook(["a", "b", "c"]), {
      allowErrors: true,
      onProgress: ({ state }) => states.push(state),
      startKernel: scripted(
        {
          a: (say) => void say("stream", { name: "stdout", text: "heard" }),
          b: () => {
            stop.abort();
            return "KeyboardInterrupt";
          },
        },
        events,
      ),
      outDir: join(folder, "out"),
      signal: stop.signal,
    });
    const error = (await stopped.catch((thrown: unknown) => thrown)) as NotebookError;
    expect(error.message).toBe("code cell 2 was interrupted");
    expect(states).toEqual(["running", "done", "running", "interrupted"]);
    expect(error).toMatchObject({ cell: 2, ending: "was interrupted" });
    expect(events.slice(1)).toEqual(["a", "interrupt", "b", "shutdown"]);
    expect(readFileSync(error.result.notebook, "utf8")).toContain("heard");
  });

  it("between two cells says which one did not begin", async () => {
    const stop = new AbortController();
    const stopped = runNotebook(writeNotebook(["a", "b"]), {
      startKernel: scripted({ a: () => void stop.abort() }),
      outDir: join(folder, "out"),
      signal: stop.signal,
    });
    await expect(stopped).rejects.toThrow("code cell 2 was interrupted");
  });

  it("before anything was begun writes nothing", async () => {
    const signal = AbortSignal.abort();
    const stopped = runNotebook(writeNotebook(["a"]), { outDir: join(folder, "out"), signal });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(readdirSync(folder)).toEqual(["nb.ipynb"]);
  });
});

describe("what is refused before anything runs", () => {
  const start = async (): Promise<never> => {
    throw new Error("a kernel was started");
  };

  it("a file that is not there", async () => {
    await expect(runNotebook(join(folder, "none.ipynb"), { startKernel: start })).rejects.toThrow(
      /there is no such notebook/,
    );
  });

  it("a file that is no notebook", async () => {
    writeFileSync(join(folder, "a.ipynb"), '{"nbformat": 4, "cells": [{"cell_type": "code"}]}');
    await expect(runNotebook(join(folder, "a.ipynb"), { startKernel: start })).rejects.toThrow(
      /a\.ipynb: cells\[0\]\.source: is missing/,
    );
  });

  it("a result over the notebook itself", async () => {
    await expect(runNotebook(writeNotebook(["a"]), { startKernel: start, outDir: folder })).rejects.toThrow(
      /would overwrite the notebook that it reads\n/,
    );
  });

  it.each(["file", "file/below"])("results below a file: %s", async (name) => {
    writeFileSync(join(folder, "file"), "");
    const refused = runNotebook(writeNotebook(["a"]), { startKernel: start, outDir: join(folder, name) });
    await expect(refused).rejects.toThrow(`${join(folder, name)}: results: this is a file, or lies below one`);
  });

  it("a result where a folder stands", async () => {
    mkdirSync(join(folder, "out/nb.html"), { recursive: true });
    const refused = runNotebook(writeNotebook(["a"]), { startKernel: start, outDir: join(folder, "out") });
    await expect(refused).rejects.toThrow("nb.html: this is a folder, where the run would write a file");
    expect(readdirSync(join(folder, "out"))).toEqual(["nb.html"]);
  });

  it.each([
    [{ kernelspec: { name: "python3", language: "python" } }, 'for the kernel "python3", in python'],
    [{ kernelspec: { name: "python3", display_name: "Python 3" } }, 'for the kernel "python3"'],
    [{ language_info: { name: "julia" } }, "in julia"],
  ])("a notebook in another language: %j", async (metadata, words) => {
    const path = join(folder, "other.ipynb");
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [] }));
    await expect(runNotebook(path, { startKernel: start, outDir: join(folder, "out") })).rejects.toThrow(
      `${path}: metadata.kernelspec: the notebook is ${words}; warplab's kernel runs TypeScript`,
    );
    expect(readdirSync(folder)).toEqual(["other.ipynb"]);
  });

  it.each([
    {},
    { kernelspec: { name: "tslab", language: "typescript" } },
    { kernelspec: { name: "jslab" } },
    { kernelspec: { name: "deno", language: "TypeScript" } },
  ])("but not one in ours: %j", async (metadata) => {
    const path = join(folder, "ours.ipynb");
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [] }));
    await runNotebook(path, { startKernel: scripted({}), outDir: join(folder, "out") });
  });
});
