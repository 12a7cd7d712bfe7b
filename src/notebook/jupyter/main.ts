// The entry of the kernel's process: `node main.js CONNECTION_FILE`, as the kernelspec has it.

import { Kernel } from "./kernel.js";
import { readConnectionFile } from "./wire/connection.js";

const [, , file] = process.argv;
if (file === undefined) {
  process.stderr.write("usage: node main.js CONNECTION_FILE (Jupyter calls this; see `warplab kernel install`)\n");
  process.exit(2);
}

// `require` of an ES module, by which a cell may load packages, is called experimental at each first use.
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
process.emitWarning = (...args: unknown[]) => {
  const kind = typeof args[1] === "object" ? (args[1] as { type?: string } | null)?.type : args[1];
  if (kind !== "ExperimentalWarning") emitWarning(...args);
};

try {
  await Kernel.start(readConnectionFile(file), process.cwd());
} catch (error) {
  process.stderr.write(`warplab kernel: ${(error as Error).message}\n`);
  process.exit(1);
}
