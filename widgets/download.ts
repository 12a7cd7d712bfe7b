// A file that a person takes away, and text that goes to the clipboard. Knows no view.

/** Parts of a megabyte or so: a part for each small piece would be millions of them. */
export function joinedParts(pieces: Iterable<string>): string[] {
  const parts: string[] = [];
  let part = "";
  for (const piece of pieces) {
    part += piece;
    if (part.length > 2 ** 20) {
      parts.push(part);
      part = "";
    }
  }
  return [...parts, part];
}

export function download(name: string, parts: readonly string[], type = "application/json"): void {
  const address = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Letters, digits and hyphens of a text, so that any system takes it as a file's name. */
export function fileName(text: string, otherwise: string): string {
  const words = text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return words === "" ? otherwise : words;
}

/** Whether it could be copied: a page may not be allowed to. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
