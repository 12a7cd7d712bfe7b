import { expect, it } from "vitest";
import { verifiedKernel } from "../../../src/gpu/ptx/verified-kernels.js";
import { kernelPtx } from "../launches.js";

const text = (name: string): string => kernelPtx(0, 0, "ret;").replace(".entry k", `.entry ${name}`);

it("a kernel is parsed and verified once for its text, wherever that comes from", () => {
  const first = verifiedKernel(text("first"), "first");
  expect(verifiedKernel(text("first"), "first")).toBe(first);
  expect(verifiedKernel(`${text("first")}\n`, "first")).not.toBe(first);
});

it("what was used least recently is forgotten, so that memory does not grow without end", () => {
  const first = verifiedKernel(text("first"), "first");
  const second = verifiedKernel(text("second"), "second");
  for (let i = 0; i < 63; i++) {
    verifiedKernel(text(`k${i}`), `k${i}`);
    expect(verifiedKernel(text("first"), "first")).toBe(first);
  }
  expect(verifiedKernel(text("second"), "second")).not.toBe(second);
});

it("what is wrong is said again each time", () => {
  const bad = kernelPtx(0, 0, "frob.u32 %r1; ret;");
  for (let i = 0; i < 2; i++) expect(() => verifiedKernel(bad, "k")).toThrow(/"frob/);
  for (let i = 0; i < 2; i++) expect(() => verifiedKernel(text("k"), "other")).toThrow(/no kernel "other"/);
});
