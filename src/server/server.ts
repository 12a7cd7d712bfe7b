// The HTTP server: what holds for every route. Errors are {"error"} with a 4xx where the asker can mend them; a page that some
// other site shows cannot ask it; a body has a limit. Knows no route by itself.
import { isIP } from "node:net";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify, { type FastifyInstance } from "fastify";
import { InputError } from "../core/errors.js";
import { installation } from "../notebook/installation.js";
import { registerDevices } from "./routes/devices.js";
import { registerValidation } from "./routes/validation.js";

export interface ServerOptions {
  /** Names, beside those of this machine, under which it may be asked: what stands in a request's Host. */
  readonly hosts?: readonly string[];
}

/** Bytes of a request's body. */
const bodyLimit = 16 * 2 ** 20;

/** Makes the server; `listen` starts it. `/docs` explains its routes, `/docs/json` is their OpenAPI document. */
export async function makeServer({ hosts = [] }: ServerOptions = {}): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit, forceCloseConnections: true });
  // The routes read their bodies themselves, so that an error names the field, or the line and column where text is no JSON.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));

  // A page of another site whose name leads here (DNS rebinding) still says that name in Host; an address is nobody's name.
  const allowed = new Set(["localhost", ...hosts.map((name) => name.toLowerCase())]);
  server.addHook("onRequest", async (request, reply) => {
    const name = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    if (allowed.has(name) || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0) return;
    await reply
      .code(403)
      .send({ error: `this server does not answer as "${name}"\nStart it with --allow-host ${name}.` });
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof InputError) return reply.code(400).send({ error: error.message });
    const status = error.statusCode ?? 500;
    if (status === 413) return reply.code(413).send({ error: `the body is larger than ${bodyLimit / 2 ** 20} MiB` });
    if (status === 415) return reply.code(415).send({ error: "the body must be application/json" });
    if (status < 500) return reply.code(status).send({ error: error.message });
    process.stderr.write(`${error.stack ?? error.message}\n`);
    return reply.code(500).send({ error: "a fault of warplab's own; its log says more" });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url}\n/docs says what there is.` }),
  );

  await server.register(swagger, {
    openapi: {
      info: {
        title: "warplab",
        description: "Predictions, devices and validation over HTTP.",
        version: installation().version,
      },
    },
  });
  await server.register(swaggerUi, { routePrefix: "/docs" });
  registerDevices(server);
  registerValidation(server);
  server.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/docs"));
  return server;
}
