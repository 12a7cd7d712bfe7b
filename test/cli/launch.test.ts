import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { warplab } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-launch-"));

// y[i] = a * x[i] + y[i] for i < n, as a compiler would write it.
const saxpy = `.version 7.8
.target sm_80
.address_size 64
.visible .entry saxpy(.param .u32 n, .param .f32 a, .param .u64 x, .param .u64 y)
{
  .reg .pred %p<2>;
  .reg .f32 %f<5>;
  .reg .b32 %r<6>;
  .reg .b64 %rd<8>;
  ld.param.u32 %r2, [n];
  ld.param.f32 %f1, [a];
  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [y];
  mov.u32 %r3, %ctaid.x;
  mov.u32 %r4, %ntid.x;
  mov.u32 %r5, %tid.x;
  mad.lo.s32 %r1, %r3, %r4, %r5;
  setp.ge.s32 %p1, %r1, %r2;
  @%p1 bra $done;
  cvta.to.global.u64 %rd3, %rd1;
  mul.wide.s32 %rd4, %r1, 4;
  add.s64 %rd5, %rd3, %rd4;
  cvta.to.global.u64 %rd6, %rd2;
  add.s64 %rd7, %rd6, %rd4;
  ld.global.f32 %f2, [%rd7];
  ld.global.f32 %f3, [%rd5];
  fma.rn.f32 %f4, %f3, %f1, %f2;
  st.global.f32 [%rd7], %f4;
$done:
  ret;
}
`;

const launch = {
  ptx: "saxpy.ptx",
  kernel: "saxpy",
  grid: [2, 1, 1],
  block: [32, 1, 1],
  device: "a100",
  args: [
    { u32: 40 },
    { f32: 2 },
    { ptr: { dtype: "f32", data: Array.from({ length: 40 }, (_, i) => i) } },
    { ptr: { dtype: "f32", count: 40, fill: 1 } },
  ],
  outputs: [3],
};

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

beforeAll(() => file("saxpy.ptx", saxpy));

describe("warplab launch", () => {
  it("answers with outputs, exact counters and no findings, from any folder", async () => {
    const { status, stdout, stderr } = await warplab(["launch", file("ok.json", launch), "--json"], { cwd: tmpdir() });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(["outputs", "counters", "occupancy", "findings"]);
    const { dtype, base64 } = answer.outputs["3"];
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    expect({ dtype, values: [...new Float32Array(bytes.buffer)] }).toEqual({
      dtype: "f32",
      values: Array.from({ length: 40 }, (_, i) => 2 * i + 1),
    });
    // Two warps: 9 instructions before the branch, which only the 24 lanes out of range take, 9 in its body, and ret.
    expect(answer.counters).toMatchObject({
      divergent_branches: 1,
      branches: 2,
      global_load_requests: 4,
      global_load_sectors: 2 * (4 + 1),
      global_store_requests: 2,
      global_store_sectors: 4 + 1,
      flop_f32: 2 * 40,
      bytes_global_read: 2 * 40 * 4,
      bytes_global_written: 40 * 4,
      thread_instructions: 64 * 9 + 24 + 40 * 9 + 64,
    });
    expect(answer.findings).toEqual([]);
  });

  it("says the same to people", async () => {
    const { stdout, status } = await warplab(["launch", file("ok.json", launch)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^The launch ran to its end\.$/m);
    expect(stdout).toMatch(/^args\[3\] +f32 +1 3 5 7 9 11 13 15 … \(40\)$/m);
    expect(stdout).toMatch(/^divergent branches +1$/m);
    expect(stdout).toMatch(
      /^50 % occupancy in theory: 32 of 64 warps on an SM, limited by blocks\n\d+ registers a thread \(an estimate\), 0 bytes/m,
    );
  });

  it("ends with 1 and the outputs as they stood when the kernel faults, and says where", async () => {
    const short = { ...launch, args: [{ u32: 64 }, ...launch.args.slice(1)] };
    const { status, stdout, stderr } = await warplab(["launch", file("fault.json", short), "--json"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    const { findings, outputs } = JSON.parse(stdout);
    expect(findings).toEqual([
      {
        kind: "out-of-bounds",
        message: expect.stringContaining("saxpy"),
        line: null,
        ptx_line: 25,
        block: [1, 0, 0],
        thread: [8, 0, 0],
        address: expect.stringMatching(/^0x[0-9a-f]+$/),
        allocation: expect.stringContaining("argument 3"),
      },
    ]);
    const bytes = Uint8Array.from(Buffer.from(outputs["3"].base64, "base64"));
    expect(new Float32Array(bytes.buffer)[31]).toBe(63);
  });

  it.each([
    { content: "{", says: /bad\.json, line 1, column 2: not valid JSON/ },
    { content: { ...launch, kernel: undefined }, says: /bad\.json: kernel: is missing/ },
    { content: { ...launch, kernel: "saxpi" }, says: /saxpy\.ptx has no kernel "saxpi"/ },
    { content: { ...launch, grid: [0, 1, 1] }, says: /grid must be whole numbers of at least 1/ },
    { content: { ...launch, blocks: 3 }, says: /bad\.json: blocks: unknown field\nDid you mean "block"\?/ },
    { content: { ...launch, args: launch.args.slice(1) }, says: /args: kernel "saxpy" takes 4 arguments, found 3/ },
    {
      content: { ...launch, device: "a1000" },
      says: /bad\.json: device: unknown device "a1000"\nDid you mean "a100"\?/,
    },
    { content: { ...launch, outputs: [0] }, says: /outputs\[0\]: argument 0 is no array/ },
    {
      content: { ...launch, ptx: "nowhere.ptx" },
      says: /bad\.json: ptx: nowhere\.ptx: PTX file: there is no such file.*\n.*folder of the launch file/,
    },
    { content: { ...launch, ptx: "broken.ptx" }, says: /bad\.json: broken\.ptx, line 2, column \d+: / },
    { content: { ...launch, block: [2048, 1, 1] }, says: /2048.*1024|1024.*2048/ },
  ])("refuses a file that $says", async ({ content, says }) => {
    file("broken.ptx", ".version 8.0\n.nonsense sm_80\n");
    const { status, stdout, stderr } = await warplab(["launch", file("bad.json", content)]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("names an instruction that is not supported yet, and its line", async () => {
    file("odd.ptx", saxpy.replace("fma.rn.f32 %f4, %f3, %f1, %f2;", "istypep.texref %p1, %rd1;"));
    const { status, stderr } = await warplab(["launch", file("odd.json", { ...launch, ptx: "odd.ptx" })]);
    expect(status).toBe(2);
    expect(stderr).toContain("istypep");
    expect(stderr).toContain("line 27");
  });
});
