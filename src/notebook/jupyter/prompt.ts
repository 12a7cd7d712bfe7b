// `prompt` in a cell: asks the person in front of the notebook for a line and waits for it, as in a browser. Knows nothing of
// sockets or of how the wait ends early.
import { WarplabError } from "../../core/errors.js";
import { Interrupted } from "./errors/interrupted.js";
import type { Content, Message } from "./wire/message.js";
import type { InputAnswer } from "./wire/threads.js";

/** The request of a cell, for as long as the cell runs: whom it may ask. */
export interface Asker {
  readonly request: Pick<Message, "identities" | "header">;
  /** Whether the front end said that it can answer. */
  readonly allowed: boolean;
  running: boolean;
}

export interface PromptOptions {
  /** The answer when the line is left empty. */
  readonly default?: string;
  /** Do not show what is typed. */
  readonly password?: boolean;
}

export type Prompt = (message?: string, options?: string | PromptOptions) => string | null;

export interface PromptParts {
  asker(): Asker | undefined;
  /** Publishes what was printed before, so that it is seen before the question. */
  flush(): void;
  ask(request: Asker["request"], content: Content): InputAnswer;
}

/** What a front end sends when its user ends the input. */
const endOfInput = "\x04";

export function createPrompt({ asker, flush, ask }: PromptParts): Prompt {
  return (message = "", options = {}) => {
    const { default: fallback, password } = readOptions(options);
    const from = asker();
    const question = questionText(String(message), password ? undefined : fallback);
    const quoted = `prompt(${JSON.stringify(String(message))})`;
    if (from === undefined || !from.running) {
      throw new WarplabError(`${quoted}: only a cell that runs can ask; this code runs after its cell or beside it.`, {
        fix: "Ask in the cell, before its last await is over, and pass the answer on.",
      });
    }
    if (!from.allowed) {
      throw new WarplabError(`${quoted}: nobody is there to answer, since this notebook is run without questions.`, {
        fix: 'Put the value in the cell tagged "parameters" and set it with `warplab run NOTEBOOK --set name=value`.',
      });
    }
    flush();
    const answer = ask(from.request, { prompt: question, password });
    if (answer.kind === "interrupted") throw new Interrupted();
    if (answer.kind === "unreachable") {
      throw new WarplabError(`${quoted}: the front end that runs this cell is not connected to answer.`, {
        fix: "Run the cell again, or put the value in the cell.",
      });
    }
    if (answer.value === endOfInput) return null;
    return answer.value === "" && fallback !== undefined ? fallback : answer.value;
  };
}

function readOptions(options: string | PromptOptions | null | undefined): {
  default: string | undefined;
  password: boolean;
} {
  if (typeof options !== "object" || options === null) {
    return { default: options == null ? undefined : String(options), password: false };
  }
  const { default: fallback, password } = options;
  return { default: fallback === undefined ? undefined : String(fallback), password: password === true };
}

/** `Name [Ada] `: the answer is typed right behind it. */
function questionText(message: string, fallback: string | undefined): string {
  const text = fallback === undefined || fallback === "" ? message : `${message.trimEnd()} [${fallback}] `.trimStart();
  return text === "" || /\s$/.test(text) ? text : `${text} `;
}
