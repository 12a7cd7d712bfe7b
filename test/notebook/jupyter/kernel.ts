// Starts the kernel as it was built, in a child process, and reads what it publishes: what the tests of this folder share.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type {
  Execution,
  IopubMessage,
  KernelClient,
  StartOptions,
} from "../../../src/notebook/jupyter/client/client.js";

type ClientModule = typeof import("../../../src/notebook/jupyter/client/client.js");

const built = new URL("../../../dist/notebook/jupyter/client/client.js", import.meta.url).href;

/** The client of the build: the kernel that it starts is the build's too. */
export async function startKernel(options: StartOptions = {}): Promise<KernelClient> {
  const { KernelClient: Client } = (await import(built)) as ClientModule;
  return Client.start(options);
}

/** One kernel for all tests of a file. */
export function kernelForFile(options: () => StartOptions = () => ({ cwd: newFolder() })): () => KernelClient {
  let kernel: KernelClient | undefined;
  beforeAll(async () => {
    kernel = await startKernel(options());
  });
  afterAll(async () => {
    await kernel?.shutdown();
  });
  return () => kernel!;
}

const folders: string[] = [];

/** An empty folder outside the project; gone after the tests. Files are given by their paths in it. */
export function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "warplab-test-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type OfType<T extends IopubMessage["type"]> = Extract<IopubMessage, { type: T }>;

/** The messages of one type, in order. */
export function ofType<T extends IopubMessage["type"]>(
  { messages }: Pick<Execution, "messages">,
  type: T,
): OfType<T>[] {
  return messages.filter((message): message is OfType<T> => message.type === type);
}

/** All that a cell wrote to a stream. */
export function printed(execution: Execution, stream: "stdout" | "stderr" = "stdout"): string {
  const pieces = ofType(execution, "stream").filter(({ content }) => content.name === stream);
  return pieces.map(({ content }) => content.text).join("");
}

/** `text/plain` of the result. */
export function resultText(execution: Execution): string | undefined {
  return ofType(execution, "execute_result")[0]?.content.data["text/plain"] as string | undefined;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until `condition` gives something. */
export async function until<T>(condition: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const value = condition();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`never true: ${condition}`);
    await pause(5);
  }
}
