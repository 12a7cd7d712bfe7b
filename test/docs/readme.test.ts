// What README shows is run as it stands, and the words that the notebooks set in italics are explained.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository, warplab, warplabJson } from "../cli/command.js";
import { bertFile } from "../model/graph/onnx/bert-file.js";

const readme = readFileSync(`${repository}README.md`, "utf8");

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text);
}

describe("README", () => {
  it("shows code that runs, cell by cell", async () => {
    const cells = blocks("ts");
    expect(cells.length).toBeGreaterThan(1);
    const folder = mkdtempSync(join(tmpdir(), "warplab-readme-"));
    writeFileSync(
      join(folder, "readme.ipynb"),
      JSON.stringify({
        cells: [...cells, "y.toArray()"].map((source, i) => ({
          cell_type: "code",
          id: `c${i}`,
          metadata: {},
          source,
          execution_count: null,
          outputs: [],
        })),
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
    const { status, stderr } = await warplab(["run", "readme.ipynb"], { cwd: folder });
    expect(stderr).not.toContain("failed");
    expect(status).toBe(0);
    const executed = readFileSync(join(folder, "out/readme.ipynb"), "utf8");
    expect(executed).toContain("2, 4, 6, 8");
    expect(readme).toContain("Float32Array [2, 4, 6, 8]");
    expect(executed).toContain("all within the band");
  });

  const commands = blocks("sh")
    .flatMap((block) => block.split("\n"))
    .map((line) => /^npx warplab ([^#]*?)\s*(#.*)?$/.exec(line)?.[1] ?? "")
    // Those two go on until they are stopped; tests of their own start them.
    .filter((words) => words !== "" && words !== "lab" && words !== "serve");

  it("shows the commands", () => {
    expect(commands.map((words) => words.split(" ")[0])).toEqual([
      "devices",
      "predict",
      "predict",
      "model",
      "model",
      "infer",
      "trace",
      "trace",
      "trace",
      "sweep",
      "sweep",
      "validate",
      "launch",
      "ptx",
      "run",
      "page",
      "simulate",
      "simulate",
      "export-benchmark",
      "validate",
    ]);
  });

  // In a folder that looks like the repository's, so that what they write stays out of it; one after the other, since a
  // command may take up what the one before it wrote.
  const folder = mkdtempSync(join(tmpdir(), "warplab-readme-"));
  for (const name of ["hardware", "examples"]) symlinkSync(join(repository, name), join(folder, name));
  // What the script that is exported would print on a machine with a GPU.
  copyFileSync(`${repository}hardware/measurements/gb10.json`, join(folder, "measured.json"));
  writeFileSync(
    join(folder, "my-model.onnx"),
    bertFile({ layers: 2, hidden: 128, heads: 2, inner: 512, vocabulary: 1000, positions: 512 }),
  );

  it.each(commands)("shows a command that works: %s", async (words) => {
    expect(await warplab(words.split(" "), { cwd: folder })).toMatchObject({ status: 0 });
  });

  it("has an example launch that gives what saxpy gives", async () => {
    const { outputs } = (await warplabJson(["launch", "examples/saxpy.json"])) as {
      outputs: Record<string, { base64: string }>;
    };
    const bytes = Uint8Array.from(Buffer.from(outputs["3"].base64, "base64"));
    expect([...new Float32Array(bytes.buffer)]).toEqual(Array(100).fill(2 * 3 + 1));
  });

  it("has an example notebook with parameters", async () => {
    const folder = mkdtempSync(join(tmpdir(), "warplab-readme-"));
    const { status } = await warplab(["run", `${repository}examples/saxpy.ipynb`, "--set", "n=64"], { cwd: folder });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "out/saxpy.ipynb"), "utf8")).toContain("y[63] = 126");
  });
});

describe("GLOSSARY", () => {
  const glossary = readFileSync(`${repository}GLOSSARY.md`, "utf8").toLowerCase();
  const notebooks = readdirSync(`${repository}notebooks`).filter((name) => name.endsWith(".ipynb"));

  it.each(notebooks)("explains every word that %s sets in italics", (name) => {
    const { cells } = JSON.parse(readFileSync(`${repository}notebooks/${name}`, "utf8")) as {
      cells: { cell_type: string; source: string | string[] }[];
    };
    const text = cells
      .filter((cell) => cell.cell_type === "markdown")
      .map(({ source }) => (typeof source === "string" ? source : source.join("")))
      .join("\n");
    const words = [...text.replace(/`[^`]*`/g, "").matchAll(/(?<![*\w])\*([a-z][\w -]*)\*(?!\*)/gi)].map(
      ([, word]) => word,
    );
    expect(words.length).toBeGreaterThan(0);
    // "launched" is explained as "launch", "warps" as "warp", "diverges" as "divergence".
    const isExplained = (word: string) => {
      const stem = word.toLowerCase().replace(/(ed|es|s)$/, "");
      return new RegExp(`\\*\\*${stem}`).test(glossary);
    };
    expect(words.filter((word) => word !== "italics" && !isExplained(word))).toEqual([]);
  });
});
