// Processes, their parents and ages, by either of two ways.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromPs, processes, readPs } from "../../../src/notebook/jupyter/process/process-table.js";

test("what ps lists is read with times of every length", () => {
  const text = "    1     0 12-03:04:05\n  512     1    02:00:01\n  513   512       00:07\nnot a process\n";
  expect(readPs(text)).toEqual([
    { pid: 1, parent: 0, age: ((12 * 24 + 3) * 60 + 4) * 60 + 5 },
    { pid: 512, parent: 1, age: 7201 },
    { pid: 513, parent: 512, age: 7 },
  ]);
});

test("a process that ps takes for older than time itself has just begun", () => {
  expect(readPs("   17     1 441077234-02:27:40\n")).toEqual([{ pid: 17, parent: 1, age: 0 }]);
});

const hasPs = spawnSync("ps", ["-A"]).status === 0;
if (!hasPs) console.warn("Skipping the list of processes by ps: there is none on the PATH.");

describe.each([
  ["the system's own way", processes, true],
  ["ps", fromPs, hasPs],
])("by %s", (_way, list, possible) => {
  test.skipIf(!possible || process.platform === "win32")("a child is there, young, until it has gone", async () => {
    const child = spawn("sleep", ["30"]);
    const { entries, resolution } = list();
    const entry = entries.find(({ pid }) => pid === child.pid);
    expect(entry?.parent).toBe(process.pid);
    expect(entry!.age).toBeLessThan(2 + resolution);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await gone;
    expect(list().entries.some(({ pid }) => pid === child.pid)).toBe(false);
  });
});

test.skipIf(!hasPs || !existsSync("/proc/uptime"))("both agree on this process", () => {
  const of = ({ entries }: ReturnType<typeof processes>) => entries.find(({ pid }) => pid === process.pid)!;
  const [one, other] = [of(processes()), of(fromPs())];
  expect(other.parent).toBe(one.parent);
  expect(Math.abs(other.age - one.age)).toBeLessThan(3);
});
