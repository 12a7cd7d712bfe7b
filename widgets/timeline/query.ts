// What a search asks for: words and regular expressions in names, categories, arguments and tracks, and how long an event takes. Knows no
// events.

/** Where a term looks. */
export type Field = "name" | "category" | "arguments" | "track";

export interface TextTerm {
  readonly kind: "text";
  /** All of them unless one is said. */
  readonly fields: readonly Field[];
  readonly pattern: RegExp;
  /** An event that has it is no hit. */
  readonly isExcluded: boolean;
}

export interface TimeTerm {
  readonly kind: "time";
  /** Nanoseconds. */
  readonly than: number;
  readonly is: "longer" | "shorter";
}

/** All of them must hold. */
export interface Query {
  readonly terms: readonly (TextTerm | TimeTerm)[];
}

const prefixes: Readonly<Record<string, Field>> = {
  name: "name",
  category: "category",
  cat: "category",
  arguments: "arguments",
  args: "arguments",
  track: "track",
};
const allFields: readonly Field[] = ["name", "category", "arguments"];
const sizes: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "\u00b5s": 1e3, ms: 1e6, s: 1e9 };

export const queryHelp: string =
  'Words that all must be in an event\'s name, category or arguments. Also /regular expression/, "two words", -not, ' +
  "name: category: args: track: before a word, and >2ms or <10us for how long it takes.";

/** A search as it was typed. Throws Error with a sentence for what is no search; a query without terms finds nothing. */
export function parseQuery(text: string): Query {
  const terms: (TextTerm | TimeTerm)[] = [];
  for (const [, minus, prefix, regex, flags, quoted, word] of text.matchAll(termPattern)) {
    const isExcluded = minus === "-";
    const time = word === undefined || prefix !== undefined ? undefined : timeTerm(word);
    if (time !== undefined) {
      terms.push(time);
      continue;
    }
    const fields = prefix === undefined ? allFields : [prefixes[prefix.slice(0, -1).toLowerCase()]];
    const pattern = regex === undefined ? new RegExp(literal(quoted ?? word), "i") : regularExpression(regex, flags);
    terms.push({ kind: "text", fields, pattern, isExcluded });
  }
  return { terms };
}

const termPattern =
  /(?<=^|\s)(-?)((?:name|category|cat|arguments|args|track):)?(?:\/((?:\\.|[^\\/])+)\/([a-z]*)|"([^"]+)"|(\S+))/gi;

function timeTerm(word: string): TimeTerm | undefined {
  const said = /^([<>])=?(\d+(?:\.\d+)?)(ns|us|\u00b5s|ms|s)$/i.exec(word);
  if (said === null) return undefined;
  return {
    kind: "time",
    is: said[1] === ">" ? "longer" : "shorter",
    than: Number(said[2]) * sizes[said[3].toLowerCase()],
  };
}

function regularExpression(source: string, flags: string): RegExp {
  try {
    // Without "g" and "y": they would make a test depend on the one before.
    return new RegExp(source, flags === "" ? "i" : flags.replace(/[gy]/g, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error);
    throw new Error(`This is no regular expression: ${reason}`);
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
