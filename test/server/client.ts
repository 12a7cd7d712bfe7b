// A server as its clients have it: a real port, real requests.
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { makeServer, type ServerOptions } from "../../src/server/server.js";
import type { Scenario } from "../../src/serving/index.js";
import { presets } from "../../src/serving/index.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what it is to be.
  readonly body: any;
}

export class Client {
  constructor(readonly url: string) {}

  async ask(method: string, path: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...init.headers },
      }),
      ...(init.signal && { signal: init.signal }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  get = (path: string): Promise<Answer> => this.ask("GET", path);
  post = (path: string, body: unknown, init?: RequestInit): Promise<Answer> => this.ask("POST", path, body, init);
  delete = (path: string): Promise<Answer> => this.ask("DELETE", path);

  /** Asks until the run has another status than these. */
  async statusAfter(id: string, ...statuses: readonly string[]): Promise<Answer> {
    for (;;) {
      const answer = await this.get(`/v1/runs/${id}`);
      if (!statuses.includes(answer.body.status)) return answer;
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

export interface Listening {
  readonly server: FastifyInstance;
  readonly client: Client;
}

export async function listening(options: ServerOptions = {}): Promise<Listening> {
  const server = await makeServer({ workers: 2, ...options });
  await server.listen({ port: 0, host: "127.0.0.1" });
  return { server, client: new Client(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}`) };
}

export const demo: Scenario = presets.get("demo")!;

/** A run that takes seconds, unless it is stopped. */
export const long: Scenario = {
  ...demo,
  name: "long",
  workload: { name: "many", rps: 150, duration_s: 20_000, arrivals: "poisson" },
};

/** What a server must be told to take `long`. */
export const limitsForLong = { requests: 4_000_000 };
