// `interact` and `output` in the real kernel: what runs, how often, where its output goes, and what a page is told.
import { beforeEach, describe, expect, test } from "vitest";
import type { Execution, IopubMessage } from "../../../src/notebook/jupyter/client/client.js";
import { kernelForFile, ofType, pause, printed, resultText, until } from "../jupyter/kernel.js";

const kernel = kernelForFile();

type CommMessage = Extract<IopubMessage, { type: "comm_msg" }>;
type Output = Record<string, unknown> & { readonly text?: string };

let heard: IopubMessage[] = [];
beforeEach(() => {
  heard = [];
  kernel().onIopub = (message) => heard.push(message);
});

async function run(code: string): Promise<Execution> {
  const done = await kernel().execute(code);
  expect(done.reply.traceback?.join("\n")).toBeUndefined();
  return done;
}

/** The id of the model that was opened last with this name. */
function idOf(model: string): string {
  const opened = heard.findLast(
    (message) =>
      message.type === "comm_open" &&
      (message.content.data as { state: Record<string, unknown> }).state["_model_name"] === `${model}Model`,
  );
  return (opened!.content as { comm_id: string }).comm_id;
}

function updatesOf(id: string): Record<string, unknown>[] {
  return heard
    .filter((message): message is CommMessage => message.type === "comm_msg" && message.content.comm_id === id)
    .map(({ content }) => (content.data as { state: Record<string, unknown> }).state);
}

/** What the output with this id shows now. */
function outputsOf(id: string): readonly Output[] {
  return (updatesOf(id).findLast((state) => "outputs" in state)?.["outputs"] ?? []) as Output[];
}

function textOf(id: string): string {
  return outputsOf(id)
    .map(({ text, data, ename, evalue }) => text ?? (data as Output)?.["text/plain"] ?? `${ename}: ${evalue}`)
    .join("|");
}

function setValue(id: string, value: unknown): void {
  kernel().sendComm(id, { method: "update", state: { value }, buffer_paths: [] });
}

