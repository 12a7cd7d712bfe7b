// `warplab serve`: the HTTP server. Its routes are server/'s.
import { once } from "node:events";
import { createServer } from "node:http";
import type { Command } from "commander";
import { wholeOf } from "../option-values.js";
import { explainListenError, portArgument } from "../port.js";
import { scenarioExample } from "../scenario-example.js";
import type { Shell } from "../shell.js";

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly data?: string;
  readonly workers?: number;
  readonly maxRequests?: number;
  readonly maxWaiting?: number;
  readonly maxSeconds?: number;
  readonly maxTrace?: number;
}

export function registerServe(program: Command, shell: Shell): void {
  program
    .command("serve")
    .summary("answer over HTTP: simulated services, recorded traces, devices, validation")
    .description(
      "Serves the page of simulated services at /, their routes under /v1, devices and validation until Ctrl-C. /docs explains the " +
        "routes and tries them. Scenarios, runs and recorded traces are kept in a folder that one server at a time can have; what was answered is on " +
        "the disk, and runs that were promised go on after a restart.",
    )
    .option("--port <number>", "0 finds a free one", portArgument, 8080)
    .option("--host <address>", "the address to listen on; others than this machine's let the network in", "127.0.0.1")
    .option(
      "--allow-host <name>",
      "answer under this name, too (may be given again)",
      (name, sofar: string[]) => [...sofar, name],
      [],
    )
    .option(
      "--data <folder>",
      "keeps scenarios, runs and traces (default: warplab in your data folder); :memory: keeps nothing",
    )
    .option(
      "--workers <number>",
      "threads that compute runs (default: as many as the machine runs)",
      count("--workers"),
    )
    .option("--max-requests <number>", "requests of one run (default: 100000)", count("--max-requests"))
    .option("--max-waiting <number>", "runs that wait for a worker (default: 1000)", count("--max-waiting"))
    .option("--max-seconds <number>", "seconds that one run is computed for (default: 120)", count("--max-seconds"))
    .option("--max-trace <MiB>", "the largest recorded trace that is taken (default: 2048)", count("--max-trace"))
    .addHelpText(
      "after",
      `
Examples:
  warplab serve
  warplab serve --port 0 --data ./runs
  curl -s http://127.0.0.1:8080/api/validate -H 'content-type: application/json' -d @hardware/measurements/gb10.json

A scenario, kept, and run:
  curl -s http://127.0.0.1:8080/v1/scenarios -H 'content-type: application/json' -d '${scenarioExample}'
  curl -s http://127.0.0.1:8080/v1/runs -H 'content-type: application/json' -d '{ "scenario_id": "scn_..." }'
  curl -s --compressed -o trace.json http://127.0.0.1:8080/v1/runs/run_.../trace

A run that is promised rather than awaited, looked at, and stopped:
  curl -s 'http://127.0.0.1:8080/v1/runs?wait=false' -H 'content-type: application/json' -d @run.json
  curl -s http://127.0.0.1:8080/v1/runs/run_...
  curl -s -X DELETE http://127.0.0.1:8080/v1/runs/run_...

A recorded trace, kept, and what is in it:
  curl -s --data-binary @trace.sqlite 'http://127.0.0.1:8080/v1/realtraces?name=trace.sqlite'
  curl -s http://127.0.0.1:8080/v1/realtraces/trc_.../metrics
  curl -s --compressed -o trace.json http://127.0.0.1:8080/v1/realtraces/trc_.../trace`,
    )
    .action(async ({ port, host, allowHost, data, workers, maxTrace, ...limits }: ServeFlags) => {
      // Before the data are opened, so that a taken port is told as that.
      await tryPort(port, host);
      // Loaded here, for the other commands need no server.
      const { makeServer, dataFolder, inMemory } = await import("../../server/index.js");
      const folder = data ?? dataFolder();
      const server = await makeServer({
        hosts: [host, ...allowHost],
        data: folder,
        ...(workers !== undefined && { workers }),
        ...(maxTrace !== undefined && { traceBytes: maxTrace * 2 ** 20 }),
        limits: {
          ...(limits.maxRequests !== undefined && { requests: limits.maxRequests }),
          ...(limits.maxWaiting !== undefined && { waiting: limits.maxWaiting }),
          ...(limits.maxSeconds !== undefined && { seconds: limits.maxSeconds }),
        },
      });
      try {
        const url = await server.listen({ port, host });
        const kept = folder === inMemory ? "not kept" : `kept in ${folder}`;
        shell.say(`Serving ${url}/ until Ctrl-C; ${url}/docs explains it\nScenarios, runs and traces are ${kept}`);
        // Whoever started us with a channel learns the address by it, and we end when they do, even by a kill.
        const isChild = process.send !== undefined;
        process.send?.({ url });
        const ends = ["SIGINT", "SIGTERM", ...(isChild ? ["disconnect"] : [])];
        await Promise.race(ends.map((end) => once(process, end)));
      } catch (error) {
        throw explainListenError(error, port, host);
      } finally {
        await server.close();
        if (process.connected) process.disconnect();
      }
    });
}

/** Reads a number of an option. */
function count(option: string): (text: string) => number {
  return (text) => wholeOf(text, option, { from: 1, to: 1e9 });
}

async function tryPort(port: number, host: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once("error", (error) => fail(explainListenError(error, port, host)));
    probe.listen(port, host, () => probe.close(() => done()));
  });
}
