// `warplab serve` in the background of a notebook or program: a process of its own, so that a loop in a cell does not stop its answers
// and a run that takes all memory does not take the kernel along. Knows no route.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { InputError, WarplabError } from "../core/errors.js";
import { inspectAsText } from "../core/inspect.js";
import { escapeHtml } from "../view/page/index.js";
import { jupyterDisplay, type MimeBundle, mimeForm } from "./bridge.js";
import { builtFile } from "./installation.js";

export interface ServeOptions {
  /** 0 finds a free one, and is taken unless given. */
  readonly port?: number;
  /** The folder that keeps scenarios and runs, which one server at a time can have; nothing is kept unless given. */
  readonly data?: string;
  /** Threads that compute runs; as many as the machine runs at once unless given. */
  readonly workers?: number;
}

/**
 * Starts the HTTP server of `warplab serve` in the background, on this machine alone. It ends with `stop()`, or with this process,
 * however that ends, which does not wait for it; an interrupt of the kernel does not reach it. Throws InputError for a port that is taken or a folder that
 * cannot be used.
 */
export async function serve({ port = 0, data = ":memory:", workers }: ServeOptions = {}): Promise<BackgroundServer> {
  const words = ["serve", "--port", String(port), "--data", data];
  if (workers !== undefined) words.push("--workers", String(workers));
  const child = spawn(process.execPath, [builtFile("cli", "main.js"), ...words], {
    // A group of its own: Jupyter interrupts whole groups. The channel tells it of our end, even of a kill.
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    windowsHide: true,
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-10_000);
  });
  const started = await new Promise<{ url: string } | { status: number | null }>((done, fail) => {
    child.once("error", fail);
    child.once("message", (message) => done(message as { url: string }));
    // "close", not "exit": by then all that it said is here.
    child.once("close", (status) => done({ status }));
  });
  if ("url" in started) {
    // A notebook or program that ends does not wait for its server.
    child.unref();
    child.channel?.unref();
    (child.stderr as Socket).unref();
    const running = () => child.exitCode === null && child.signalCode === null;
    return new BackgroundServer(started.url, { running, stop: () => stop(child) });
  }
  const message = said.trim().replace(/^warplab: /, "");
  throw started.status === 2 ? new InputError(message) : new WarplabError(`the server did not start: ${message}`);
}

/** The process of a server. */
export interface BackgroundProgram {
  running(): boolean;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

/** A server that runs beside this process. Shown, it is a link. */
export class BackgroundServer {
  static {
    inspectAsText(BackgroundServer);
  }

  readonly #program: BackgroundProgram;

  constructor(
    /** Where it answers: `http://127.0.0.1:40123`. */
    readonly url: string,
    program: BackgroundProgram,
  ) {
    this.#program = program;
    for (const method of [mimeForm, jupyterDisplay])
      Object.defineProperty(this, method, { value: () => this.#bundle() });
  }

  /** Until it is stopped, or ends by itself. */
  get running(): boolean {
    return this.#program.running();
  }

  /** Ends it; resolves when it is gone. Runs that it had promised are computed when its folder is served again. */
  async stop(): Promise<void> {
    if (this.running) await this.#program.stop();
  }

  toString(): string {
    return this.running ? `warplab serves ${this.url}/` : `warplab served ${this.url}/ until it was stopped`;
  }

  #bundle(): MimeBundle {
    const url = escapeHtml(this.url);
    const link = `<a href="${url}/" target="_blank" rel="noopener">${url}/</a>`;
    const routes = `<a href="${url}/docs" target="_blank" rel="noopener">its routes</a>`;
    const html = this.running ? `warplab serves ${link} (${routes})` : escapeHtml(String(this));
    return { "text/html": html, "text/plain": String(this) };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
