// Says from a file's first bytes what format it has. Knows how formats begin and reads none.

export type FileForm = "driver-calls" | "driver-calls-old" | "chrome" | "sqlite" | "gzip" | "unknown";

/** So many bytes are enough to tell. */
export const enoughToDetect: number = 1 << 16;

export function detectForm(head: Uint8Array): FileForm {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  const text = new TextDecoder().decode(head);
  if (text.startsWith("SQLite format 3\0")) return "sqlite";
  const begun = text.trimStart();
  if (begun.startsWith("[")) return "chrome";
  // The last line may be cut off.
  const lines = begun.split(/\r?\n/).slice(0, manyLines);
  for (const line of lines) {
    const form = formOfLine(line);
    if (form !== undefined) return form;
  }
  if (!begun.startsWith("{")) return "unknown";
  // No line is an object, so it is one that takes several; or a line that is broken, as old tracers wrote, and nothing else is there.
  return lines.length > 1 && lines.some((line) => oldKeys.test(line)) ? "driver-calls-old" : "chrome";
}

/** Some come with words in front. */
const manyLines = 200;

function formOfLine(line: string): FileForm | undefined {
  if (!line.startsWith("{")) return beginsList(line);
  let object: Readonly<Record<string, unknown>>;
  try {
    object = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return beginsList(line);
  }
  const { format, traceEvents } = object;
  if (traceEvents !== undefined) return "chrome";
  if (typeof format === "string" && format.startsWith("warplab-trace")) return "driver-calls";
  if (oldKeys.test(line)) return "driver-calls-old";
  // Events of a Chrome trace without their list look alike, but for the id; and their times have another unit.
  return "ph" in object && "ts" in object && "id" in object ? "driver-calls" : undefined;
}

/** A line of a Chrome trace's events may well stand alone: the last, which no comma follows. So the list's begin decides. */
function beginsList(line: string): FileForm | undefined {
  return listOfEvents.test(line) ? "chrome" : undefined;
}

/** Where the events of a Chrome trace begin: a line's first member, or a further one of a line that is no object by itself. */
const listOfEvents = /^\s*(?:\{.*,\s*|\{\s*)?"traceEvents"\s*:\s*\[/;

/** What lines of the old tracers have and no other's. */
const oldKeys = /"(?:event_id|op_id|phase)"\s*:/;
