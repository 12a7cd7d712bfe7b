// Makes the PTX of the collection's CUDA sources anew: `node test/kernels/compile.mjs [--check] [name ...]`. Each source says in its
// second line with which options; --check writes nothing and exits 1 where what is committed is not what nvcc makes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("cuda/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "warplab-kernels-"));

/**
 * The PTX of a source. What would tell the machine that made it is taken out: of the files' paths all but the names, and the sections
 * with a debugger's data, which hold the path once more (ptxas asks for them where a target says `debug`); what lines refer to stays.
 */
function compile(source) {
  const options = /^\/\/ Made by: nvcc (.+)$/m.exec(readFileSync(join(folder, source), "utf8"))?.[1];
  if (options === undefined) throw new Error(`${source} does not say how it is made: // Made by: nvcc -ptx ...`);
  const out = join(scratch, "out.ptx");
  execFileSync("nvcc", [...options.split(" "), source, "-o", out], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return readFileSync(out, "utf8")
    .replace(/^\t\.section\t\.debug_(?!str)[^{]*\{[^}]*\}\n/gm, "")
    .replace(/^(\t\.file\t\d+ )"([^"]*)"/gm, (_, head, path) => `${head}"${basename(path)}"`);
}

const version = execFileSync("nvcc", ["--version"], { encoding: "utf8" }).match(/release .*/)?.[0];
const check = process.argv.includes("--check");
const named = process.argv.slice(2).filter((word) => word !== "--check");
const sources = readdirSync(folder).filter(
  (name) => name.endsWith(".cu") && (named.length === 0 || named.includes(basename(name, ".cu"))),
);
try {
  for (const source of sources) {
    const target = join(folder, source.replace(/\.cu$/, ".ptx"));
    const ptx = compile(source);
    if (!check) writeFileSync(target, ptx);
    else if (readFileSync(target, "utf8") !== ptx) {
      console.log(`${basename(target)} is not what nvcc (${version}) makes of ${source}`);
      process.exitCode = 1;
    }
  }
  console.log(`${sources.length} source${sources.length === 1 ? "" : "s"}, nvcc ${version}`);
} finally {
  rmSync(scratch, { recursive: true });
}
