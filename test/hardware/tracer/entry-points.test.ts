// The table of entry points: its categories are warplab's, and its arguments those of NVIDIA's header, where one is installed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { driverCallCategory } from "../../../src/trace/index.js";
import { hasPython, tracerFolder } from "./stand-in.js";

interface Row {
  readonly name: string;
  readonly arguments: number;
  readonly category: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly text: number | null;
  readonly per_thread: boolean;
}

const table = (): Row[] =>
  JSON.parse(
    execFileSync(
      "python3",
      ["-B", "-c", "import entry_points, json; print(json.dumps([e.__dict__ for e in entry_points.read_table()]))"],
      {
        cwd: tracerFolder,
        encoding: "utf8",
      },
    ),
  );

const header = ["/usr/local/cuda/include/cuda.h", "/usr/include/cuda.h", "/usr/lib/cuda/include/cuda.h"].find((path) =>
  existsSync(path),
);

/** Functions of the header with their numbers of arguments, and the names that have a variant per thread. */
function declared(path: string): { readonly counts: Map<string, Set<number>>; readonly variants: Set<string> } {
  const text = readFileSync(path, "latin1").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const counts = new Map<string, Set<number>>();
  for (const [, name, words] of text.matchAll(/CUresult\s+CUDAAPI\s+(cu\w+)\s*\(([^;]*?)\)\s*;/g)) {
    const count = /^\s*(void)?\s*$/.test(words) ? 0 : words.replace(/\([^)]*\)/g, "").split(",").length;
    counts.set(name, (counts.get(name) ?? new Set()).add(count));
  }
  const variants = [...text.matchAll(/__CUDA_API_(PTDS|PTSZ)\((cu\w+)\)/g)].map(
    ([, kind, name]) => `${name}_${kind.toLowerCase()}`,
  );
  return { counts, variants: new Set(variants) };
}

describe.skipIf(!hasPython)("the table of entry points", () => {
  it("has the categories of warplab, and none of the names twice", () => {
    const rows = table();
    expect(rows.length).toBeGreaterThan(250);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(rows.map(({ name, category }) => `${name} ${category}`)).toEqual(
      rows.map(({ name }) => `${name} ${driverCallCategory(name)}`),
    );
    const waits = rows.filter(({ category }) => category === "sync").map(({ name }) => name);
    expect(waits).toEqual([
      ...[
        "cuCtxSynchronize",
        "cuCtxSynchronize_v2",
        "cuStreamSynchronize",
        "cuStreamSynchronize_ptsz",
        "cuEventSynchronize",
      ],
    ]);
  });

  it("means arguments that there are", () => {
    const beyond = table().flatMap(({ name, arguments: count, fields, text }) =>
      fields
        .flatMap(([, word]) => word.split("*"))
        .filter((word) => /^\d+$/.test(word) && Number(word) >= count)
        .concat(text !== null && text >= count ? ["text"] : [])
        .map((word) => `${name}: ${word}`),
    );
    expect(beyond).toEqual([]);
  });

  it.skipIf(header === undefined)("agrees with NVIDIA's cuda.h", () => {
    const { counts, variants } = declared(header!);
    // Of another version of the interface than this header's: not held.
    const known = table().filter(({ name }) => counts.has(name) && !other.has(name));
    expect(known.length).toBeGreaterThan(120);
    expect(known.filter(({ name, arguments: count }) => !counts.get(name)!.has(count)).map(({ name }) => name)).toEqual(
      [],
    );
    const plain = new Set(table().map(({ name }) => name));
    const missing = [...variants].filter((name) => plain.has(name.replace(/_pt[sd][sz]$/, "")) && !plain.has(name));
    expect(missing).toEqual([]);
  });
});

/** The header has these names for a newer version, whose symbol has another name. */
const other = new Set([
  "cuMemPrefetchAsync",
  "cuMemcpyBatchAsync",
  "cuMemcpy3DBatchAsync",
  "cuGraphInstantiate",
  "cuMemAdvise",
]);
