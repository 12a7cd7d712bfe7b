// Output that a program captures goes to its sink, late and asynchronous output included, and nothing else does.
import { expect, test } from "vitest";
import { kernelForFile, ofType, printed, resultText } from "./kernel.js";

const kernel = kernelForFile();

const capturing = `
var bridge: any = (globalThis as any)[Symbol.for("warplab.kernel")];
var seen: any[] = [];
var shown = new Map<string, number>();
var sink = {
  add(output: any, id?: string) { if (id) shown.set(id, seen.length); seen.push(output); },
  update(id: string, data: any) { if (!shown.has(id)) return false; seen[shown.get(id)!].data = data; return true; },
  clear({ wait }: { wait: boolean }) { seen.push({ clear: wait }); },
};
1`;

test("what is printed and shown inside goes to the sink in order, what is printed around it under the cell", async () => {
  await kernel().execute(capturing);
  const cell = await kernel().execute(`
console.log("before");
const answer = bridge.capture(sink, () => {
  console.log("one");
  bridge.display({ "text/plain": "two" });
  console.error("three");
  return 4;
});
console.log("after", answer);`);
  expect(printed(cell)).toBe("before\nafter 4\n");
  expect(ofType(cell, "display_data")).toEqual([]);
  expect(JSON.parse(printed(await kernel().execute("console.log(JSON.stringify(seen))")))).toEqual([
    { output_type: "stream", name: "stdout", text: "one\n" },
    { output_type: "display_data", data: { "text/plain": "two" }, metadata: {} },
    { output_type: "stream", name: "stderr", text: "three\n" },
  ]);
});

test("what a timer prints later goes to the sink too", async () => {
  await kernel().execute(`${capturing}; bridge.capture(sink, () => setTimeout(() => console.log("late"), 30)); 1`);
  await kernel().execute("while (seen.length === 0) await new Promise((go) => setTimeout(go, 10));");
  expect(resultText(await kernel().execute("seen.map((o) => o.text).join('')"))).toBe("'late\\n'");
});

test("an update reaches what was captured from wherever it comes, and what is under a cell too", async () => {
  await kernel().execute(
    `${capturing}; bridge.capture(sink, () => bridge.display({ "text/plain": "0" }, { displayId: "c" })); 1`,
  );
  const cell = await kernel().execute(`
bridge.display({ "text/plain": "9" }, { displayId: "c", update: true });
bridge.display({ "text/plain": "here" }, { displayId: "d" });
bridge.capture(sink, () => bridge.display({ "text/plain": "there" }, { displayId: "d", update: true }));
seen[0].data["text/plain"]`);
  expect(resultText(cell)).toBe("'9'");
  expect(ofType(cell, "update_display_data").map(({ content }) => content.data["text/plain"])).toEqual(["there"]);
});

test("clearing inside clears the sink", async () => {
  const cell = await kernel().execute(
    `${capturing}; bridge.capture(sink, () => bridge.clearOutput({ wait: true })); seen[0].clear`,
  );
  expect(resultText(cell)).toBe("true");
});

test("an error inside is the caller's, described as a cell would show it", async () => {
  const cell = await kernel().execute(`${capturing}
let caught;
try { bridge.capture(sink, () => { throw new RangeError("far"); }); } catch (error) { caught = bridge.describeError(error); }
[caught.ename, caught.evalue, caught.traceback[0].replace(/cell \\d+/, "cell N")].join("|")`);
  expect(resultText(cell)).toMatch(/^'RangeError\|far\|cell N, line 12, column \d+:'$/);
});

test("clearOutput clears under the cell, and shows an id anew", async () => {
  const cell = await kernel().execute(`
import { clearOutput, show } from "warplab";
show("one", { id: "cleared" }); clearOutput({ wait: true }); show("two", { id: "cleared" }); clearOutput();`);
  const types = cell.messages.map(({ type }) => type).filter((type) => type !== "status" && type !== "execute_input");
  expect(types).toEqual(["display_data", "clear_output", "display_data", "clear_output"]);
  expect(ofType(cell, "clear_output").map(({ content }) => content.wait)).toEqual([true, false]);
});
