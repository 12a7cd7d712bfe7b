// `warplab serve`, started as a process and asked over the network.
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { presets } from "../../src/serving/index.js";
import { repository, startWarplab, warplab } from "./command.js";

async function serving<T>(words: readonly string[], ask: (address: string) => Promise<T>): Promise<T> {
  const child = startWarplab(["serve", "--data", ":memory:", ...words]);
  try {
    let said = "";
    for await (const chunk of child.stderr.setEncoding("utf8")) {
      said += chunk;
      const address = /Serving (http:\S+)\/ until/.exec(said)?.[1];
      if (address !== undefined) return await ask(address);
    }
    throw new Error(`serve ended: ${said}`);
  } finally {
    child.kill("SIGINT");
    await once(child, "exit");
  }
}

describe("warplab serve", () => {
  it("validates over HTTP, and ends at once when it is told to", async () => {
    await serving(["--port", "0"], async (address) => {
      const response = await fetch(`${address}/api/validate`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: readFileSync(`${repository}hardware/measurements/gb10.json`, "utf8"),
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ summary: { num_benchmarks: 5, accepted: true } });
      expect((await fetch(`${address}/docs`)).status).toBe(200);
    });
  });

  it("keeps what it ran in its folder, which another server cannot have meanwhile", async () => {
    const data = join(mkdtempSync(join(tmpdir(), "warplab-serve-")), "data");
    const body = JSON.stringify({ scenario: presets.get("demo") });
    const headers = { "content-type": "application/json" };
    const words = ["--port", "0", "--workers", "1", "--data", data];
    const id = await serving(words, async (address) => {
      expect(await warplab(["serve", ...words])).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^warplab: .*: another server, process \d+, keeps its data here\n/),
      });
      const { run_id } = (await (await fetch(`${address}/v1/runs`, { method: "POST", headers, body })).json()) as {
        run_id: string;
      };
      return run_id;
    });
    await serving(words, async (address) => {
      expect(await (await fetch(`${address}/v1/runs/${id}`)).json()).toMatchObject({ run_id: id, status: "done" });
    });
  });

  it("says that a port is taken", async () => {
    await serving(["--port", "0"], async (address) => {
      const port = new URL(address).port;
      expect(await warplab(["serve", "--port", port])).toEqual({
        status: 2,
        stdout: "",
        stderr: `warplab: --port: port ${port} is taken\n--port 0 finds a free one.\n`,
      });
    });
  });

  it.each([
    [["--workers", "0", "--port", "0"], '--workers: "0" is no whole number from 1 to 1,000,000,000'],
    [["--data", "/dev/null/x", "--port", "0"], "/dev/null/x: data folder: this is a file, or lies below one"],
    [["--port", "70000"], '--port: "70000" is no port'],
    [["--host", "203.0.113.7", "--port", "0"], '--host: "203.0.113.7" is no address of this machine'],
  ])("refuses %j", async (words, says) => {
    const { status, stdout, stderr } = await warplab(["serve", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});
