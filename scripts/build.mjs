// Builds dist/: the library (tsc) and the browser bundles in dist/assets and dist/labextension (esbuild). A second call with
// nothing changed returns at once, so `npm start` and `npm test` can call it every time. `--force` builds regardless.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const stampFile = join(dist, ".built.json");
const lockDirectory = join(dist, ".building");
const inputs = ["src", "widgets", "hardware", "scripts", "tsconfig.json", "package.json", "package-lock.json"];
const promised = [
  "index.js",
  "assets/page.js",
  "assets/frame.js",
  "assets/chart.js",
  "assets/service.js",
  "assets/service.html",
  "assets/timeline.js",
  "assets/validation.js",
  "assets/vega.cjs",
  "labextension/package.json",
];

class BuildError extends Error {}

/** Every input's modification time and size, as one string. */
function fingerprint() {
  const lines = [];
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else if (!path.endsWith(".generated.ts")) lines.push(`${relative(root, path)} ${stat.mtimeMs} ${stat.size}`);
  };
  for (const input of inputs) visit(join(root, input));
  return lines.join("\n");
}

function isUpToDate(inputsNow) {
  if (!existsSync(stampFile) || !promised.every((file) => existsSync(join(dist, file)))) return false;
  try {
    return JSON.parse(readFileSync(stampFile, "utf8")).inputs === inputsNow;
  } catch {
    return false;
  }
}

function run(label, file, parameters) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [file, ...parameters], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (text += chunk));
    child.on("error", (error) => fail(new BuildError(`${label} did not start: ${error.message}`)));
    child.on("close", (status) =>
      status === 0 ? done(text) : fail(new BuildError(`${text.trim()}\n${label} failed.`)),
    );
  });
}

async function generateDevices() {
  const generator = join(root, "scripts", "generate-devices.mjs");
  if (existsSync(generator)) await run("Generating the device index", generator, []);
}

async function compile() {
  const compiler = join(root, "node_modules", "typescript", "lib", "tsc.js");
  if (!existsSync(compiler)) throw new BuildError("TypeScript is not installed: run `npm ci` first.");
  const state = join(dist, ".tsbuildinfo");
  if (!existsSync(join(dist, "index.js"))) rmSync(state, { force: true });
  const flags = ["--incremental", "--tsBuildInfoFile", state, "--pretty", "false"];
  await run("tsc", compiler, ["-p", "tsconfig.json", ...flags]);
}

/** Removes what an earlier build made from sources that are gone, so that an import of them fails here as it would elsewhere. */
function prune(directory = dist) {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (directory === dist && ["assets", "labextension", "jupyter"].includes(entry.name)) continue;
    if (entry.isDirectory()) prune(path);
    const source = join(root, "src", relative(dist, path)).replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts");
    if (/\.(js|d\.ts)(\.map)?$/.test(entry.name) && !existsSync(source)) rmSync(path);
  }
}

