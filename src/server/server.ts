// The HTTP server: what holds for every route. Errors are {"error"} with a 4xx where the asker can mend them; a page that some
// other site shows cannot ask it; a body has a limit. Knows no route by itself.
import { isIP } from "node:net";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { InputError } from "../core/errors.js";
import { installation } from "../notebook/installation.js";
import { Refusal } from "./refusal.js";
import { registerCosts } from "./routes/costs.js";
import { registerDevices } from "./routes/devices.js";
import { registerPage } from "./routes/page.js";
import { registerRealTraces } from "./routes/realtraces.js";
import { registerRuns } from "./routes/runs.js";
import { registerScenarios } from "./routes/scenarios.js";
import { registerValidation } from "./routes/validation.js";
import { openService, type ServiceOptions } from "./service.js";

export interface ServerOptions extends ServiceOptions {
  /** Names, beside those of this machine, under which it may be asked: what stands in a request's Host. */
  readonly hosts?: readonly string[];
}

/** Bytes of a request's body. */
const bodyLimit = 16 * 2 ** 20;

/**
 * Makes the server; `listen` starts it, `close` ends it. `/docs` explains its routes, `/docs/json` is their OpenAPI document. Throws
 * InputError where the folder for its data is not usable.
 */
export async function makeServer({ hosts = [], ...options }: ServerOptions = {}): Promise<FastifyInstance> {
  const service = await openService(options);
  const server = fastify({
    bodyLimit,
    forceCloseConnections: true,
    // An address that cannot be read reaches no route, and so none of the handlers below.
    frameworkErrors: (error, request, reply: FastifyReply) =>
      void reply.code(error.statusCode ?? 400).send({ error: `${request.url}: this address cannot be read` }),
  });
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
  server.addHook("onSend", async (_request, reply) => void reply.header("x-content-type-options", "nosniff"));
  server.addHook("onClose", () => service.close());
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof InputError) return reply.code(400).send({ error: error.message });
    if (error instanceof Refusal) {
      if (error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
      return reply.code(error.status).send({ error: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status === 413) {
      const limit = (request.routeOptions.bodyLimit ?? bodyLimit) / 2 ** 20;
      return reply.code(413).send({ error: `the body is larger than ${limit} MiB` });
    }
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
      // Its schemas are JSON Schema of 2020-12, as ours are.
      openapi: "3.1.0",
      info: {
        title: "warplab",
        description: "Devices, validation, simulated services and recorded traces over HTTP.",
        version: installation().version,
      },
    },
  });
  await server.register(swaggerUi, { routePrefix: "/docs" });
  registerDevices(server);
  registerValidation(server);
  registerScenarios(server, service);
  registerRuns(server, service);
  registerCosts(server, service);
  registerRealTraces(server, service);
  registerPage(server);
  return server;
}
