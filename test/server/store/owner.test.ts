// Who owns a folder: one process at a time, whatever became of the one before.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FolderOwner } from "../../../src/server/store/owner.js";
import { repository } from "../../cli/command.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "warplab-owner-"));
const owners = (path: string): string[] => readdirSync(path).filter((name) => name.startsWith("owner."));

describe("FolderOwner", () => {
  it("refuses a second owner while the first lives, and says which process it is", () => {
    const path = folder();
    const owner = FolderOwner.claim(path);
    expect(() => FolderOwner.claim(path)).toThrow(
      `${path}: another server, process ${process.pid}, keeps its data here\nStop it, or give this one a folder of its own`,
    );
    owner.release();
    FolderOwner.claim(path).release();
    expect(owners(path)).toEqual(["owner.2"]);
  });

  it("takes over from a process that is gone", () => {
    const path = folder();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(join(path, "owner.7"), JSON.stringify({ pid, host: hostname() }));
    FolderOwner.claim(path);
    expect(owners(path)).toEqual(["owner.8"]);
  });

  it.runIf(process.platform === "linux")("takes over from a process whose number another one has now", () => {
    const path = folder();
    writeFileSync(join(path, "owner.1"), JSON.stringify({ pid: process.pid, began: "long ago", host: hostname() }));
    FolderOwner.claim(path);
    expect(owners(path)).toEqual(["owner.2"]);
  });

  it("does not judge processes of another machine", () => {
    const path = folder();
    writeFileSync(join(path, "owner.1"), JSON.stringify({ pid: 1, host: "elsewhere" }));
    expect(() => FolderOwner.claim(path)).toThrow(
      'process 1 of the machine "elsewhere" keeps its data here, and may still run\nStop it. If it is gone, remove the file owner.1',
    );
  });

  it("takes a file that says nothing for nobody's", () => {
    const path = folder();
    writeFileSync(join(path, "owner.1"), "");
    FolderOwner.claim(path);
    expect(JSON.parse(readFileSync(join(path, "owner.2"), "utf8"))).toMatchObject({ pid: process.pid });
  });

  it("is one of eight processes that come at once after a kill, each time", async () => {
    const path = folder();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const code = `
      import { FolderOwner } from ${JSON.stringify(`${repository}dist/server/store/owner.js`)};
      process.stdin.once("data", () => {
        try { FolderOwner.claim(${JSON.stringify(path)}); console.log("owner"); }
        catch (error) { console.log(error.message.includes("another server") ? "refused" : error.stack); }
        process.stdin.once("data", () => process.exit());
      });
      console.log("ready");`;
    for (let round = 0; round < 3; round++) {
      writeFileSync(join(path, `owner.${100 * (round + 1)}`), JSON.stringify({ pid, host: hostname() }));
      const children = Array.from({ length: 8 }, () =>
        spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["pipe", "pipe", "inherit"] }),
      );
      const next = async (child: (typeof children)[number]) => String((await once(child.stdout, "data"))[0]).trim();
      await Promise.all(children.map(next));
      const answers = children.map(next);
      for (const child of children) child.stdin.write("go\n");
      expect((await Promise.all(answers)).sort()).toEqual(["owner", ...Array(7).fill("refused")]);
      for (const child of children) child.kill("SIGKILL");
    }
  });
});
