// `warplab serve`: the HTTP server. Its routes are server/'s.
import { once } from "node:events";
import type { Command } from "commander";
import { explainListenError, portArgument } from "../port.js";
import type { Shell } from "../shell.js";

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
}

export function registerServe(program: Command, shell: Shell): void {
  program
    .command("serve")
    .summary("answer over HTTP")
    .description("Serves devices and validation over HTTP until Ctrl-C. /docs explains the routes and tries them.")
    .option("--port <number>", "0 finds a free one", portArgument, 8080)
    .option("--host <address>", "the address to listen on; others than this machine's let the network in", "127.0.0.1")
    .option(
      "--allow-host <name>",
      "answer under this name, too (may be given again)",
      (name, sofar: string[]) => [...sofar, name],
      [],
    )
    .addHelpText(
      "after",
      `
Examples:
  warplab serve
  warplab serve --port 0
  curl -s http://127.0.0.1:8080/api/validate -H 'content-type: application/json' -d @hardware/measurements/gb10.json`,
    )
    .action(async ({ port, host, allowHost }: ServeFlags) => {
      // Loaded here, for the other commands need no server.
      const { makeServer } = await import("../../server/server.js");
      const server = await makeServer({ hosts: [host, ...allowHost] });
      const address = await server.listen({ port, host }).catch((error) => {
        throw explainListenError(error, port, host);
      });
      shell.say(`Serving ${address}/ until Ctrl-C; ${address}/docs explains it`);
      await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
      await server.close();
    });
}
