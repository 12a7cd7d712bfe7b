// What was executed in this kernel's life, for history_request. Nothing is kept on disk: there is one session.
import type { Content } from "./wire/message.js";

export class History {
  private readonly entries: { readonly line: number; readonly input: string; readonly output: string | null }[] = [];

  add(line: number, input: string, output: string | null): void {
    this.entries.push({ line, input, output });
  }

  /** The content of history_reply: `range`, `tail` and `search` as the protocol defines them; 0 is this session. */
  answer(request: Content): Content {
    const found = this.select(request);
    const withOutput = request["output"] === true;
    return {
      status: "ok",
      history: found.map(({ line, input, output }) => [0, line, withOutput ? [input, output] : input]),
    };
  }

  private select(request: Content): typeof this.entries {
    const n = typeof request["n"] === "number" ? Math.max(0, Math.trunc(request["n"])) : undefined;
    const lastOf = (entries: typeof this.entries): typeof this.entries =>
      n === undefined ? entries : entries.slice(Math.max(0, entries.length - n));
    switch (request["hist_access_type"]) {
      case "range": {
        const session = typeof request["session"] === "number" ? request["session"] : 0;
        if (session !== 0) return [];
        const start = typeof request["start"] === "number" ? request["start"] : 0;
        const stop = typeof request["stop"] === "number" ? request["stop"] : Number.POSITIVE_INFINITY;
        return this.entries.filter(({ line }) => line >= start && line < stop);
      }
      case "search": {
        const pattern = wildcard(typeof request["pattern"] === "string" ? request["pattern"] : "*");
        let found = this.entries.filter(({ input }) => pattern.test(input));
        if (request["unique"] === true) {
          found = found.filter(({ input }, i) => found.findLastIndex((entry) => entry.input === input) === i);
        }
        return lastOf(found);
      }
      default:
        return lastOf(this.entries);
    }
  }
}

/** `*` and `?` as a shell has them. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[\\s\\S]*").replaceAll("?", "[\\s\\S]")}$`);
}
