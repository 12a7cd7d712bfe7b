#!/usr/bin/env node
// The `warplab` command: this process's words in, an exit status out. Everything else is in program.ts.
import { runCommandLine } from "./program.js";
import { endWithReader, processShell } from "./shell.js";

endWithReader();
process.exitCode = await runCommandLine(process.argv.slice(2), processShell());