describe("interact", () => {
  test("shows again, run by run, what is shown with an id", async () => {
    await run(`import { clearOutput, interact, show, slider } from "warplab";
const again = interact({ n: slider({ max: 9, value: 2 }) }, ({ n }) => { show("at " + n, { id: "place" }); show("now " + n, { id: "place" }); });
again`);
    const id = idOf("Output");
    expect(textOf(id)).toBe("now 2");
    setValue(idOf("IntSlider"), 5);
    await until(() => textOf(id) === "now 5");
    await run(`again.controls.n.value = 7; await again.settled(); 0`);
    expect(textOf(id)).toBe("now 7");
  });

  test("shows what the function prints, then what it returns in its best form, and all of it at once", async () => {
    const cell = await run(`import { interact, slider } from "warplab";
interact({ n: slider({ max: 9, value: 2 }) }, ({ n }) => { console.log("n", n); return { double: 2 * n }; })`);
    const id = idOf("Output");
    expect(textOf(id)).toBe("n 2\n|{ double: 4 }");
    expect(updatesOf(id).length).toBe(1);
    expect(printed(cell)).toBe("");
    expect(resultText(cell)).toBe('IntSlider "n": 2 (0 to 9)\nn 2\n{ double: 4 }');
    setValue(idOf("IntSlider"), 7);
    await until(() => (textOf(id) === "n 7\n|{ double: 14 }" ? true : undefined));
  });

  test("takes abbreviations, with the types that they stand for", async () => {
    await run(`import { interact } from "warplab";
interact(
  { a: 3, b: [0, 10], c: [0, 1, 0.25], d: true, e: "words", f: ["x", "y"], g: [16, 32, 64, 128], h: { one: 1, two: 2 }, i: 0.5 },
  ({ a, b, c, d, e, f, g, h, i }) => {
    const typed: [number, number, number, boolean, string, "x" | "y", 16 | 32 | 64 | 128, number, number] = [a, b, c, d, e, f, g, h, i];
    return JSON.stringify(typed);
  },
)`);
    expect(textOf(idOf("Output"))).toBe('[3,5,0.5,true,"words","x",16,1,0.5]');
  });

  test("leaves out values that were overtaken, of a slow function and of a burst", async () => {
    await run(`import { interact, slider } from "warplab";
var seen: number[] = [], atOnce = 0, most = 0;
interact({ n: slider({ max: 1000 }) }, async ({ n }) => {
  most = Math.max(most, ++atOnce);
  await new Promise((resume) => setTimeout(resume, 150));
  atOnce--;
  seen.push(n);
  return n;
}); 0`);
    const [id, area] = [idOf("IntSlider"), idOf("Output")];
    for (let n = 1; n <= 500; n++) setValue(id, n);
    await until(() => (textOf(area) === "500" ? true : undefined));
    const [seen, most] = JSON.parse(resultText(await run("JSON.stringify([seen, most])"))!.slice(1, -1)) as [
      number[],
      number,
    ];
    expect(most).toBe(1);
    expect(seen.length).toBeLessThan(10);
    expect(seen.at(-1)).toBe(500);
  });

  test("shows an error as a cell does, with its place, and goes on", async () => {
    await run(`import { interact, slider } from "warplab";
interact({ n: slider({ max: 9, value: 1 }) }, async ({ n }) => {
  await null;
  if (n > 0) throw new RangeError("too far");
  return "well";
}); 0`);
    const area = idOf("Output");
    await until(() => outputsOf(area)[0]);
    const [error] = outputsOf(area);
    expect([error["output_type"], error["ename"], error["evalue"]]).toEqual(["error", "RangeError", "too far"]);
    expect((error["traceback"] as string[])[0]).toMatch(/^cell \d+, line 4, column 20:$/);
    setValue(idOf("IntSlider"), 0);
    await until(() => (textOf(area) === "well" ? true : undefined));
  });

  test.each([
    ["a loop", "({ n }) => { if (n === 5) for (;;); return 'ran ' + n; }"],
    ["a loop after an await", "async ({ n }) => { await null; if (n === 5) for (;;); return 'ran ' + n; }"],
    ["a wait without end", "async ({ n }) => { if (n === 5) await new Promise(() => {}); return 'ran ' + n; }"],
  ])("is interrupted in %s, says so, and goes on", async (_, fn) => {
    await run(`import { interact, slider } from "warplab"; interact({ n: slider({ max: 9 }) }, ${fn}); 0`);
    const [id, area] = [idOf("IntSlider"), idOf("Output")];
    setValue(id, 5);
    // An interrupt that comes before the run begins has nothing to end: as a person would, press again.
    const isTold = (): boolean => textOf(area).endsWith("Interrupted\n");
    for (let i = 0; i < 20 && !isTold(); i++) {
      await kernel().interrupt();
      await pause(300);
    }
    expect(isTold()).toBe(true);
    setValue(id, 2);
    await until(() => (textOf(area) === "ran 2" ? true : undefined));
  });

  test("takes away what was there when a run puts nothing out", async () => {
    await run(`import { interact } from "warplab";
interact({ on: true }, ({ on }) => (on ? "something" : undefined)); 0`);
    const area = idOf("Output");
    expect(textOf(area)).toBe("something");
    setValue(idOf("Checkbox"), false);
    await until(() => (outputsOf(area).length === 0 ? true : undefined));
  });

  test("waits for its button where it is manual", async () => {
    await run(`import { interact, slider } from "warplab";
var calls = 0;
interact({ n: slider({ max: 9 }) }, ({ n }) => { calls++; return n; }, { manual: "Launch" }); 0`);
    const [slider, press, area] = [idOf("IntSlider"), idOf("Button"), idOf("Output")];
    setValue(slider, 4);
    await pause(50);
    expect(resultText(await run("calls"))).toBe("0");
    kernel().sendComm(press, { method: "custom", content: { event: "click" } });
    await until(() => (textOf(area) === "4" ? true : undefined));
  });

  test("says what stands for no control, and for what a range was taken", async () => {
    const { reply } = await kernel().execute(
      `import { interact } from "warplab"; interact({ k: [32, 64, 128] }, ({ k }) => k)`,
    );
    expect(reply.evalue).toBe(
      "interact: k: [32, 64, 128] is no [min, max] or [min, max, step]\n" +
        "For a choice among these numbers write dropdown([32, 64, 128]).",
    );
  });

  test("that is closed runs no more and leaves no models but those it was given", async () => {
    await run(`import { interact, slider } from "warplab";
var mine = slider({ max: 9 }), late = 0;
const shown = interact({ mine, other: 3 }, () => { late++; });
shown.close(); mine.value = 5; 0`);
    await pause(30);
    expect(resultText(await run("[late, mine.closed]"))).toBe("[ 1, false ]");
    const closed = heard.filter(({ type }) => type === "comm_close").length;
    // The box, the output and the slider that it made, each with its layout, the slider with its style.
    expect(closed).toBe(7);
  });
});

