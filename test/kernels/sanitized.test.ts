// The sanitizer finds nothing in the collection's kernels but the races that two of them have: what others change by atomics, they
// read plainly.
import { expect, it } from "vitest";
import type { Launch } from "../../src/gpu/host/index.js";
import { collection } from "./collection.js";
import { Trial } from "./kernel-case.js";

const racing = ["graphs/breadthFirst", "graphs/unite"];

it.each(collection.filter(({ name }) => !name.startsWith("faults/")))("$name", (kernelCase) => {
  const scheduler = kernelCase.blocksNeedEachOther ? "round-robin" : "default";
  const launches: Launch[] = [];
  const trial = new Trial(kernelCase, () => ({ scheduler, sanitize: true }), launches);
  kernelCase.run(trial);
  expect(launches.length).toBeGreaterThan(0);
  const found = new Set(launches.flatMap(({ findings }) => findings.map(({ kind, message }) => `${kind}: ${message}`)));
  if (racing.includes(kernelCase.name)) expect([...found].every((text) => text.startsWith("data race"))).toBe(true);
  else expect([...found]).toEqual([]);
  expect(found.size > 0).toBe(racing.includes(kernelCase.name));
});
