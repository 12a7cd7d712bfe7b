// Makes the connection by which a client will meet a kernel that it starts: addresses that are free, and a key of its own.
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ConnectionInfo } from "../wire/connection.js";

/** A connection that nobody uses yet; `ipc` has its sockets in `folder`. */
export async function newConnection(transport: "tcp" | "ipc", folder: string): Promise<ConnectionInfo> {
  const ports = transport === "ipc" ? [1, 2, 3, 4, 5] : await freePorts(5);
  return {
    transport,
    ip: transport === "ipc" ? join(folder, "channel") : "127.0.0.1",
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
    shell_port: ports[0],
    control_port: ports[1],
    iopub_port: ports[2],
    stdin_port: ports[3],
    hb_port: ports[4],
  };
}

/** Ports of this machine that nobody listens on now: taken all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
