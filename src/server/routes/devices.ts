// GET /api/devices: the devices that are known, as their files have them.
import type { FastifyInstance } from "fastify";
import { device, devices } from "../../hardware/index.js";

export function registerDevices(server: FastifyInstance): void {
  server.get("/api/devices", { schema: { summary: "Every device, in SI units", tags: ["devices"] } }, () => devices());
  server.get<{ Params: { name: string } }>(
    "/api/devices/:name",
    {
      schema: {
        summary: "A device by key, name or alias",
        tags: ["devices"],
        params: { type: "object", properties: { name: { type: "string", description: "h100, a100, gb10, ..." } } },
      },
    },
    ({ params }) => device(params.name, [], "name"),
  );
}
