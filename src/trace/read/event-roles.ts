// What an event of a Chrome trace is, by its category and name: PyTorch's profiler has a category for each kind of event, and calls of the
// driver are known by their names. Knows nothing of the rest of the format.
import type { EventRole } from "../timeline/index.js";

/** The role of an event; `onStream` says whether its track is known to be a stream of a device. */
export function eventRoleOf(category: string, name: string, onStream: boolean): EventRole {
  const word = category.toLowerCase();
  const role = roles.get(word);
  // Traces of driver calls file a launch under `kernel` too, and only what the device did stands on a stream.
  if (role !== undefined && !(deviceRoles.has(role) && !onStream && callName.test(name))) return role;
  if (onStream) return /^memset/i.test(name) ? "memset" : word === "transfer" ? "copy" : "other";
  if (callName.test(name)) return "call";
  if (allocationNames.test(name)) return "allocation";
  return "other";
}

/** Whether an event of the role is work of a device, which stands on a stream. */
export function isDeviceRole(role: EventRole): boolean {
  return deviceRoles.has(role);
}

/** Whether only PyTorch's profiler writes the category. */
export function isCategoryOfPytorch(category: string): boolean {
  return pytorchOnly.has(category.toLowerCase());
}

const callName = /^(?:cu|cuda|hip|nccl|cudnn|cublas)[A-Z]/;
const allocationNames = /^\[memory\]$/;
const deviceRoles: ReadonlySet<EventRole> = new Set(["kernel", "copy", "memset"]);
const pytorchOnly = new Set([
  "cpu_op",
  "cuda_runtime",
  "cuda_driver",
  "gpu_memcpy",
  "python_function",
  "ac2g",
  "user_annotation",
]);

// libkineto's ActivityType names; before PyTorch 1.12 they were capitalised and without `gpu_`.
const roles: ReadonlyMap<string, EventRole> = new Map([
  ["kernel", "kernel"],
  ["concurrent_kernel", "kernel"],
  ["gpu_memcpy", "copy"],
  ["memcpy", "copy"],
  ["gpu_memset", "memset"],
  ["memset", "memset"],
  ["cuda_runtime", "call"],
  ["cuda_driver", "call"],
  ["runtime", "call"],
  ["driver", "call"],
  ["xpu_runtime", "call"],
  ["xpu_driver", "call"],
  ["mtia_runtime", "call"],
  ["mtia_ccp_events", "kernel"],
  ["glow_runtime", "call"],
  ["privateuse1_runtime", "call"],
  ["privateuse1_driver", "call"],
  ["cuda_sync", "wait"],
  ["cpu_op", "operator"],
  ["operator", "operator"],
  ["user_annotation", "range"],
  ["gpu_user_annotation", "range"],
  ["external_correlation", "other"],
  ["python_function", "function"],
  ["overhead", "overhead"],
]);
