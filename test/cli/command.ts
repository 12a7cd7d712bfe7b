// Runs the built `warplab` as people do: a process of its own, with nothing on standard input.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const repository: string = fileURLToPath(new URL("../../", import.meta.url));
export const warplabMain: string = `${repository}dist/cli/main.js`;

/** Starts `warplab` with these words. */
export function startWarplab(
  words: readonly string[],
  { cwd = repository, env = {} }: CommandOptions = {},
): ChildProcessByStdio<null, Readable, Readable> {
  if (!existsSync(warplabMain)) throw new Error("dist/ is not built: run `npm run build`, or the tests by `npm test`.");
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  return spawn(process.execPath, [warplabMain, ...words], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs `warplab` with these words to its end. */
export function warplab(words: readonly string[], options: CommandOptions = {}): Promise<Ending> {
  const child = startWarplab(words, options);
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk) => (text.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => (text.stderr += chunk));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (status) => done({ status, ...text }));
  });
}

/** The one JSON document that `--json` prints; throws when there is more or less. */
export async function warplabJson(words: readonly string[], options?: CommandOptions): Promise<unknown> {
  const { status, stdout, stderr } = await warplab([...words, "--json"], options);
  if (status !== 0 || stderr !== "") throw new Error(`warplab ${words.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
