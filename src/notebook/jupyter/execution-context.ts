// What an output or a question is attributed to while code of a request runs.
import type { CellRun, OutputSink } from "../bridge.js";
import type { Asker } from "./prompt.js";
import type { Parent } from "./wire/threads.js";

export interface ExecutionContext {
  readonly parent: Parent;
  /** `cell 3`; undefined outside cells. */
  readonly label: string | undefined;
  readonly run?: CellRun;
  /** Where its output goes instead of under its cell. */
  readonly sink?: OutputSink;
  /**
   * Nothing that it prints, shows or clears is published: the protocol says that a silent request broadcasts no output on IOPub.
   * (ipykernel publishes it all the same.) Its comms and its status are no output, and its error is in its reply.
   */
  readonly silent?: boolean;
  /** Whom its code may ask. */
  readonly asker?: Asker;
}
