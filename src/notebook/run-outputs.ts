// What a kernel publishes while cells run, as the outputs of an nbformat notebook. Knows messages, not sockets, and no files.
import type { DisplayOutput, MimeData, Output, ResultOutput } from "../view/page/index.js";

/** The part of a Jupyter message that an output is made of. */
export interface PublishedMessage {
  readonly header: { readonly msg_type: string };
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

type Shown = DisplayOutput | ResultOutput;

/** Collects the outputs of cells that run one after the other; a later cell may change what an earlier one shows. */
export class OutputCollector {
  #outputs: Output[] = [];
  #clearsBeforeNext = false;
  readonly #shownById = new Map<string, Shown[]>();

  /** The list that the next messages add to. */
  beginCell(): Output[] {
    this.#outputs = [];
    this.#clearsBeforeNext = false;
    return this.#outputs;
  }

  receive({ header, content }: PublishedMessage): void {
    switch (header.msg_type) {
      case "stream":
        this.#stream(content["name"] === "stderr" ? "stderr" : "stdout", String(content["text"]));
        return;
      case "display_data":
        this.#show({ output_type: "display_data", data: dataOf(content), metadata: metadataOf(content) }, content);
        return;
      case "execute_result": {
        const count = content["execution_count"];
        this.#show(
          {
            output_type: "execute_result",
            execution_count: typeof count === "number" ? count : null,
            data: dataOf(content),
            metadata: metadataOf(content),
          },
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
        this.#add({
          output_type: "error",
          ename: String(content["ename"]),
          evalue: String(content["evalue"]),
          traceback: Array.isArray(content["traceback"]) ? content["traceback"].map(String) : [],
        });
        return;
      case "clear_output":
        if (content["wait"] === true) this.#clearsBeforeNext = true;
        else this.#outputs.length = 0;
        return;
    }
  }

  #stream(name: "stdout" | "stderr", text: string): void {
    if (this.#clearsBeforeNext) this.#clear();
    const last = this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = `${String(last.text)}${text}`;
    else this.#outputs.push({ output_type: "stream", name, text });
  }

  #show(output: Shown, content: Readonly<Record<string, unknown>>): void {
    this.#add(output);
    const id = displayId(content);
    if (id !== undefined) this.#shownById.set(id, [...(this.#shownById.get(id) ?? []), output]);
  }

  #add(output: Output): void {
    if (this.#clearsBeforeNext) this.#clear();
    this.#outputs.push(output);
  }

  #clear(): void {
    this.#outputs.length = 0;
    this.#clearsBeforeNext = false;
  }
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
