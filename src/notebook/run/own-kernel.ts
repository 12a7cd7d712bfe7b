// warplab's own kernel as a run needs it: cells, the wait for what they left running, an end. Knows no notebook.
import { KernelClient, KernelDied } from "../jupyter/client/client.js";
import type { PublishedMessage } from "./outputs.js";

/** A kernel as a run needs it. */
export interface RunKernel {
  /**
   * Runs one cell; resolves when it has ended and everything it published has been handed over. Rejects with KernelEnded
   * when the kernel is gone. `cellId` tells a cell that runs again from another.
   */
  execute(code: string, cellId?: string): Promise<ExecutionReply>;
  /**
   * Waits until nothing that cells began is under way any more, at most `patience` milliseconds and until `signal`; answers
   * what still is, in words, or undefined.
   */
  settle?(patience: number, signal: AbortSignal | undefined): Promise<string | undefined>;
  interrupt(): Promise<void> | void;
  shutdown(): Promise<void>;
  /** Ends it at once. */
  kill?(): Promise<void>;
}

/** The kernel's process is gone. */
export class KernelEnded extends Error {
  override readonly name: string = "KernelEnded";

  /** `how`: "code 0", "SIGKILL"; `lastWords`: what it wrote on standard error, if anything. */
  constructor(
    readonly how: string,
    readonly lastWords: string,
  ) {
    super(`The kernel ended (${how}).`);
  }
}

export interface ExecutionReply {
  readonly status: string;
  readonly execution_count?: number;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

export interface KernelStart {
  /** The notebook's folder. */
  readonly cwd: string;
  /** Is handed everything that the kernel publishes, in order. */
  onMessage(message: PublishedMessage): void;
}

export async function startOwnKernel({ cwd, onMessage }: KernelStart): Promise<RunKernel> {
  const client = await KernelClient.start({ cwd });
  client.onIopub = (message) => onMessage(message as unknown as PublishedMessage);
  return {
    execute: async (code, cellId) => {
      try {
        return (await client.execute(code, cellId === undefined ? {} : { cellId })).reply;
      } catch (error) {
        if (!(error instanceof KernelDied)) throw error;
        const { exitCode, signalCode } = client.process;
        const [, ...lastWords] = error.message.split("\n");
        throw new KernelEnded(signalCode ?? `code ${exitCode}`, lastWords.join("\n"));
      }
    },
    settle: (patience, signal) => settle(client, patience, signal),
    interrupt: () => client.interrupt(),
    shutdown: () => client.shutdown(),
    kill: () => client.kill(),
  };
}

/** What keeps a Node process alive and comes to an end by itself, as Node names it. A server does not: nobody waits for it. */
const ending: readonly (readonly [RegExp, string])[] = [
  [/^(Timeout|Immediate)$/, "a timer"],
  [/^ProcessWrap$/, "a program that it started"],
  [/^(TCPSocketWrap|TLSWrap|TCPConnectWrap|GetAddrInfoReqWrap)$/, "a connection"],
  [/^(FSReq|Zlib|Write|Shutdown|.*Request)/, "reading or writing"],
];

/** How often the kernel is asked, in milliseconds; and how long what it wrote may travel. */
const interval = 50;

async function settle(
  client: KernelClient,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await underWay(client);
    if (found.length === 0) break;
    if (signal?.aborted || performance.now() >= deadline) return found.join(" and ");
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
  await client.settle(interval);
  return undefined;
}

/** Nothing where the kernel is gone. */
async function underWay(client: KernelClient): Promise<string[]> {
  // Asked between turns of its event loop, in which nothing of ours keeps it.
  const asked = client.execute("", {
    silent: true,
    storeHistory: false,
    userExpressions: { resources: 'globalThis.process.getActiveResourcesInfo().join(" ")' },
  });
  const { reply } = await asked.catch((error) => {
    if (error instanceof KernelDied) return { reply: {} as { user_expressions?: Readonly<Record<string, unknown>> } };
    throw error;
  });
  const answer = reply.user_expressions?.["resources"] as { data?: Readonly<Record<string, unknown>> } | undefined;
  const names = String(answer?.data?.["text/plain"] ?? "").match(/\w+/g) ?? [];
  return ending.filter(([pattern]) => names.some((name) => pattern.test(name))).map(([, words]) => words);
}
