// The processes of this machine with their parents and ages: from /proc where the system has one, else as `ps` lists them (macOS).
// Where there is neither (Windows) there are none. Knows nothing of what is done with them.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** How long ago it began, in seconds. */
  readonly age: number;
}

export interface ProcessTable {
  readonly entries: readonly ProcessEntry[];
  /** What an age may be off, in seconds. */
  readonly resolution: number;
}

export function processes(): ProcessTable {
  return existsSync("/proc/uptime") ? fromProc() : fromPs();
}

/** /proc counts time in these, on every Linux of today. */
const ticksPerSecond = 100;

function fromProc(): ProcessTable {
  const now = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return { entries: names.flatMap((pid) => readEntry(pid, now)), resolution: 2 / ticksPerSecond };
}

function readEntry(pid: string, now: number): ProcessEntry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, in parentheses, with whatever characters it has; the third comes behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{ pid: Number(pid), parent: Number(fields[1]), age: now - Number(fields[19]) / ticksPerSecond }];
  } catch {
    // It has gone meanwhile.
    return [];
  }
}

/** As `ps` lists them, which macOS and the BSDs have too. */
export function fromPs(): ProcessTable {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,etime="], { encoding: "utf8", timeout: 1000 });
  return { entries: readPs(stdout ?? ""), resolution: 1 };
}

/** No process is older, in seconds: a thousand years. */
const oldest = 1000 * 366 * 24 * 3600;

/** The lines of `ps -o pid=,ppid=,etime=`; a time is `[[days-]hours:]minutes:seconds`. */
export function readPs(text: string): ProcessEntry[] {
  return [...text.matchAll(/^ *(\d+) +(\d+) +(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+) *$/gm)].map(
    ([, pid, parent, days = 0, hours = 0, minutes, seconds]) => ({
      pid: Number(pid),
      parent: Number(parent),
      age: youngAgain(((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)),
    }),
  );
}

/** Of a process that has begun this very moment `ps` may take a clock's difference below zero for one without a sign. */
function youngAgain(age: number): number {
  return age > oldest ? 0 : age;
}
