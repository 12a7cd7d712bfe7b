// What a command has of the outside: where it prints, how it ends, how it reads a file. Knows no command.
import { readFile } from "node:fs/promises";
import { InputError } from "../core/errors.js";
import { type ExitStatus, exitStatus } from "./exit.js";
import { type Paint, paintFor } from "./terminal.js";

export interface Shell {
  /** The answer, on standard output. */
  print(text: string): void;
  /** The answer of `--json`: one document, on standard output. */
  printJson(document: unknown): void;
  /** Progress and remarks, on standard error, so that they never mix with the answer. */
  say(text: string): void;
  readonly paint: Paint;
  /** The status the process will end with; a command raises it when a check did not hold. */
  status: ExitStatus;
}

/** The shell of this process. */
export function processShell(): Shell {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    printJson: (document) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
    say: (text) => void process.stderr.write(`${text}\n`),
    paint: paintFor(process.stdout, process.env),
    status: exitStatus.done,
  };
}

/** Ends quietly when whoever reads our output has gone (`warplab devices | head -1`), and with a word where it cannot be written. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? exitStatus.done);
    const reason = reasons[error.code ?? ""];
    if (reason === undefined) throw error;
    process.stderr.write(`warplab: standard output: ${reason}\n`);
    process.exit(exitStatus.badInput);
  });
  // Messages that nobody reads any more are no reason to end: `warplab serve 2>&1 | head -1` goes on serving.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Reads a text file that somebody named; `what` says in the error what it was to be (`launch file`). */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw explainFileError(error, path, what);
  }
}

/** What the system says of a file that a person named, in words. Errors of other kinds come back as they are. */
export function explainFileError(error: unknown, path: string, what: string): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
  if (reason === undefined) return error;
  return new InputError(`${what}: ${reason}`, {
    where: path,
    fix: "The path is taken from the folder in which the command runs.",
  });
}

/** What `work` gives; an InputError of it is told as one of the file that it is about. */
export function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(error.message, { where: file });
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "this is a folder",
  ENOTDIR: "this is a file, or lies below one",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};
