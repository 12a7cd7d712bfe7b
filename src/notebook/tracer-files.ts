// The tracers for a machine with a GPU: where hardware/tracer/ is, written into a folder, and how to record with them. Knows nothing
// of what they record.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/errors.js";
import { makeWritableFolder } from "./folders.js";
import { installation } from "./installation.js";

/**
 * Writes the tracers and the inference scripts into a folder, which is made where it is missing. Returns the paths of the files.
 * Throws InputError where the folder cannot be written, or has another file under one of these names: nothing is written then.
 */
export function writeTracers(folder: string): string[] {
  const files = tracerFiles().map((name) => ({ name, path: join(folder, name), bytes: readFileSync(shipped(name)) }));
  for (const { path, bytes } of files) {
    if (!existsSync(path) || (statSync(path).isFile() && readFileSync(path).equals(bytes))) continue;
    throw new InputError("another file is there under this name, and is left as it is", {
      where: path,
      fix: "Choose another folder, or remove the file.",
    });
  }
  makeWritableFolder(folder, "the folder for the tracers");
  for (const { name, path, bytes } of files)
    writeFileSync(path, bytes, { mode: /\.sh$|^infer_/.test(name) ? 0o755 : 0o644 });
  return files.map(({ path }) => path);
}

/** How to record a trace on a machine with a GPU, as text for a terminal; `folder` is where the tracers are. */
export function tracerGuide(folder = "."): string {
  const run = join(folder, "run_trace.sh");
  const start = shellWord(/^[./]/.test(run) ? run : `./${run}`);
  const [mlp, gpt2] = ["infer_mlp.py", "infer_gpt2.py"].map((name) => shellWord(join(folder, name)));
  return `Copy the folder to a machine with an NVIDIA GPU and record there:

  ${start} --preload --out trace.jsonl COMMAND...   a library before the driver: gcc, no root, about 0.1 us a call
  sudo ${start} --out trace.jsonl COMMAND...        bpftrace's probes: root, programs as they are, some us a call

For example the MLP and GPT-2 (PyTorch and transformers), which also run without a tracer:

  ${start} --preload --out mlp.jsonl python3 ${mlp}
  ${start} --preload --out gpt2.jsonl python3 ${gpt2}

--kernel adds, with bpftrace, system calls on the driver's devices and its kernel functions, where the kernel has them.
The first line of a trace says what was lost (\`lost\`, 0 as a rule) and what the tracing cost per call (\`probe_call_ns\`).
Needed: Linux, Python 3.8 or newer. A probe can stay up to a minute after the trace, until the kernel has removed it.

Then look at it:

  warplab trace trace.jsonl
  jq -r .name trace.jsonl | sort | uniq -c | sort -rn
`;
}

/** The names of the files, in order. */
export function tracerFiles(): string[] {
  return readdirSync(join(installation().root, "hardware", "tracer"), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

/** A path as one word of a shell's command, quoted only where it has to be. */
function shellWord(path: string): string {
  return /^[\w./+:@%,=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function shipped(name: string): string {
  return join(installation().root, "hardware", "tracer", name);
}
