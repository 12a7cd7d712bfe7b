// 200 clients post runs to a server for a minute, each its own scenario and seed, and hold every answer against the library's own.
// The clients share the machine with the server, so that the figures say what both together do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { presets, simulate } from "../dist/serving/index.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const clients = 200;
const seconds = 60;

export async function measureServer() {
  const folder = mkdtempSync(join(tmpdir(), "warplab-bench-server-"));
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "serve", "--port", "0", "--data", folder], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [{ url }] = await once(child, "message");
    const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
    const latencies = [];
    const docs = [];
    let errors = 0;
    let mixed = 0;
    let firstError;
    const started = performance.now();
    const isOver = () => performance.now() - started > seconds * 1000;
    const client = async (number) => {
      const scenario = scenarioOf(number);
      const body = JSON.stringify({ scenario, seed: number });
      const expected = JSON.stringify(simulate(scenario, { seed: number }).summary);
      while (!isOver()) {
        const begun = performance.now();
        const { status, text } = await ask(agent, `${url}/v1/runs`, body).catch((error) => ({
          status: 0,
          text: error.message,
        }));
        latencies.push(performance.now() - begun);
        if (status !== 200) {
          errors += 1;
          firstError ??= `${status} ${text}`;
        } else if (!text.includes(`"summary":${expected},`)) mixed += 1;
      }
    };
    const reader = async () => {
      while (!isOver()) {
        const begun = performance.now();
        if ((await ask(agent, `${url}/docs/`)).status !== 200) errors += 1;
        docs.push(performance.now() - begun);
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    await Promise.all([reader(), ...Array.from({ length: clients }, (_, number) => client(number))]);
    const took = (performance.now() - started) / 1000;
    return {
      clients,
      seconds: took,
      runs: latencies.length,
      runs_per_s: latencies.length / took,
      p50_ms: quantile(latencies, 0.5),
      p99_ms: quantile(latencies, 0.99),
      docs_p50_ms: quantile(docs, 0.5),
      docs_p99_ms: quantile(docs, 0.99),
      errors,
      mixed,
      ...(firstError !== undefined && { first_error: firstError }),
    };
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
    await rm(folder, { recursive: true });
  }
}

export function serverTable(figures) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  return [
    `  ${figures.clients} clients for ${figures.seconds.toFixed(0)} s: ${figures.runs.toLocaleString("en-US")} runs, ${figures.runs_per_s.toFixed(0)} a second`,
    `  answered after ${ms(figures.p50_ms)} (p50), ${ms(figures.p99_ms)} (p99); a page of /docs meanwhile after ${ms(figures.docs_p50_ms)} (p50), ${ms(figures.docs_p99_ms)} (p99)`,
    ...(figures.first_error === undefined ? [] : [`  the first error: ${figures.first_error}`]),
    `  errors ${figures.errors}, answers that are another's ${figures.mixed} (bar: none of either)`,
  ];
}

/** A second of the demo's pipeline at a rate of its own. */
function scenarioOf(number) {
  const demo = presets.get("demo");
  return { ...demo, name: `client ${number}`, workload: { rps: 20 + number / 10, duration_s: 1, arrivals: "poisson" } };
}

function ask(agent, url, body) {
  return new Promise((done, fail) => {
    const headers = { "content-type": "application/json" };
    const asked = request(url, {
      agent,
      method: body === undefined ? "GET" : "POST",
      ...(body !== undefined && { headers }),
    });
    asked.on("error", fail);
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", fail);
      response.on("end", () => done({ status: response.statusCode, text }));
    });
    asked.end(body);
  });
}

function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