describe("output", () => {
  test("merges streams, updates what was shown by its id, and clears when the next comes", async () => {
    await run(`import { output, show } from "warplab";
var log = output();
log.capture(() => { console.log("a"); console.log("b"); console.error("c"); show("first", { id: "x" }); show("second", { id: "x" }); }); 0`);
    const id = idOf("Output");
    expect(textOf(id)).toBe("a\nb\n|c\n|second");
    await run(`log.clear({ wait: true }); 0`);
    expect(textOf(id)).toBe("a\nb\n|c\n|second");
    await run(`log.capture(() => console.log("new")); 0`);
    expect(textOf(id)).toBe("new\n");
    await run("log.clear(); 0");
    expect(outputsOf(id)).toEqual([]);
  });

  test("has room again when it is cleared after output without end", async () => {
    await run(`import { output } from "warplab";
var full = output();
full.capture(() => { for (let i = 0; i < 30_000; i++) console.log(i); });
full.clear();
full.capture(() => console.log("room")); 0`);
    expect(textOf(idOf("Output"))).toBe("room\n");
  });

  test("takes what comes late, and ten thousand lines in few messages", async () => {
    await run(`import { output } from "warplab";
var many = output();
many.capture(() => setTimeout(() => { for (let i = 0; i < 10_000; i++) console.log(i); }, 20)); 0`);
    const id = idOf("Output");
    await until(() => (textOf(id).endsWith("9999\n") ? true : undefined));
    expect(textOf(id).split("\n").length).toBe(10_001);
    expect(updatesOf(id).length).toBeLessThan(40);
  });

  test("passes on what the work returns and throws", async () => {
    await run(`import { output } from "warplab"; var o = output(); 0`);
    expect(resultText(await run("o.capture(() => 7)"))).toBe("7");
    expect((await kernel().execute(`o.capture(() => { throw new Error("mine"); })`)).reply.evalue).toBe("mine");
  });
});

describe("a listener", () => {
  test("prints under the cell that made it, and its error is told there and stops no other", async () => {
    await run(`import { slider } from "warplab";
var watched = slider({ max: 9 });
watched.onChange(() => { throw new Error("of the first"); });
watched.onChange((value) => console.log("second", value)); 0`);
    const made = heard.findLast(({ type }) => type === "execute_input")!.parent;
    setValue(idOf("IntSlider"), 3);
    await until(() =>
      heard.find(
        ({ type, content }) => type === "stream" && "text" in content && /second 3/.test(content.text as string),
      ),
    );
    const streams = ofType({ messages: heard }, "stream");
    expect(
      streams.map(({ content }) => [
        content.name,
        content.text.split("\n").find((line) => /^(second|Error)/.test(line)),
      ]),
    ).toEqual([
      ["stderr", "Error: of the first"],
      ["stdout", "second 3"],
    ]);
    for (const { parent } of streams) expect(parent.msg_id).toBe(made.msg_id);
  });
});
