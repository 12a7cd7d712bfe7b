// Ports on the command line, and what is said when one is taken.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { InputError } from "../core/errors.js";

/** Reads `--port`. Throws InputError unless it is a whole number from 0 to 65535. */
export function portArgument(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new InputError(`"${text}" is no port`, {
    where: "--port",
    fix: "Write a whole number from 0 to 65535; 0 finds a free one.",
  });
}

/** Listens on this machine only; resolves with the port. Throws InputError for one that is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (error) => fail(explainListenError(error, port, "127.0.0.1")));
    server.listen(port, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
}

/** What the system says of a port or an address that cannot be listened on, in words. Errors of other kinds come back as they are. */
export function explainListenError(error: unknown, port: number, host: string): unknown {
  const reasons: Readonly<Record<string, InputError>> = {
    EADDRINUSE: new InputError(`port ${port} is taken`, { where: "--port", fix: "--port 0 finds a free one." }),
    EACCES: new InputError(`port ${port} is for the system only`, {
      where: "--port",
      fix: "--port 0 finds a free one.",
    }),
    EADDRNOTAVAIL: notOurs(host),
    ENOTFOUND: notOurs(host),
  };
  return reasons[(error as NodeJS.ErrnoException).code ?? ""] ?? error;
}

function notOurs(host: string): InputError {
  return new InputError(`"${host}" is no address of this machine`, {
    where: "--host",
    fix: "Write 127.0.0.1 for this machine alone, 0.0.0.0 for every network that it is in.",
  });
}
