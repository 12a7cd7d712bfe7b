// Bars of commands on a terminal as the system has them (`script` of util-linux makes one), and their absence elsewhere.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warplab, warplabMain } from "./command.js";

const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") === true;
if (!hasScript) console.warn("Skipping the tests on a terminal: no `script` of util-linux on this machine.");

const columns = 60;

/** A launch of so many blocks that each take some 10 ms or more. */
function spinningLaunch(blocks: number): string {
  const folder = mkdtempSync(join(tmpdir(), "warplab-terminal-"));
  writeFileSync(
    join(folder, "spin.ptx"),
    `.version 8.0
.target sm_80
.address_size 64
.visible .entry spin(.param .u32 n)
{
  .reg .pred %p;
  .reg .b32 %r<3>;
  ld.param.u32 %r1, [n];
  mov.u32 %r2, 0;
LOOP:
  add.u32 %r2, %r2, 1;
  setp.lt.u32 %p, %r2, %r1;
  @%p bra LOOP;
  ret;
}
`,
  );
  const launch = { ptx: "spin.ptx", kernel: "spin", grid: [blocks, 1, 1], block: [32, 1, 1], device: "a100" };
  const file = join(folder, "spin.json");
  writeFileSync(file, JSON.stringify({ ...launch, args: [{ u32: 300_000 }], outputs: [] }));
  return file;
}

/** Runs it on a terminal, its answer elsewhere; `onText` may type. Answers what the terminal was sent. */
function onTerminal(
  file: string,
  onText: (type: (keys: string) => void, sent: string) => void = () => {},
): Promise<string> {
  const words = `'${process.execPath}' '${warplabMain}' launch '${file}'`;
  const child = spawn("script", ["-qec", `stty cols ${columns} rows 20; exec ${words} > /dev/null`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm" },
  });
  let sent = "";
  return new Promise((done, fail) => {
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      sent += chunk;
      onText((keys) => child.stdin.write(keys), sent);
    });
    child.on("error", fail);
    child.on("close", () => done(sent));
  });
}

/** What a bar drew each time. */
const frames = (sent: string): string[] => sent.split("\r\u001b[J").slice(1);

describe.skipIf(!hasScript)("`warplab launch` on a terminal", () => {
  it("draws its bar over itself, within the width, and leaves how it ended", async () => {
    const sent = await onTerminal(spinningLaunch(30));
    const drawn = frames(sent);
    expect(drawn.length).toBeGreaterThan(1);
    for (const frame of drawn) expect(frame.trimEnd().length).toBeLessThanOrEqual(columns);
    expect(drawn[0]).toMatch(/^launch of spin: .*\d+ %|^launch of spin {2}/);
    expect(drawn.at(-1)).toMatch(/^launch of spin: done in \d+\.\d s\r\n$/);
  });

  it("leaves one line behind when it is interrupted, with room for what the terminal writes of that", async () => {
    let typed = false;
    const sent = await onTerminal(spinningLaunch(100_000), (type, sofar) => {
      if (typed || frames(sofar).length < 2) return;
      typed = true;
      type("\u0003");
    });
    const last = frames(sent).at(-1)!;
    expect(last).toMatch(/\^C$/);
    expect(last.length).toBeLessThan(columns);
    for (const control of ["\r", "\n", "\u001b"]) expect(last).not.toContain(control);
  });
});

it("`warplab launch` says nothing of its progress where standard error is no terminal", async () => {
  const { status, stderr } = await warplab(["launch", spinningLaunch(30)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
