// What a client hears of a kernel: the messages on IOPub by their type, and what comes of a cell. Types only.
import type { MimeBundle } from "../../bridge.js";
import type { Content, Header } from "../wire/message.js";

interface IopubContents {
  status: { readonly execution_state: "starting" | "busy" | "idle" };
  execute_input: { readonly code: string; readonly execution_count: number };
  stream: { readonly name: "stdout" | "stderr"; readonly text: string };
  execute_result: { readonly execution_count: number; readonly data: MimeBundle; readonly metadata: Content };
  display_data: DisplayContent;
  update_display_data: DisplayContent;
  error: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };
  clear_output: { readonly wait: boolean };
  comm_open: { readonly comm_id: string; readonly target_name: string; readonly data: unknown };
  comm_msg: { readonly comm_id: string; readonly data: unknown };
  comm_close: { readonly comm_id: string; readonly data: unknown };
}

type DisplayContent = {
  readonly data: MimeBundle;
  readonly metadata: Content;
  readonly transient: { readonly display_id?: string };
};

/** A message that the kernel publishes, by its type. */
export type IopubMessage = {
  [T in keyof IopubContents]: {
    readonly type: T;
    readonly content: IopubContents[T];
    readonly metadata: Content;
    readonly buffers: readonly Uint8Array[];
    /** The header of the request that it belongs to. */
    readonly parent: Header | Record<string, never>;
    readonly header: Header;
  };
}[keyof IopubContents];

export interface ExecuteReply {
  readonly status: "ok" | "error" | "aborted";
  readonly execution_count: number;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
  readonly user_expressions?: Content;
}

export interface Execution {
  readonly reply: ExecuteReply;
  /** What was published for this request up to its idle, in order. */
  readonly messages: readonly IopubMessage[];
}
