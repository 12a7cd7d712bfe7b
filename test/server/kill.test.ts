// The server as a process that is killed while eight clients post, and as one whose disk takes no more: what it had answered is there.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { randomStream } from "../../src/serving/arrivals/index.js";
import { presets, simulate } from "../../src/serving/index.js";
import { warplabMain } from "../cli/command.js";
import { Client } from "./client.js";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

const folder = (): string => join(mkdtempSync(join(tmpdir(), "warplab-kill-")), "data");

/** `warplab serve`, below a shell that sets limits where there are any. */
async function startServer(data: string, limits = ""): Promise<{ child: ChildProcess; client: Client }> {
  const words = [warplabMain, "serve", "--port", "0", "--workers", "2", "--data", data];
  const stdio = ["ignore", "ignore", "pipe"] as const;
  const child =
    limits === ""
      ? spawn(process.execPath, words, { stdio: [...stdio] })
      : spawn("sh", ["-c", `${limits}; exec "$@"`, "sh", process.execPath, ...words], { stdio: [...stdio] });
  running.push(child);
  let said = "";
  for await (const chunk of child.stderr!.setEncoding("utf8")) {
    said += chunk;
    const url = /Serving (http:\S+)\/ until/.exec(said)?.[1];
    if (url !== undefined) return { child, client: new Client(url) };
  }
  throw new Error(`serve ended: ${said}`);
}

const scenarioOf = (name: string) => ({
  ...presets.get("demo")!,
  name,
  workload: { rps: 20, duration_s: 1, arrivals: "poisson" as const },
});

/** What a server answered, by the path at which it must answer the same. */
type Acknowledged = Map<string, string>;

/** One client: posts until the server is gone, and notes what was answered. */
async function post(client: Client, name: string, acknowledged: Acknowledged, promised: Map<string, number>) {
  for (let seed = 0; ; seed++) {
    try {
      const scenario = scenarioOf(`${name} ${seed}`);
      const kept = await client.post("/v1/scenarios", scenario);
      acknowledged.set(`/v1/scenarios/${kept.body.scenario_id}`, JSON.stringify(scenario));
      const run = await client.post("/v1/runs", { scenario_id: kept.body.scenario_id, seed });
      acknowledged.set(`/v1/runs/${run.body.run_id}/breakdown`, JSON.stringify(run.body.breakdown));
      const promise = await client.post("/v1/runs?wait=false", { scenario, seed });
      promised.set(promise.body.run_id, seed);
      acknowledged.set(`/v1/runs/${promise.body.run_id}`, "");
    } catch (error) {
      // The connection was cut in the middle of it: nothing was acknowledged.
      if (error instanceof TypeError || error instanceof SyntaxError) return;
      throw error;
    }
  }
}

describe("a server that is killed at twenty moments while eight clients post", () => {
  it("has what it answered, with the same bytes, and keeps its promises", { timeout: 300_000 }, async () => {
    const data = folder();
    const acknowledged: Acknowledged = new Map();
    const promised = new Map<string, number>();
    const moments = randomStream(1, "kills");
    for (let round = 0; round < 20; round++) {
      const { child, client } = await startServer(data);
      const clients = Array.from({ length: 8 }, (_, i) => post(client, `${round}-${i}`, acknowledged, promised));
      // After so many answers, and then in the middle of whatever goes on.
      const enough = acknowledged.size + 1 + Math.floor(60 * moments.uniform());
      while (acknowledged.size < enough && child.exitCode === null) await new Promise((done) => setTimeout(done, 1));
      await new Promise((done) => setTimeout(done, 10 * moments.uniform()));
      expect(child.exitCode).toBe(null);
      child.kill("SIGKILL");
      await Promise.all([once(child, "exit"), ...clients]);
    }
    const { client } = await startServer(data);
    expect(acknowledged.size).toBeGreaterThan(400);
    for (const [path, text] of acknowledged) {
      const answer = await client.get(path);
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      if (text !== "") expect(answer.text).toBe(text);
    }
    for (const [id, seed] of promised) {
      const { body } = await client.statusAfter(id, "queued", "running");
      expect(body.status).toBe("done");
      expect(JSON.stringify(body.summary)).toBe(JSON.stringify(simulate(body.scenario, { seed }).summary));
    }
  });
});

describe("a server whose disk is full", () => {
  it.skipIf(process.platform === "win32")("says so, answers what it has, and goes on when there is room", async () => {
    const data = folder();
    // No file longer than 2 MiB, which is what a full disk looks like without being root.
    const full = await startServer(data, "ulimit -f 4096");
    const kept = new Map<string, string>();
    let refusal: { status: number; error: string } | undefined;
    for (let seed = 0; refusal === undefined && seed < 2000; seed++) {
      const { status, body } = await full.client.post("/v1/runs", {
        scenario: { ...presets.get("demo")!, workload: { rps: 100, duration_s: 5 } },
        seed,
      });
      if (status === 200) kept.set(`/v1/runs/${body.run_id}/breakdown`, JSON.stringify(body.breakdown));
      else refusal = { status, error: body.error };
    }
    expect(refusal).toEqual({
      status: 507,
      error: expect.stringMatching(
        /^it could not be stored and was not kept: .*\nMake room on the disk and send it again\.$/,
      ),
    });
    expect(kept.size).toBeGreaterThan(5);
    const check = async (client: Client) => {
      for (const [path, text] of kept) expect((await client.get(path)).text).toBe(text);
    };
    await check(full.client);
    full.child.kill("SIGKILL");
    await once(full.child, "exit");

    const roomy = await startServer(data);
    await check(roomy.client);
    expect((await roomy.client.get("/v1/runs?limit=1000")).body.runs).toHaveLength(kept.size);
    expect((await roomy.client.post("/v1/runs", { scenario: presets.get("demo") })).status).toBe(200);
  });
});
