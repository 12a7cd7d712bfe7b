/** The order of events. Knows nothing of requests. */
export { EventQueue } from "./event-queue.js";
