// What the kernel's threads say to each other. The main thread runs cells; the I/O thread owns the sockets, so that an
// interrupt, a shutdown and a heartbeat are heard while a cell loops; the signal thread waits for SIGINT.
import type { MessagePort } from "node:worker_threads";
import type { ConnectionInfo } from "./connection.js";
import type { Header, Message } from "./message.js";
import type { RateEffect } from "./pace.js";

export type SendChannel = "shell" | "control" | "iopub" | "stdin";

/** From the main thread to the I/O thread. */
export type ToIo =
  | {
      readonly kind: "send";
      readonly channel: SendChannel;
      readonly identities: readonly Uint8Array[];
      readonly json: readonly string[];
      readonly buffers: readonly Uint8Array[];
      readonly effect: RateEffect;
    }
  /** An input_request, of header `id`: its answer goes to `answers`, and `answered` of `flags` wakes the main thread. */
  | {
      readonly kind: "ask";
      readonly id: string;
      readonly identities: readonly Uint8Array[];
      readonly json: readonly string[];
    }
  /** The main thread cannot answer a request, and says why: the I/O thread does, which has globals of its own. */
  | {
      readonly kind: "unanswerable";
      readonly channel: SendChannel;
      readonly request: Pick<Message, "identities" | "header">;
      readonly why: string;
    }
  /** Answered once everything that had arrived is forwarded. */
  | { readonly kind: "barrier"; readonly id: number }
  /** The main thread has heard an interrupt, during `run` of `flags`: its event loop turns. */
  | { readonly kind: "interrupt-heard"; readonly run: number }
  /** SIGINT arrived. */
  | { readonly kind: "signal" }
  /** Send what is queued, close, say `closed`. */
  | { readonly kind: "close" };

/** From the I/O thread to the main thread. */
export type FromIo =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "request"; readonly channel: "shell" | "control" | "stdin"; readonly message: Message }
  | { readonly kind: "interrupt" }
  /** Some time has passed since an interrupt: what it cut short may have left a request without its answer. */
  | { readonly kind: "after-interrupt" }
  | { readonly kind: "barrier"; readonly id: number }
  | { readonly kind: "closed" };

/** How a question to the user ended. */
export type InputAnswer =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "interrupted" }
  /** Nobody is connected who could answer. */
  | { readonly kind: "unreachable" };

/** An answer on its way to the main thread, with the `id` of its question: one that was given up may be answered late. */
export interface InputDelivery {
  readonly id: string;
  readonly answer: InputAnswer;
}

export interface IoThreadData {
  readonly connection: ConnectionInfo;
  readonly session: string;
  /** Shared with the main thread, by `flags`. */
  readonly shared: Int32Array;
  /** Where the signal thread speaks. */
  readonly signals: MessagePort;
  /** Where answers to questions go: the main thread, which waits, takes them without its event loop. */
  readonly answers: MessagePort;
}

/** The places of the Int32s that the threads share. */
export const flags = {
  /** Nonzero while the main thread does the kernel's own work, which no interrupt may cut short. */
  undisturbed: 0,
  /** One once the sockets are closed. */
  closed: 1,
  /** The number of the cell's run that is going on; zero between cells. */
  run: 2,
  /** One once the question that the main thread waits for is answered. */
  answered: 3,
  /** When the run began, in milliseconds, modulo 2^32. */
  runStart: 4,
  /** One once the main thread is ending the process. */
  exiting: 5,
} as const;

/** Where the I/O thread finds, in the main thread, what has to be done before JavaScript is cut short there. */
export const beforeTermination = "warplab.kernel.beforeTermination";

/** The request that an output belongs to. */
export type Parent = Header | Record<string, never>;
