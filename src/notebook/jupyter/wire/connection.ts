// The connection file that Jupyter hands to a kernel: where its five channels are and what signs their messages. Knows
// nothing of sockets.
import { readFileSync } from "node:fs";

/** The channels of a kernel, as the connection file names their ports. */
export type Channel = "shell" | "control" | "iopub" | "stdin" | "hb";

export interface ConnectionInfo {
  readonly transport: "tcp" | "ipc";
  /** An address for tcp, the beginning of a path for ipc. */
  readonly ip: string;
  /** Signs every message; empty means that nothing is signed. */
  readonly key: string;
  /** `hmac-` and a digest that Node knows. */
  readonly signature_scheme: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
  readonly kernel_name?: string;
}

/** Reads and checks a connection file. Throws an Error that names the file and the field. */
export function readConnectionFile(path: string): ConnectionInfo {
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path}: not a connection file: ${(error as Error).message}`);
  }
  if (raw === null || typeof raw !== "object") throw new Error(`${path}: not a connection file: not a JSON object`);
  const transport = raw["transport"] ?? "tcp";
  if (transport !== "tcp" && transport !== "ipc") {
    throw new Error(`${path}: transport is ${JSON.stringify(transport)}; this kernel speaks "tcp" and "ipc"`);
  }
  const scheme = (raw["signature_scheme"] as string | undefined) || "hmac-sha256";
  if (!/^hmac-\w+$/.test(scheme)) throw new Error(`${path}: unknown signature_scheme ${JSON.stringify(scheme)}`);
  const port = (channel: Channel): number => {
    const value = raw[`${channel}_port`];
    if (!Number.isInteger(value)) throw new Error(`${path}: ${channel}_port is missing or not a whole number`);
    return value as number;
  };
  const text = (field: string, fallback: string): string => {
    const value = raw[field] ?? fallback;
    if (typeof value !== "string") throw new Error(`${path}: ${field} is not a string`);
    return value;
  };
  return {
    transport,
    ip: text("ip", "127.0.0.1"),
    key: text("key", ""),
    signature_scheme: scheme,
    shell_port: port("shell"),
    control_port: port("control"),
    iopub_port: port("iopub"),
    stdin_port: port("stdin"),
    hb_port: port("hb"),
  };
}

/** The ZeroMQ endpoint of a channel. */
export function endpoint(connection: ConnectionInfo, channel: Channel): string {
  const separator = connection.transport === "ipc" ? "-" : ":";
  return `${connection.transport}://${connection.ip}${separator}${connection[`${channel}_port`]}`;
}
