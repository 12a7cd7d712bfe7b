// Makes the PTX of the benchmark's kernels anew, one file a kernel and format: `node hardware/benchmark/kernels/compile.mjs [--check]`,
// with nvcc on the PATH. --check writes nothing and exits 1 where what is committed is not what nvcc makes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

// mma.sync of FP16, BF16, TF32 and INT8 in these shapes is PTX 7.0 and sm_80, of FP8 8.4 and sm_89: an older driver reads no newer
// PTX than it must.
const kernels = [
  { source: "copy", name: "copy_bytes", target: "75", version: "7.0" },
  ...formats("gemv", "75", { fp32: "Single", fp16: "Half", bf16: "BFloat", int8: "Integer" }),
  ...formats("gemm", "80", { fp16: "Half", bf16: "BFloat", tf32: "TFloat", int8: "Integer" }),
  ...["gemv", "gemm"].map((source) => ({
    source,
    name: `${source}_fp8_e4m3`,
    target: "89",
    version: "8.4",
    options: ["-DFORMAT=Quarter", "-DFP8"],
  })),
];

function formats(source, target, types) {
  return Object.entries(types).map(([format, type]) => ({
    source,
    name: `${source}_${format}`,
    target,
    version: "7.0",
    options: [`-DFORMAT=${type}`],
  }));
}

const scratch = mkdtempSync(join(tmpdir(), "warplab-benchmark-"));
const check = process.argv.includes("--check");
try {
  for (const { source, name, target, version, options = [] } of kernels) {
    const out = join(scratch, "out.ptx");
    const flags = ["-ptx", `-arch=sm_${target}`, `-DNAME=${name}`, ...options, `${source}.cu`, "-o", out];
    execFileSync("nvcc", flags, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    const ptx = readFileSync(out, "utf8")
      .replace(/^\.version .*$/m, `.version ${version}`)
      .replace(/^\/\/.*\n/gm, "");
    const committed = join(folder, `${name}.ptx`);
    if (!check) writeFileSync(committed, ptx);
    else if (readFileSync(committed, "utf8") !== ptx) {
      console.log(`${name}.ptx is not what nvcc makes of ${source}.cu`);
      process.exitCode = 1;
    }
  }
  console.log(`${kernels.length} kernels`);
} finally {
  rmSync(scratch, { recursive: true });
}
