/** What simulated services are made of: events in order, queues, links that transfers share. Knows nothing of requests. */
export { EventQueue } from "./event-queue.js";
export { SharedLink } from "./shared-link.js";
export { SlotQueue } from "./slot-queue.js";
