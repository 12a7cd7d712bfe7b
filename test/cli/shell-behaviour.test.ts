import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { repository, warplab, warplabMain } from "./command.js";

describe("warplab, as a program among programs", () => {
  it("explains itself without arguments, and with --help", async () => {
    const bare = await warplab([]);
    expect(bare).toMatchObject({ status: 0, stderr: "" });
    expect(bare.stdout).toContain("warplab run notebooks/00-tour.ipynb");
    expect((await warplab(["--help"])).stdout).toBe(bare.stdout);
  });

  it("says its version", async () => {
    const { version } = JSON.parse(readFileSync(`${repository}package.json`, "utf8"));
    expect(await warplab(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("gives every command a help with examples", async () => {
    const { stdout } = await warplab(["--help"]);
    const commands = [...stdout.split("Commands:")[1].matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
    expect(commands).toEqual(expect.arrayContaining(["devices", "export-benchmark", "predict", "serve", "validate"]));
    for (const name of commands.filter((name) => name !== "help" && name !== "warplab")) {
      const help = await warplab([name, "--help"]);
      expect(help.status, name).toBe(0);
      expect(help.stdout, name).toMatch(new RegExp(`Examples?:\n {2}warplab ${name}`));
    }
  });

  it.each([
    { words: ["devics"], stderr: /unknown command 'devics'\n\(Did you mean devices\?\)/ },
    { words: ["devices", "--jsno"], stderr: /unknown option '--jsno'\n\(Did you mean --json\?\)/ },
    { words: ["predict", "gemn"], stderr: /unknown kernel "gemn"\nDid you mean "gem[vm]"\? Known: "gemv", "gemm"/ },
    { words: ["predict", "gemm", "--shape", "1,1,1"], stderr: /required option '--precision <name>' not specified/ },
    { words: ["validate"], stderr: /missing required argument 'file'/ },
    { words: ["devices", "h100", "a100"], stderr: /too many arguments/ },
  ])("answers the slip %j with what was meant and status 2", async ({ words, stderr }) => {
    const ending = await warplab(words);
    expect(ending).toMatchObject({ status: 2, stdout: "" });
    expect(ending.stderr).toMatch(stderr);
    expect(ending.stderr).not.toMatch(/^ {4}at /m);
  });

  it("has colours for eyes only", async () => {
    const { stdout } = await warplab(["devices"]);
    expect(stdout).not.toContain("\u001b[");
    const asked = await warplab(["devices"], { env: { FORCE_COLOR: "1" } });
    expect(asked.stdout).toContain("\u001b[");
    expect((await warplab(["devices"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout).toBe(stdout);
  });

  const full = "/dev/full";
  it.skipIf(!existsSync(full))(
    `says that its answer cannot be written${existsSync(full) ? "" : ", skipped: no /dev/full"}`,
    async () => {
      const child = spawn(process.execPath, [warplabMain, "devices", "--json"], {
        stdio: ["ignore", openSync(full, "w"), "pipe"],
      });
      let stderr = "";
      child.stderr?.on("data", (chunk) => {
        stderr += chunk;
      });
      const [status] = await once(child, "close");
      expect({ status, stderr }).toEqual({ status: 2, stderr: "warplab: standard output: the disk is full\n" });
    },
  );

  it("ends quietly when its reader has gone", async () => {
    const child = spawn(process.execPath, [warplabMain, "devices", "--json"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [status] = await once(child, "close");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
