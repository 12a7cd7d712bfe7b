// Perfetto's own trace processor as the judge of Chrome traces, where it is: scripts/ci/trace-processor.sh fetches it. Knows
// nothing of what the traces are of.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A row of an answer by the names of its columns; whole numbers are numbers where a double holds them. */
export type SqlRow = Readonly<Record<string, string | number | bigint | null>>;

/** A trace as Perfetto has read it. */
export interface JudgedTrace {
  query(sql: string): Promise<SqlRow[]>;
}

// WARPLAB_TRACE_PROCESSOR names the folder and says that it has to be there.
const stated = process.env["WARPLAB_TRACE_PROCESSOR"];
const caches = [process.env["XDG_CACHE_HOME"], "/var/cache", join(homedir(), ".cache")].filter((cache) => !!cache);
const folder =
  stated ??
  caches
    .map((cache) => join(cache as string, "warplab-trace-processor"))
    .find((path) => existsSync(join(path, "engine.mjs"))) ??
  "";

export const hasTraceProcessor: boolean = stated !== undefined || folder !== "";

/** What Perfetto counts as wrong with a trace, whatever the trace is. */
export const traceFaults: string =
  "select name, value from stats where severity in ('error', 'data_loss') and value > 0";

/** Has Perfetto read a trace. Throws where it refuses it. */
export async function judge(trace: string | Iterable<string>): Promise<JudgedTrace> {
  const { engine, said } = await startEngine();
  const encoder = new TextEncoder();
  for (const chunk of typeof trace === "string" ? [trace] : trace) await engine.parse(encoder.encode(chunk));
  await engine.notifyEof().catch((refusal: unknown) => {
    throw new Error(`Perfetto refuses the trace: ${String(refusal)}\n${said.join("\n")}`);
  });
  return { query: async (sql) => rowsOf(await quietly(() => engine.query(sql))) };
}

/** The engine's protocol is older than the program, and says so at every answer, before `ask` returns. */
function quietly<T>(ask: () => T): T {
  const { warn } = console;
  console.warn = () => {};
  try {
    return ask();
  } finally {
    console.warn = warn;
  }
}

interface Engine {
  parse(data: Uint8Array): Promise<void>;
  notifyEof(): Promise<void>;
  query(sql: string): Promise<QueryResult>;
  onRpcResponseBytes(data: Uint8Array): void;
}

interface Worker {
  onmessage?: (message: { readonly data: Port }) => void;
  readonly location: { readonly href: string };
}

interface Port {
  onmessage?: (message: { readonly data: Uint8Array }) => void;
  postMessage(data: Uint8Array): void;
}

interface QueryResult {
  columns(): string[];
  iter(spec: Readonly<Record<string, unknown>>): {
    valid(): boolean;
    next(): void;
    get(column: string): string | number | bigint | null;
  };
}

let compiled: WebAssembly.Module | undefined;

/** The engine talks to a worker of a browser; here that is a function which is given what it needs of one. */
async function startEngine(): Promise<{ readonly engine: Engine; readonly said: readonly string[] }> {
  const { EngineBase } = (await import(pathToFileURL(join(folder, "engine.mjs")).href)) as {
    EngineBase: new () => Engine;
  };
  compiled ??= new WebAssembly.Module(readFileSync(join(folder, "trace_processor.wasm")));
  const program = compiled;
  const bundle = readFileSync(join(folder, "engine_bundle.node.js"), "utf8");
  const said: string[] = [];
  const worker: Worker = { location: { href: "file:///trace-processor/" } };
  class Module {
    constructor(bytes: Uint8Array) {
      // biome-ignore lint/correctness/noConstructorReturn: stands for WebAssembly.Module, with what is compiled already
      if (bytes.length === 0) return program as unknown as Module;
      // A newer Node has 64-bit memories, for which there is another program; it is asked for one with a module of 23 bytes.
      if (bytes.length === 23) throw new Error("no 64-bit memory");
      // biome-ignore lint/correctness/noConstructorReturn: as above
      return new WebAssembly.Module(bytes as BufferSource) as unknown as Module;
    }
  }
  class XMLHttpRequest {
    responseType = "";
    readonly response: ArrayBuffer = new ArrayBuffer(0);
    open(): void {}
    send(): void {}
  }
  const { Instance, RuntimeError } = WebAssembly;
  const log = (line: string): void => void said.push(line);
  const given: Readonly<Record<string, unknown>> = {
    self: worker,
    WorkerGlobalScope: Object,
    WebAssembly: { Module, Instance, RuntimeError },
    XMLHttpRequest,
    console: { log, warn: log, error: log },
  };
  new Function(...Object.keys(given), bundle)(...Object.values(given));
  const port: Port = { postMessage: (data) => engine.onRpcResponseBytes(data) };
  class PortEngine extends EngineBase {
    rpcSendRequestBytes(data: Uint8Array): void {
      port.onmessage?.({ data });
    }
  }
  const engine: Engine = new PortEngine();
  // The program starts in a turn of its own.
  await new Promise((done) => setTimeout(done, 0));
  worker.onmessage?.({ data: port });
  return { engine, said };
}

function rowsOf(result: QueryResult): SqlRow[] {
  const names = result.columns();
  const rows: SqlRow[] = [];
  for (const row = result.iter({}); row.valid(); row.next())
    rows.push(Object.fromEntries(names.map((name) => [name, row.get(name)])));
  return rows;
}
