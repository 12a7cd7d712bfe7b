// `npm run bench -- --only ...`: some of the figures, and a word about a part that there is not.
import { execFile } from "node:child_process";
import { describe, expect, it } from "vitest";
import { instructionCounts } from "../../src/gpu/ptx/instructions/manual.js";
import { type Ending, repository } from "../cli/command.js";

function bench(...words: string[]): Promise<Ending> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bench/main.mjs", ...words], { cwd: repository }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === "number" ? error.code : null, stdout, stderr });
    });
  });
}

describe("--only", () => {
  it("measures what is named and nothing else", async () => {
    const { status, stdout } = await bench("--only", "opcodes", "--json");
    expect(JSON.parse(stdout)).toEqual({ machine: expect.any(String), opcodes: instructionCounts() });
    expect(status).toBe(0);
  });

  it("refuses a part that there is not", async () => {
    const { status, stderr } = await bench("--only", "peers,opcode");
    expect(stderr).toBe(
      'there is no part "opcode"\nGive some of notebook,interpreter,opcodes,peers,predictions,serving,server,timeline,traces,pages,coverage after --only.\n',
    );
    expect(status).toBe(2);
  });
});
