// What a browser is given: the page's runtime simulates, and never carries the compiler; a page stays small.
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { repository, warplab } from "../cli/command.js";

/** The sources of each bundle, as the build wrote them down. */
const built = JSON.parse(readFileSync(`${repository}dist/assets/inputs.json`, "utf8")) as Record<string, string[]>;

/** What runs a recorded launch in a browser. */
const simulator = ["src/gpu/ptx/", "src/gpu/simt/", "src/gpu/analysis/"];

/** What only a kernel or a terminal needs: the language and its parser, notebooks, files, and TypeScript itself. */
const foreign = [
  /^src\/gpu\/language\//,
  /^src\/(notebook|cli)\//,
  /^node_modules\/(acorn[^/]*|typescript|@tslab|zeromq|commander)\//,
];

const reached = (inputs: readonly string[]) =>
  simulator.filter((folder) => inputs.some((file) => file.startsWith(folder)));
const foreignIn = (inputs: readonly string[]) => inputs.filter((file) => foreign.some((pattern) => pattern.test(file)));

/** The sources of a bundle of this text, beside the views. */
async function inputsOf(contents: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: join(repository, "widgets"), loader: "ts" },
    absWorkingDir: repository,
    bundle: true,
    metafile: true,
    write: false,
    platform: "browser",
    format: "iife",
    define: { WARPLAB_VERSION: '""' },
    logLevel: "silent",
    external: ["node:*"],
  });
  return Object.keys(metafile.inputs);
}

describe.each(["assets/page.js", "assets/stepper.js", "labextension/static/remoteEntry.js"])("%s", (bundle) => {
  it("holds the simulator and neither the kernel language nor its parser", () => {
    expect(reached(built[bundle])).toEqual(simulator);
    expect(foreignIn(built[bundle])).toEqual([]);
  });
});

it("the tour's page, with all that it needs, stays within its budget of 3 MB", async () => {
  const out = mkdtempSync(join(tmpdir(), "warplab-budget-"));
  const { page } = (await warplab(["run", "notebooks/00-tour.ipynb", "--out", out, "--json"]).then(
    ({ status, stdout, stderr }) => {
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout);
    },
  )) as { page: string };
  const { size } = statSync(page);
  expect(size).toBeGreaterThan(500_000);
  expect(size).toBeLessThan(3_000_000);
});

describe("these checks", () => {
  it("read what a bundle of the same sources holds", async () => {
    const inputs = await inputsOf('import "./hosts/page.js";');
    expect(inputs.filter((file) => file !== "<stdin>").sort()).toEqual([...built["assets/page.js"]].sort());
  });

  it("fail for a page that reaches the language, and for one that reaches no simulator", async () => {
    const withLanguage = await inputsOf('import { kernel } from "../src/gpu/language/index.js"; console.log(kernel);');
    expect(foreignIn(withLanguage)).toContainEqual(expect.stringMatching(/^node_modules\/acorn\//));
    expect(foreignIn(withLanguage)).toContain("src/gpu/language/index.ts");
    expect(reached(await inputsOf('import "./view.js";'))).toEqual([]);
  });
});
