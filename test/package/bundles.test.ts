// What a browser is given: the page's runtime simulates, and never carries the compiler; a page stays small.
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { writeFixtureNotebook } from "../browser/fixture-notebook.js";
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

const simulating = ["assets/page.js", "assets/frame.js", "assets/stepper.js", "labextension/static/remoteEntry.js"];

describe.each(simulating)("%s", (bundle) => {
  it("holds the simulator and neither the kernel language nor its parser", () => {
    expect(reached(built[bundle])).toEqual(simulator);
    expect(foreignIn(built[bundle])).toEqual([]);
  });
});

it("a static form's frame carries no controls, no outputs and no charts: they would be written into each output again", () => {
  const beyondTheView = /^widgets\/(controls|chart)\/|^src\/view\/page|page-widgets/;
  expect(built["assets/frame.js"].filter((file) => beyondTheView.test(file))).toEqual([]);
  expect(built["assets/page.js"].filter((file) => beyondTheView.test(file))).not.toEqual([]);
});

it("no bundle but its own carries the view of a validation", () => {
  const views = (bundle: string) => built[bundle].filter((file) => file.startsWith("widgets/validation/"));
  expect(views("assets/validation.js")).toContain("widgets/validation/view.ts");
  for (const bundle of simulating) expect(views(bundle)).toEqual([]);
});

it("no bundle but its own carries the view of a timeline, and that one neither simulator nor tables nor readers of formats", () => {
  const views = (bundle: string) => built[bundle].filter((file) => file.startsWith("widgets/timeline/"));
  const own = built["assets/timeline.js"];
  expect(views("assets/timeline.js")).toContain("widgets/timeline/view.ts");
  for (const bundle of [...simulating, "assets/service.js", "assets/validation.js"]) expect(views(bundle)).toEqual([]);
  expect(
    own.filter((file) => /^src\/(gpu|model|hardware|serving|trace\/(read|analysis))\/|arquero/.test(file)),
  ).toEqual([]);
});

it("a service's view carries its simulator, which no other bundle does, and no model of a device", () => {
  const serving = built["assets/service.js"].filter((file) => file.startsWith("src/serving/"));
  expect(serving).toContain("src/serving/run-with-costs.ts");
  expect(built["assets/service.js"].filter((file) => /^src\/(model|hardware|gpu\/simt)\//.test(file))).toEqual([]);
  for (const bundle of simulating) {
    expect(built[bundle].filter((file) => file.startsWith("src/serving/"))).toEqual([]);
  }
});

// What a bundle may weigh, compressed, by how often somebody pays for it. The simulator is in the first four and grows with the
// instructions that it knows: a limit is raised for those on purpose, and not for what came along with an import.
it.each([
  [
    "assets/frame.js",
    115_000,
    "in each static form of a stepper, a third more as text: ten of them are about a megabyte",
  ],
  ["assets/stepper.js", 115_000, "in each widget, where anywidget hosts the stepper"],
  ["labextension/static/remoteEntry.js", 125_000, "at each start of JupyterLab"],
  ["assets/page.js", 135_000, "once in a page with widgets"],
  // The service's view with its simulator, which it is to its worker too: never a part of the others.
  ["assets/service.js", 75_000, "once where a service is shown"],
  ["assets/validation.js", 30_000, "once where a validation is shown"],
  ["assets/timeline.js", 60_000, "once where a timeline is shown"],
  ["assets/chart.js", 330_000, "once in a page with charts"],
])("%s weighs at most %i bytes: it is paid for %s", (bundle, most) => {
  const { length } = gzipSync(readFileSync(`${repository}dist/${bundle}`), { level: 9 });
  expect(length).toBeGreaterThan(10_000);
  expect(length).toBeLessThan(most);
});

it("a notebook of ten steppers holds ten frames in under 1.7 MB, and its page one runtime in a third of that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "warplab-budget-"));
  const notebook = writeFixtureNotebook(
    folder,
    Array.from({ length: 9 }, (_, i) => `gpu.step(abs, { grid: 2, block: 32 }, { n: ${40 + i}, x, y })`),
  );
  const { status, stdout, stderr } = await warplab(["run", notebook, "--out", join(folder, "out"), "--json"]);
  expect(status, stderr).toBe(0);
  const written = JSON.parse(stdout) as { notebook: string; page: string };
  expect(readFileSync(written.notebook, "utf8").match(/<iframe class=/g)).toHaveLength(10);
  // Ten times what a frame may have, in base64, and some 15 kB of its own for each.
  expect(statSync(written.notebook).size).toBeLessThan(1_700_000);
  expect(readFileSync(written.page, "utf8")).not.toContain("<iframe");
  expect(statSync(written.page).size).toBeLessThan(500_000);
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
