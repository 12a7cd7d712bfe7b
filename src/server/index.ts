/** The HTTP server: devices, validation, and simulated services that are kept. */
export { makeServer, type ServerOptions } from "./server.js";
export { dataFolder, inMemory } from "./store/index.js";
