// A server in the background of a program, as a notebook has it: the program is a process of its own, so that its end can be seen.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { type BackgroundServer, serve } from "../../src/notebook/background-server.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { presets } from "../../src/serving/index.js";
import { repository } from "../cli/command.js";

const started: BackgroundServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});
const begin = async (options?: Parameters<typeof serve>[0]): Promise<BackgroundServer> => {
  const server = await serve(options);
  started.push(server);
  return server;
};

/** Resolves when nobody answers there any more. */
async function silence(url: string): Promise<void> {
  for (;;) {
    try {
      await fetch(`${url}/v1/load`);
      await new Promise((done) => setTimeout(done, 20));
    } catch {
      return;
    }
  }
}

describe("serve", () => {
  it("answers in the background, several of them, until each is stopped", async () => {
    const [one, two] = [await begin({ workers: 1 }), await begin({ workers: 1 })];
    for (const { url } of [one, two]) {
      const answer = await fetch(`${url}/v1/runs`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ scenario: presets.get("demo") }),
      });
      expect(await answer.json()).toMatchObject({ status: "done", summary: { total_requests: 20 } });
    }
    await one.stop();
    await silence(one.url);
    expect([one.running, two.running]).toEqual([false, true]);
    expect(String(one)).toBe(`warplab served ${one.url}/ until it was stopped`);
    expect((await fetch(`${two.url}/docs/json`)).status).toBe(200);
    await one.stop();
  });

  it("is shown as a link", async () => {
    const server = await begin({ workers: 1 });
    const bundle = bundleOf(server);
    expect(bundle["text/html"]).toContain(`<a href="${server.url}/" target="_blank" rel="noopener">${server.url}/</a>`);
    expect(bundle["text/plain"]).toBe(`warplab serves ${server.url}/`);
  });

  it("says why it cannot start", async () => {
    const server = await begin({ workers: 1 });
    const port = Number(new URL(server.url).port);
    const refused = await serve({ port }).catch((error) => error);
    expect(refused).toBeInstanceOf(InputError);
    expect(refused.message).toBe(`--port: port ${port} is taken\n--port 0 finds a free one.`);
    const data = join(mkdtempSync(join(tmpdir(), "warplab-background-")), "data");
    await begin({ data, workers: 1 });
    await expect(serve({ data })).rejects.toThrow(/another server, process \d+, keeps its data here/);
  });

  it.each(["SIGKILL", "SIGTERM", "the end"] as const)("ends with its program: %s", async (end) => {
    const { child, url } = await programWithServer(end === "the end" ? "" : "setInterval(() => {}, 1000);");
    if (end !== "the end") child.kill(end);
    await silence(url);
  });

  it.skipIf(process.platform === "win32")("does not hear an interrupt of the program's group", async () => {
    const { child, url } = await programWithServer(`process.on("SIGINT", () => console.log("heard"));
      setInterval(() => {}, 1000);`);
    process.kill(-child.pid!, "SIGINT");
    expect(String((await once(child.stdout!, "data"))[0])).toBe("heard\n");
    expect((await fetch(`${url}/v1/load`)).status).toBe(200);
    child.kill("SIGKILL");
    await silence(url);
  });
});

/** A program with a server in its background; it is the first of a group of processes. */
async function programWithServer(then: string): Promise<{ child: ChildProcess; url: string }> {
  const code = `
    import { serve } from ${JSON.stringify(`${repository}dist/notebook/background-server.js`)};
    const { url } = await serve({ workers: 1 });
    ${then}
    console.log(url);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = await once(child.stdout!, "data");
  return { child, url: String(text).trim() };
}
