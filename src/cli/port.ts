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
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = {
        EADDRINUSE: `port ${port} is taken`,
        EACCES: `port ${port} is for the system only`,
      };
      const reason = reasons[error.code ?? ""];
      fail(
        reason === undefined ? error : new InputError(reason, { where: "--port", fix: "--port 0 finds a free one." }),
      );
    });
    server.listen(port, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
}
