// The parts of a table that is being computed, in a folder beside it: each appears at once and whole, so that whoever is killed at
// any moment leaves nothing half-written and nothing is computed twice. Knows nothing of what is computed.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../../core/errors.js";

export interface PartsPlan {
  /** SHA-256 of what is asked. */
  readonly question: string;
  readonly parts: number;
}

export class Parts {
  readonly folder: string;

  /**
   * Takes up the folder of a table, or begins it. Throws InputError where another question's parts are in it, or another process
   * works on them.
   */
  constructor(
    readonly path: string,
    private readonly plan: PartsPlan,
  ) {
    this.folder = `${path}.parts`;
    mkdirSync(this.folder, { recursive: true });
    this.#lock();
    const known = this.#planned();
    if (known === undefined)
      replaceWhole(this.#file("plan.json"), new TextEncoder().encode(`${JSON.stringify(plan)}\n`));
    else if (known.question !== plan.question || known.parts !== plan.parts) {
      this.release();
      throw new InputError("the parts of another sweep are here", {
        where: this.folder,
        fix: "Finish that one with the options that it was begun with, remove the folder, or write to another file.",
      });
    }
  }

  /** Which parts are still missing. */
  missing(): number[] {
    return Array.from({ length: this.plan.parts }, (_, part) => part).filter((part) => !existsSync(this.#part(part)));
  }

  put(part: number, bytes: Uint8Array): void {
    replaceWhole(this.#part(part), bytes);
  }

  get(part: number): Uint8Array {
    return readFileSync(this.#part(part));
  }

  /** Another process may go on. */
  release(): void {
    rmSync(this.#file("lock"), { force: true });
  }

  /** The table is whole: its parts are not needed any more. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #planned(): PartsPlan | undefined {
    try {
      return JSON.parse(readFileSync(this.#file("plan.json"), "utf8")) as PartsPlan;
    } catch {
      // Begun and killed before it could say what it was: there is no part yet.
      return undefined;
    }
  }

  #lock(): void {
    const file = this.#file("lock");
    for (;;) {
      try {
        writeFileSync(file, String(process.pid), { flag: "wx" });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = Number(readFileSync(file, "utf8"));
      if (holder !== process.pid && isAlive(holder)) {
        throw new InputError(`process ${holder} is writing this sweep`, {
          where: this.path,
          fix: "Wait for it, or stop it.",
        });
      }
      rmSync(file, { force: true });
    }
  }

  #part(part: number): string {
    return this.#file(`${String(part).padStart(6, "0")}.arrow`);
  }

  #file(name: string): string {
    return join(this.folder, name);
  }
}

/** Writes a file that appears under its name when all of it is on the disk. */
export function replaceWhole(path: string, bytes: Uint8Array): void {
  const beside = `${path}.${process.pid}.tmp`;
  const file = openSync(beside, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
