// One process at a time owns a folder. Node has no lock that the system drops when its holder is killed, so the owner says in a file
// who it is, and whoever comes later looks whether that process still runs. Knows nothing of what the folder holds.
//
// The files are numbered and a number is used once: an owner is whoever made the file with the highest number, `link` makes a file
// whole and for one process only, and who finds a higher number than its own after that withdraws. So two that come at the same
// moment, after a kill, cannot both believe that they own the folder. A file outlives its owner's orderly end, empty, since a number
// that came back could be taken twice.
import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../../core/errors.js";

interface OwnerRecord {
  readonly pid: number;
  /** A process number comes back; with the moment at which its process began it is one process. Only Linux says it. */
  readonly began: string | undefined;
  readonly host: string;
}

export class FolderOwner {
  private constructor(
    private readonly folder: string,
    private readonly number: number,
  ) {}

  /** Makes this process the owner of a folder, which exists. Throws InputError where another process is. */
  static claim(folder: string): FolderOwner {
    for (;;) {
      const highest = Math.max(0, ...numbersIn(folder));
      const holder = highest === 0 ? undefined : recordOf(folder, highest);
      if (holder !== undefined) refuseIfAlive(holder, folder, fileName(highest));
      const mine = highest + 1;
      if (!create(folder, mine)) continue;
      const all = numbersIn(folder);
      if (Math.max(...all) > mine) {
        rmSync(join(folder, fileName(mine)), { force: true });
        continue;
      }
      for (const older of all) if (older < mine) rmSync(join(folder, fileName(older)), { force: true });
      return new FolderOwner(folder, mine);
    }
  }

  /** Another process may own it. */
  release(): void {
    // Takes no room, so that it works where the disk is full.
    truncateSync(join(this.folder, fileName(this.number)));
  }
}

const fileName = (number: number): string => `owner.${number}`;

function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = /^owner\.([1-9]\d{0,14})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Who says in the file that it owns the folder; undefined where nobody does. */
function recordOf(folder: string, number: number): OwnerRecord | undefined {
  try {
    const { pid, began, host } = JSON.parse(readFileSync(join(folder, fileName(number)), "utf8")) as OwnerRecord;
    return Number.isInteger(pid) && pid > 0 && typeof host === "string" ? { pid, began, host } : undefined;
  } catch (error) {
    // Empty, or taken over meanwhile: who then makes the next number finds out whether it has it.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function refuseIfAlive({ pid, began, host }: OwnerRecord, folder: string, file: string): void {
  if (host !== hostname()) {
    throw new InputError(`process ${pid} of the machine "${host}" keeps its data here, and may still run`, {
      where: folder,
      fix: `Stop it. If it is gone, remove the file ${file} of this folder.`,
    });
  }
  if (!isAlive(pid) || (began !== undefined && beganOf(pid) !== began)) return;
  throw new InputError(`another server, process ${pid}, keeps its data here`, {
    where: folder,
    fix: "Stop it, or give this one a folder of its own: --data DIR, or --data :memory: to keep nothing.",
  });
}

/** Makes the file with this number, whole; false where another process was first. */
function create(folder: string, number: number): boolean {
  const record: OwnerRecord = { pid: process.pid, began: beganOf(process.pid), host: hostname() };
  const beside = join(folder, `.owner.${process.pid}.${number}.tmp`);
  try {
    writeFileSync(beside, `${JSON.stringify(record)}\n`);
    linkSync(beside, join(folder, fileName(number)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The system's word for the moment at which a process began: since which start of the machine, and when in it. */
function beganOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The name in brackets may hold anything; field 22 of proc(5) is the twentieth after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