async function bundle() {
  const { build } = await import("esbuild").catch(() => {
    throw new BuildError("esbuild is not installed: run `npm ci` first.");
  });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const browser = { platform: "browser", format: "iife", target: ["es2022"] };
  const bundles = [
    { entry: "widgets/hosts/page.ts", out: "assets/page.js", options: browser },
    { entry: "widgets/hosts/framed.ts", out: "assets/frame.js", options: browser },
    { entry: "widgets/chart/embed.ts", out: "assets/chart.js", options: browser },
    // Views that few notebooks show come in scripts of their own; the server's page has that of a service within.
    { entry: "widgets/hosts/timeline.ts", out: "assets/timeline.js", options: browser },
    { entry: "widgets/hosts/timeline.ts", out: "labextension/static/timeline.js", options: browser },
    { entry: "widgets/hosts/validation.ts", out: "assets/validation.js", options: browser },
    { entry: "widgets/hosts/validation.ts", out: "labextension/static/validation.js", options: browser },
    { entry: "widgets/hosts/service.ts", out: "assets/service.js", options: browser },
    { entry: "widgets/hosts/service.ts", out: "labextension/static/service.js", options: browser },
    {
      entry: "widgets/hosts/service-page.ts",
      out: "assets/service.html",
      page: "widgets/hosts/service-page.html",
      options: browser,
    },
    { entry: "widgets/hosts/labextension.ts", out: "labextension/static/remoteEntry.js", options: browser },
    { entry: "widgets/hosts/anywidget.ts", out: "assets/stepper.js", options: { ...browser, format: "esm" } },
    {
      entry: "widgets/hosts/anywidget-timeline.ts",
      out: "assets/timeline.mjs",
      options: { ...browser, format: "esm" },
    },
    // vega's entry for Node has a top-level await: the neutral platform takes the one without it, and CommonJS lets a cell
    // load the chart's renderer in the middle of a synchronous call.
    {
      entry: "widgets/chart/still.ts",
      out: "assets/vega.cjs",
      options: { platform: "neutral", mainFields: ["module", "main"], format: "cjs", target: ["node20"] },
    },
  ];
  const reports = await Promise.all(
    bundles.map(async ({ entry, out, page, options }) => {
      if (!existsSync(join(root, entry))) return { out, missing: entry };
      const result = await build({
        ...options,
        entryPoints: [join(root, entry)],
        absWorkingDir: root,
        bundle: true,
        minify: true,
        legalComments: "none",
        charset: "utf8",
        metafile: true,
        write: false,
        logLevel: "silent",
        define: { WARPLAB_VERSION: JSON.stringify(version) },
      }).catch((error) => {
        const [first] = error.errors ?? [];
        const place = first?.location ? `${first.location.file}:${first.location.line}: ` : "";
        throw new BuildError(`${place}${first?.text ?? error.message}\nBundling ${entry} failed.`);
      });
      const file = join(dist, out);
      mkdirSync(dirname(file), { recursive: true });
      const bytes = page === undefined ? result.outputFiles[0].contents : withinPage(page, result.outputFiles[0].text);
      replaceFile(file, bytes);
      return { out, bytes, inputs: Object.keys(result.metafile.inputs).sort() };
    }),
  );
  replaceFile(join(dist, "assets", "inputs.json"), inputsByBundle(reports));
  replaceFile(
    join(dist, "labextension", "package.json"),
    `${JSON.stringify(
      {
        name: "warplab",
        version,
        description: "warplab's widgets in JupyterLab",
        jupyterlab: { extension: "lib/plugin", _build: { load: "static/remoteEntry.js", extension: "./extension" } },
      },
      null,
      2,
    )}\n`,
  );
  return reports;
}

/** A page that holds its script, so that it loads nothing. */
function withinPage(page, script) {
  const [before, after] = readFileSync(join(root, page), "utf8").split("/*SCRIPT*/");
  return Buffer.from(before + script.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--") + after);
}

function inputsByBundle(reports) {
  const built = reports.filter((report) => report.missing === undefined);
  return `${JSON.stringify(Object.fromEntries(built.map(({ out, inputs: from }) => [out, from])), null, 1)}\n`;
}

function replaceFile(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** One build at a time: a second one waits, and then usually finds nothing to do. */
async function lock() {
  mkdirSync(dist, { recursive: true });
  for (;;) {
    try {
      mkdirSync(lockDirectory);
      writeFileSync(join(lockDirectory, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!ownerLives()) rmSync(lockDirectory, { recursive: true, force: true });
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

function ownerLives() {
  try {
    process.kill(Number(readFileSync(join(lockDirectory, "pid"), "utf8")), 0);
    return true;
  } catch (error) {
    // Between mkdir and the write there is no pid yet.
    const age = Date.now() - (statSync(lockDirectory, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return error.code === "EPERM" || (error.code === "ENOENT" && age < 2000);
  }
}

async function main() {
  const force = process.argv.includes("--force");
  if (!force && isUpToDate(fingerprint())) return;
  await lock();
  try {
    const inputsNow = fingerprint();
    if (!force && isUpToDate(inputsNow)) return;
    const started = performance.now();
    rmSync(stampFile, { force: true });
    if (force) rmSync(join(dist, ".tsbuildinfo"), { force: true });
    await generateDevices();
    const outcomes = await Promise.allSettled([compile(), bundle()]);
    const failures = outcomes.filter((outcome) => outcome.status === "rejected").map((outcome) => outcome.reason);
    const defect = failures.find((reason) => !(reason instanceof BuildError));
    if (defect !== undefined) throw defect;
    if (failures.length > 0) throw new BuildError(failures.map((reason) => reason.message).join("\n"));
    prune();
    const reports = outcomes[1].value;
    const missing = reports.filter((report) => report.missing !== undefined);
    const { gzipSync } = await import("node:zlib");
    for (const { out, bytes } of reports.filter((report) => report.bytes !== undefined)) {
      const kilobytes = (count) => `${(count / 1000).toFixed(0)} kB`;
      process.stderr.write(`  dist/${out}  ${kilobytes(bytes.length)}, ${kilobytes(gzipSync(bytes).length)} gzip\n`);
    }
    if (missing.length > 0)
      throw new BuildError(`No source for ${missing.map((report) => `${report.out} (${report.missing})`).join(", ")}.`);
    writeFileSync(stampFile, JSON.stringify({ inputs: inputsNow }));
    process.stderr.write(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
  } finally {
    rmSync(lockDirectory, { recursive: true, force: true });
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof BuildError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
