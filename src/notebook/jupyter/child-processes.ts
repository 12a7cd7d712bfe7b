// The child processes of this process, to be signalled while the main thread waits for one of them: its `execSync` returns when
// the child has gone. Read from /proc: where a system has none, there are no children to be told. Knows nothing of cells.
import { readdirSync, readFileSync } from "node:fs";

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Since the machine was started, in ticks. */
  readonly started: number;
}

/** /proc counts time in these, on every Linux of today. */
const ticksPerSecond = 100;

/**
 * Sends a signal to the children of this process that began within the last `age` milliseconds, and to their own descendants: a
 * shell may be gone before what it started. Earlier ones, which work in the background, are left alone.
 */
export function signalChildren(signal: NodeJS.Signals, age: number): void {
  const entries = processes();
  if (entries.length === 0) return;
  const youngest = (secondsSinceBoot() - age / 1000) * ticksPerSecond - 1;
  const told = entries.filter(({ parent, started }) => parent === process.pid && started >= youngest);
  for (const { pid } of told) told.push(...entries.filter(({ parent }) => parent === pid));
  for (const { pid } of told) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone meanwhile.
    }
  }
}

function processes(): ProcessEntry[] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap(readEntry);
}

function readEntry(pid: string): ProcessEntry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, in parentheses, with whatever characters it has; the third comes behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{ pid: Number(pid), parent: Number(fields[1]), started: Number(fields[19]) }];
  } catch {
    return [];
  }
}

function secondsSinceBoot(): number {
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
}
