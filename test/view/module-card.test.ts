// The cards of a PTX module and of what the sanitizer found.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { i32 } from "../../src/core/dtype.js";
import { VirtualGPU } from "../../src/gpu/host/index.js";
import { kernel } from "../../src/gpu/language/index.js";
import { bundleOf } from "../../src/notebook/mime.js";

const ptx = readFileSync(new URL("../gpu/analysis/sanitizer/kernels.ptx", import.meta.url), "utf8");

it("shows a module's kernels, and what is not supported", () => {
  const gpu = new VirtualGPU("a100");
  const html = String(bundleOf(gpu.load(ptx))["text/html"]);
  expect(html).toContain("All kernels can run.");
  for (const text of ["histogramPlain", ".u64, .u64", "most frequent"]) expect(html).toContain(text);
  const lonely = gpu.load(".version 8.0\n.target sm_80\n.address_size 64\n.entry idle() { ret; }");
  expect(String(bundleOf(lonely)["text/html"])).toContain(">instructions<");
  for (const idle of ["parameters", "shared memory", "local memory", "calls", "directives"]) {
    expect(String(bundleOf(lonely)["text/html"])).not.toContain(`>${idle}<`);
  }
  const mixed = `${ptx}\n.visible .entry worse() { .reg .b32 %r<3>; adt.u32 %r1, %r2, %r2; <b>; }`.replace(
    " <b>;",
    " ret;",
  );
  const worse = String(bundleOf(gpu.load(mixed))["text/html"]);
  expect(worse).toMatch(/1 of \d+ kernels cannot run\./);
  // The fix stands under the message, in a cell whose lines may go on.
  expect(worse).toContain(
    '<td class="sentences">instruction &quot;adt.u32&quot; is not supported\nDid you mean &quot;add&quot;?</td>',
  );
});

it("shows a launch's findings with their lines", () => {
  const gpu = new VirtualGPU("a100");
  const args = [gpu.zeros(i32, 128), gpu.zeros(i32, 128)];
  const launch = gpu.launch(gpu.load(ptx).kernel("firstBarrierMissing"), { grid: 1, block: 128, sanitize: true }, args);
  const html = String(bundleOf(launch)["text/html"]);
  expect(html).toMatch(/The sanitizer found \d mistakes: see below\./);
  expect(html).toContain("What the sanitizer found");
  expect(html).toContain("data race");
  expect(html).toMatch(/<td class="sentences">kernel [^<]*data race[^<]*\n[^<]*<\/td>/);
  expect(html).toContain(String(launch.findings[0].line));
  expect(html).not.toMatch(/^ *\^ *$/m);
});

it("quotes the line of a kernel in the language without a caret, which would point at nothing", () => {
  const gpu = new VirtualGPU("h100");
  const racy = kernel("racy", { p: i32.ptr }, ({ p }, { threadIdx }) => {
    p[0] = threadIdx.x;
  });
  const launch = gpu.launch(racy, { grid: 1, block: 32, sanitize: true }, { p: gpu.zeros(i32, 1) });
  expect(launch.findings[0].message).toMatch(/^ *\^$/m);
  const html = String(bundleOf(launch)["text/html"]);
  expect(html).toMatch(/nothing orders the two.*\n +p\[0\] = threadIdx\.x;\nLet one of them be atomic/);
  expect(html).toContain("1 sector a request");
  expect(html).not.toContain(">PTX line<");
});
