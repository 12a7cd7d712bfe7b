// Notebooks that were written for tslab: what they import of it is here, with its types, and shows under its cell.
import { expect, test } from "vitest";
import { kernelForFile, ofType, resultText } from "./kernel.js";

const kernel = kernelForFile();
const run = (code: string) => kernel().execute(code);
const shown = (execution: Awaited<ReturnType<typeof run>>) =>
  ofType(execution, "display_data").map(({ content }) => content.data);

test("display shows each kind under its MIME type, bytes as base64", async () => {
  const execution = await run(`import { display } from "tslab";
display.html("<b>a</b>");
display.markdown("*b*");
display.svg("<svg xmlns='http://www.w3.org/2000/svg'/>");
display.png(Uint8Array.of(1, 2, 3));
display.text("c");
display.raw("application/x-own", "d");`);
  expect(execution.reply.status).toBe("ok");
  expect(shown(execution)).toEqual([
    { "text/html": "<b>a</b>" },
    { "text/markdown": "*b*" },
    { "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>" },
    { "image/png": "AQID" },
    { "text/plain": "c" },
    { "application/x-own": "d" },
  ]);
});

test("newDisplay changes what it has shown", async () => {
  const execution = await run(`import * as tslab from "tslab";
const bar = tslab.newDisplay();
bar.text("one");
bar.text("two");`);
  const first = ofType(execution, "display_data");
  const updates = ofType(execution, "update_display_data");
  expect(first.map(({ content }) => content.data)).toEqual([{ "text/plain": "one" }]);
  expect(updates.map(({ content }) => content.data)).toEqual([{ "text/plain": "two" }]);
  expect(updates[0].content.transient).toEqual(first[0].content.transient);
});

test("its types are real, and what it has not is named", async () => {
  const wrong = await run(`import { display as d } from "tslab"; d.png("not bytes");`);
  expect(wrong.reply.evalue).toMatch(/'string' is not assignable to .*'Uint8Array'/);
  const absent = await run(`import { displayAll } from "tslab";`);
  expect(absent.reply.evalue).toContain("displayAll");
  expect(resultText(await run(`(require("tslab") as typeof import("tslab")).versions.tslab`))).toBe("'1.0.22'");
  const type = await run(`import { display as e } from "tslab"; e.raw("html", "<b>a</b>");`);
  expect(type.reply.evalue).toContain(`display.raw wants a MIME type such as "text/html", got "html"`);
});
