// GET /: the page of the service, as the build made it: one file that loads nothing from elsewhere. Knows nothing of what is on it.
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { builtFile } from "../../notebook/installation.js";

/** What the page may do: run its own code, ask this server, and nothing else. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "font-src data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function registerPage(server: FastifyInstance): void {
  const file = builtFile("assets", "service.html");
  server.get("/", { schema: { hide: true } }, async (_request, reply) => {
    const page = await readFile(file);
    return reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", policy)
      .header("referrer-policy", "no-referrer")
      .send(page);
  });
}
