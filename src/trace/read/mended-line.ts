// Reads a line that was meant to be a JSON object and is none, as a printf without the right quotes writes: the members one by one, each as far
// as the next one's name. Knows nothing of what they say.

/** The members; undefined where there are none. A value that is no JSON is a number where it is a hexadecimal one, and else a text. */
export function mendedLine(text: string): Readonly<Record<string, unknown>> | undefined {
  const members = [...text.matchAll(member)];
  if (members.length === 0) return undefined;
  const object: Record<string, unknown> = {};
  for (const [index, { 1: name, index: at, 0: whole }] of members.entries()) {
    const next = index + 1 < members.length ? members[index + 1].index : text.length;
    object[name] = memberValue(text.slice(at + whole.length, next));
  }
  return object;
}

/** A member's name with its colon; not within a word that is quoted for another reason. */
const member = /(?:^\{|,|\s)\s*"([A-Za-z_]\w*)"\s*:/g;

function memberValue(text: string): unknown {
  // The last one has the object's end behind it.
  for (const written of [text.trim(), text.trim().replace(/,$/, ""), text.trim().replace(/,?\s*\}$/, "")]) {
    if (written === "") continue;
    try {
      return JSON.parse(written);
    } catch {
      if (/^0x[0-9a-f]+$/i.test(written)) return Number(written);
    }
  }
  return text
    .trim()
    .replace(/,?\s*\}$/, "")
    .replace(/,$/, "")
    .replace(/^"|"$/g, "");
}
