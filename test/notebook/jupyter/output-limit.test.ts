// A cell that prints without end: its head, a note that counts what is left out, its tail; nothing is dropped in silence.
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundedText, outputLimit } from "../../../src/notebook/jupyter/output/limit.js";
import { kernelForFile, newFolder, pause, printed, resultText, startKernel } from "./kernel.js";

describe("a bounded text", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "b", "\n", "ü", "🚀"), maxLength: 300 }),
      fc.constant("x".repeat(500)),
      fc.constant("line\n".repeat(50)),
    ),
    { maxLength: 40 },
  );
  const limits = fc.record({
    head: fc.integer({ min: 20, max: 600 }),
    headLines: fc.integer({ min: 1, max: 60 }),
    tail: fc.integer({ min: 10, max: 200 }),
    tailLines: fc.integer({ min: 1, max: 20 }),
  });

  test("is its head, what is counted as left out, and its tail, whatever is written in whatever pieces", () => {
    fc.assert(
      fc.property(pieces, limits, (written, limit) => {
        const text = new BoundedText(limit);
        const head = written.map((piece) => text.take(piece)).join("");
        const { omission, tail } = text.finish();
        const whole = written.join("");
        expect(whole.startsWith(head)).toBe(true);
        expect(whole.endsWith(tail)).toBe(true);
        expect(head.length + omission.characters + tail.length).toBe(whole.length);
        const left = whole.slice(head.length, whole.length - tail.length);
        expect(omission.lines).toBe(left.split("\n").length - 1);
        expect(head.length).toBeLessThanOrEqual(limit.head);
        expect(tail.length).toBeLessThanOrEqual(limit.tail);
        for (const part of [head, tail]) expect(part).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
        if (whole.length <= limit.head && whole.split("\n").length - 1 <= limit.headLines) expect(head).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });

  test("takes nothing more into a head that is full to the last character, not even the end of a line", () => {
    const text = new BoundedText({ head: 5, headLines: 10, tail: 12, tailLines: 10 });
    expect(text.take("whole")).toBe("whole");
    expect(text.take("\nmore")).toBe("");
  });

  test("begins its tail with a line where it can", () => {
    const text = new BoundedText({ head: 20, headLines: 10, tail: 12, tailLines: 10 });
    expect(text.take("one\ntwo\nthree\n")).toBe("one\ntwo\nthree\n");
    expect(text.take("a line that is too long\nseven\nnine\n")).toBe("");
    expect(text.finish()).toEqual({ omission: { lines: 1, characters: 24, following: 2 }, tail: "seven\nnine\n" });
  });
});

describe("the setting", () => {
  test("is a number of characters, or none", () => {
    expect(outputLimit(undefined).head).toBe(500_000);
    expect(outputLimit("2000")).toMatchObject({ head: 2000, tail: 500 });
    expect(outputLimit("none").head).toBe(Number.POSITIVE_INFINITY);
  });
  test.each(["many", "-1", "10", "1.5"])("%s is refused", (word) => {
    expect(() => outputLimit(word)).toThrow(`WARPLAB_OUTPUT_LIMIT is "${word}"`);
  });
});

const kernel = kernelForFile();

/** The notes as they stand at the end, in order. */
function notes(execution: Parameters<typeof printed>[0]): string[] {
  const last = new Map<string | undefined, string>();
  for (const message of execution.messages) {
    if (message.type !== "display_data" && message.type !== "update_display_data") continue;
    last.set(message.content.transient.display_id, String(message.content.data["text/plain"]));
  }
  return [...last.values()];
}

const memory = (): number | undefined => {
  const file = `/proc/${kernel().process.pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))![1]) / 1024;
};

test("5,000 prints of a hundred characters arrive whole", async () => {
  const cell = await kernel().execute("for (let i = 0; i < 5000; i++) console.log(String(i).padStart(99, '.'))");
  const expected = Array.from({ length: 5000 }, (_, i) => `${String(i).padStart(99, ".")}\n`).join("");
  expect(printed(cell)).toBe(expected);
  expect(notes(cell)).toEqual([]);
});

test("a million lines: the first, a count of those left out, the last", async () => {
  const cell = await kernel().execute("for (let i = 1; i <= 1e6; i++) console.log(i); console.error('done')");
  const lines = printed(cell).trimEnd().split("\n").map(Number);
  expect(lines[0]).toBe(1);
  expect(lines.at(-1)).toBe(1e6);
  const [note, ...others] = notes(cell);
  expect(others).toEqual([]);
  const left = Number(/^⋯ ([\d,]+) lines/.exec(note)![1].replaceAll(",", ""));
  expect(left + lines.length).toBe(1e6);
  expect(printed(cell, "stderr")).toBe("done\n");
  const types = cell.messages.map(({ type }) => type);
  expect(types.lastIndexOf("stream")).toBeGreaterThan(types.indexOf("display_data"));
});

test("60 MB in one line", async () => {
  const cell = await kernel().execute("process.stdout.write('x'.repeat(6e7)); process.stdout.write('the end\\n')");
  const text = printed(cell);
  expect(text.endsWith("xthe end\n")).toBe(true);
  const left = Number(/([\d,]+) characters/.exec(notes(cell)[0])![1].replaceAll(",", ""));
  expect(left + text.length).toBe(6e7 + 8);
});

test("a cell that prints for ever tells how far it is, is interrupted, and has cost no memory", async () => {
  await kernel().execute("'warm'");
  const before = memory();
  let updates = 0;
  let latest = "";
  const running = kernel().execute("for (let i = 0; ; i++) console.log('line', i)", {
    onMessage: (message) => {
      if (message.type !== "update_display_data") return;
      updates++;
      latest = String(message.content.data["text/plain"]);
    },
  });
  await pause(4000);
  expect(updates).toBeGreaterThanOrEqual(2);
  expect(updates).toBeLessThanOrEqual(12);
  expect(latest).toMatch(/^⋯ [\d,]+ lines, [\d,]+ characters left out so far; the latest: ⋯\n(line \d+\n)+$/);
  await kernel().interrupt();
  const cell = await running;
  expect(cell.reply).toMatchObject({ ename: "Interrupted" });
  const last = Number(/line (\d+)\n$/.exec(printed(cell))![1]);
  const left = Number(/^⋯ ([\d,]+) lines/.exec(notes(cell)[0])![1].replaceAll(",", ""));
  expect(left + printed(cell).trimEnd().split("\n").length).toBe(last + 1);
  if (before !== undefined) expect(memory()! - before).toBeLessThan(200);
  expect(resultText(await kernel().execute("6 * 7"))).toBe("42");
}, 20_000);

test("a timer that goes on printing after its cell is bounded too", async () => {
  const updates: string[] = [];
  let late = 0;
  kernel().onIopub = (message) => {
    if (message.type === "update_display_data") updates.push(String(message.content.data["text/plain"]));
    else if (message.type === "stream") late += message.content.text.length;
  };
  await kernel().execute(
    "var flood = setInterval(() => { for (let i = 0; i < 2e4; i++) console.log('late', i); }, 5); 1",
  );
  await pause(2500);
  await kernel().execute("clearInterval(flood)");
  await pause(700);
  kernel().onIopub = undefined;
  expect(late).toBeLessThan(600_000);
  expect(updates.at(-1)).toMatch(/left out so far; the latest: ⋯\n(late \d+\n)+$/);
  expect(updates.at(-1)).toMatch(/late 19999\n$/);
}, 20_000);

test("clearing makes room again", async () => {
  const cell = await kernel().execute(`
const bridge: any = (globalThis as any)[Symbol.for("warplab.kernel")];
for (let i = 0; i < 4; i++) { bridge.clearOutput({ wait: true }); console.log("y".repeat(400000)); }`);
  expect(printed(cell).length).toBe(4 * 400_001);
  expect(notes(cell)).toEqual([]);
});

test("what is captured is bounded as well, however often there is captured", async () => {
  await kernel().execute(`
var bridge: any = (globalThis as any)[Symbol.for("warplab.kernel")];
var seen: any[] = [], places = new Map<string, number>();
var sink = {
  add(output: any, id?: string) { if (id) places.set(id, seen.length); seen.push(output); },
  update(id: string, data: any) { if (!places.has(id)) return false; seen[places.get(id)!].data = data; return true; },
  clear() { seen.length = 0; },
};
for (let n = 0; n < 10; n++) bridge.capture(sink, () => { for (let i = 0; i < 1e5; i++) console.log(n, i); }); 1`);
  const sum = "seen.map((o) => JSON.stringify(o).length).reduce((a, b) => a + b)";
  expect(Number(resultText(await kernel().execute(sum)))).toBeLessThan(600_000);
  const note = resultText(await kernel().execute("seen.at(-1).data['text/plain'].slice(-7)"));
  expect(note).toBe("'99999\\n'".replace("99999", " 99999"));
});

test("the environment sets another limit", async () => {
  const small = await startKernel({ cwd: newFolder(), env: { WARPLAB_OUTPUT_LIMIT: "1000" } });
  const cell = await small.execute("for (let i = 0; i < 1000; i++) console.log(i)");
  expect(printed(cell).length).toBeLessThan(1300);
  expect(printed(cell).endsWith("\n999\n")).toBe(true);
  await small.shutdown();
  const free = await startKernel({ cwd: newFolder(), env: { WARPLAB_OUTPUT_LIMIT: "none" } });
  expect(printed(await free.execute("process.stdout.write('x'.repeat(2e6))")).length).toBe(2e6);
  await free.shutdown();
});
