// `show` with an id, as cells are run again: what a front end has removed is shown anew, what is there changes in place.
import { expect, test } from "vitest";
import { kernelForFile } from "./kernel.js";

const kernel = kernelForFile(() => ({ cwd: process.cwd() }));

/** Whether a cell shows anew or changes what is there. */
async function shown(code: string, cellId?: string): Promise<string[]> {
  const { reply, messages } = await kernel().execute(
    `import { show } from "warplab"; ${code}`,
    cellId === undefined ? {} : { cellId },
  );
  expect(reply.status).toBe("ok");
  return messages.map(({ type }) => type).filter((type) => type.includes("display_data"));
}

test("a cell that is run again shows anew, though it was edited; another cell changes that", async () => {
  expect(await shown("show(1, { id: 'a' });", "one")).toEqual(["display_data"]);
  expect(await shown("show(2, { id: 'a' });", "two")).toEqual(["update_display_data"]);
  expect(await shown("show(3, { id: 'a' }); show(4, { id: 'a' });", "one")).toEqual([
    "display_data",
    "update_display_data",
  ]);
  expect(await shown("show(2, { id: 'a' });", "two")).toEqual(["update_display_data"]);
});

test("to a client that does not name its cells a cell is its code", async () => {
  expect(await shown("show(1, { id: 'b' });")).toEqual(["display_data"]);
  expect(await shown("show(1, { id: 'b' });")).toEqual(["display_data"]);
  expect(await shown("show(2, { id: 'b' });")).toEqual(["update_display_data"]);
});

test("two cells of the same code, named, are two", async () => {
  expect(await shown("show(1, { id: 'c' });", "first")).toEqual(["display_data"]);
  expect(await shown("show(1, { id: 'c' });", "second")).toEqual(["update_display_data"]);
});
