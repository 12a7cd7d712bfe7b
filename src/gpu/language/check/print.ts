// printf("x = %d\n", x): the format against the types of what it is given. Knows nothing of other calls.
import type * as acorn from "acorn";
import { formatType, isFloat, type ScalarType, type Statement } from "../tree.js";
import { converted } from "./convert.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, StatementDraft } from "./scope.js";
import { scalarTypes } from "./types.js";

const conversion = /%[-+ #0]*(\*|\d+)?(\.(\*|\d+)?)?(hh|ll|[hlzjt])?([a-zA-Z%])/g;

/** What a conversion takes: its letters, without flags and width. */
interface Conversion {
  readonly text: string;
  readonly long: boolean;
  readonly letter: string;
}

export function printStatement(checker: Checker, node: acorn.CallExpression): StatementDraft {
  const [first, ...rest] = node.arguments;
  const format = first === undefined ? undefined : textValue(first);
  if (format === undefined) {
    throw checker.error(
      first ?? node,
      "printf takes its format as text first",
      'Write printf("x = %d\\n", x). The text is known when the kernel is compiled.',
    );
  }
  const conversions = readConversions(checker, first, format);
  if (conversions.length !== rest.length) {
    throw checker.error(
      node,
      `the format has ${conversions.length} conversion${conversions.length === 1 ? "" : "s"}, ${rest.length} value${rest.length === 1 ? " is" : "s are"} given`,
      "Write one of %d, %u, %x, %f ... for each value; %% is a percent sign.",
    );
  }
  const drafts = rest.map((each, index) => {
    const draft = checker.draft(each);
    if (draft.constant !== undefined) checker.inference.suggest(draft.slot, preferred(conversions[index]));
    return draft;
  });
  return (): Statement[] => {
    const operands = drafts.map((draft, index) => {
      const built = draft.build();
      const found = scalarTypes.find((type) => type === built.type);
      const takes = conversions[index];
      const text = textOf(checker.frame.source, draft.node);
      if (found === undefined) {
        throw checker.error(
          draft.node,
          `printf prints numbers, this is ${formatType(built.type)}`,
          built.type === "bool" ? `Write ${text} ? 1 : 0.` : "Print an element: x[i].",
        );
      }
      if (!fits(takes, found)) {
        throw checker.error(draft.node, `${takes.text} does not print ${found}`, `Write ${suggestion(found)} for it.`);
      }
      // As C promotes the arguments of a variadic function.
      return isFloat(found) ? converted(built, "f64", built.place) : built;
    });
    return [{ kind: "print", place: placeOf(node), format, operands }];
  };
}

/** The text of a literal, or of a template without values. */
function textValue(node: acorn.Node): string | undefined {
  if (node.type === "Literal" && typeof (node as acorn.Literal).value === "string") {
    return (node as acorn.Literal).value as string;
  }
  const { expressions, quasis } = node as acorn.TemplateLiteral;
  return node.type === "TemplateLiteral" && expressions.length === 0
    ? (quasis[0].value.cooked ?? undefined)
    : undefined;
}

function readConversions(checker: Checker, node: acorn.Node, format: string): Conversion[] {
  const rest = format.replaceAll(conversion, "");
  if (rest.includes("%")) {
    throw checker.error(node, "the format has a % that begins no conversion", "A percent sign is written %%.");
  }
  return Array.from(format.matchAll(conversion)).flatMap(([text, width, , precision, size = "", letter]) => {
    if (letter === "%") return [];
    if (width === "*" || precision === "*") {
      throw checker.error(node, `${text} takes a width from the values`, "Write the width out: %8d.");
    }
    if (!"diuxXocfFeEgGaA".includes(letter)) {
      const fix =
        letter === "s" ? "A kernel has no texts: write it into the format." : "Print a number: %d, %u, %x, %f.";
      throw checker.error(node, `${text} is not a conversion of a number`, fix);
    }
    return [{ text, long: size === "ll" || size === "l", letter }];
  });
}

function fits({ long, letter }: Conversion, type: ScalarType): boolean {
  if ("fFeEgGaA".includes(letter)) return isFloat(type);
  return !isFloat(type) && long === type.endsWith("64");
}

function preferred({ letter, long }: Conversion): ScalarType {
  if ("fFeEgGaA".includes(letter)) return "f64";
  return long ? "i64" : "i32";
}

function suggestion(type: ScalarType): string {
  if (isFloat(type)) return "%f";
  return { i32: "%d", u32: "%u", i64: "%lld", u64: "%llu" }[type];
}
