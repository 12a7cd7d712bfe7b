// Takes what a cell writes to stdout and stderr and publishes it in pieces, in the context that wrote it. Knows
// nothing of sockets or of cells.
import { StringDecoder } from "node:string_decoder";
import type { ExecutionContext } from "./execution-context.js";

export type StreamName = "stdout" | "stderr";

/** Text waits at most this long for more, in milliseconds: fifty messages a second are enough for an eye. */
const patience = 20;
/** Nor longer than this many characters. */
const pieceLength = 1 << 16;

export class OutputStreams {
  private waiting: { context: ExecutionContext; name: StreamName; pieces: string[]; length: number } | undefined;
  private since = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly publish: (context: ExecutionContext, name: StreamName, text: string) => void,
    private readonly currentContext: () => ExecutionContext,
  ) {}

  /** From now on all that this process writes with process.stdout and process.stderr, console included. */
  install(): void {
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
        const text =
          typeof chunk === "string"
            ? chunk
            : chunk instanceof Uint8Array
              ? decoder.write(Buffer.from(chunk))
              : undefined;
        if (text === undefined) throw new TypeError(`process.${name}.write takes a string or bytes`);
        this.write(name, text);
        const callback = typeof encoding === "function" ? encoding : done;
        if (typeof callback === "function") process.nextTick(callback as () => void);
        return true;
      };
      process[name].write = write as typeof process.stdout.write;
    }
  }

  write(name: StreamName, text: string, context: ExecutionContext = this.currentContext()): void {
    if (text === "") return;
    const same = this.waiting;
    if (same === undefined || same.name !== name || same.context !== context) {
      this.flush();
      this.waiting = { context, name, pieces: [text], length: text.length };
      this.since = Date.now();
      this.timer = setTimeout(() => this.flush(), patience);
    } else {
      same.pieces.push(text);
      same.length += text.length;
    }
    // A synchronous loop never lets the timer fire.
    if (this.waiting!.length >= pieceLength || Date.now() - this.since >= 5 * patience) this.flush();
  }

  /** Publishes what waits: before any other message whose place among the output matters. */
  flush(): void {
    clearTimeout(this.timer);
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting !== undefined) this.publish(waiting.context, waiting.name, waiting.pieces.join(""));
  }
}
