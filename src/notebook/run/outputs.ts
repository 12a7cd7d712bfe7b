// What a kernel publishes while cells run, as the outputs of an nbformat notebook. Knows messages, not sockets, and no files.
import type { DisplayOutput, MimeData, Output, ResultOutput } from "../../view/page/index.js";
import { isProgressMetadata } from "../progress.js";

/** The part of a Jupyter message that an output is made of. */
export interface PublishedMessage {
  readonly header: { readonly msg_type: string };
  /** The header of the request that it belongs to. */
  readonly parent: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

type Shown = DisplayOutput | ResultOutput;

interface CellOutputs {
  readonly outputs: Output[];
  /** Set by a `clear_output` that waits for what comes next. */
  clearsBeforeNext: boolean;
}

/**
 * Collects the outputs of cells that run one after the other. What a cell publishes late still goes to that cell, and a later
 * cell may change what an earlier one shows.
 */
export class OutputCollector {
  #current: CellOutputs | undefined;
  readonly #cellByRequest = new Map<string, CellOutputs>();
  readonly #shownById = new Map<string, Shown[]>();

  /** The list that grows with the cell's outputs. */
  beginCell(): Output[] {
    this.#current = { outputs: [], clearsBeforeNext: false };
    return this.#current.outputs;
  }

  receive({ header, parent, content }: PublishedMessage): void {
    const cell = this.#cellOf(parent.msg_id);
    // A bar tells how long things took, which is not the same in two runs.
    if (cell === undefined || isProgressMetadata(content["metadata"])) return;
    switch (header.msg_type) {
      case "stream":
        addStream(cell, content["name"] === "stderr" ? "stderr" : "stdout", String(content["text"]));
        return;
      case "display_data":
        this.#show(
          cell,
          { output_type: "display_data", data: dataOf(content), metadata: metadataOf(content) },
          content,
        );
        return;
      case "execute_result": {
        const count = content["execution_count"];
        const execution_count = typeof count === "number" ? count : null;
        const data = dataOf(content);
        this.#show(
          cell,
          { output_type: "execute_result", execution_count, data, metadata: metadataOf(content) },
          content,
        );
        return;
      }
      case "update_display_data":
        for (const shown of this.#shownById.get(displayId(content) ?? "") ?? []) {
          shown.data = dataOf(content);
          shown.metadata = metadataOf(content);
        }
        return;
      case "error":
        add(cell, {
          output_type: "error",
          ename: String(content["ename"]),
          evalue: String(content["evalue"]),
          traceback: Array.isArray(content["traceback"]) ? content["traceback"].map(String) : [],
        });
        return;
      case "clear_output":
        if (content["wait"] === true) cell.clearsBeforeNext = true;
        else cell.outputs.length = 0;
        return;
    }
  }

  // A request that was not heard of before is the cell that runs.
  #cellOf(request: string | undefined): CellOutputs | undefined {
    if (request === undefined) return this.#current;
    const known = this.#cellByRequest.get(request) ?? this.#current;
    if (known !== undefined) this.#cellByRequest.set(request, known);
    return known;
  }

  #show(cell: CellOutputs, output: Shown, content: Readonly<Record<string, unknown>>): void {
    add(cell, output);
    const id = displayId(content);
    if (id !== undefined) this.#shownById.set(id, [...(this.#shownById.get(id) ?? []), output]);
  }
}

function addStream(cell: CellOutputs, name: "stdout" | "stderr", text: string): void {
  const last = cell.clearsBeforeNext ? undefined : cell.outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text = `${String(last.text)}${text}`;
  else add(cell, { output_type: "stream", name, text });
}

function add(cell: CellOutputs, output: Output): void {
  if (cell.clearsBeforeNext) cell.outputs.length = 0;
  cell.clearsBeforeNext = false;
  cell.outputs.push(output);
}

function dataOf(content: Readonly<Record<string, unknown>>): MimeData {
  return { ...(content["data"] as MimeData | undefined) };
}

function metadataOf(content: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(content["metadata"] as Record<string, unknown> | undefined) };
}

function displayId(content: Readonly<Record<string, unknown>>): string | undefined {
  const id = (content["transient"] as { display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}
