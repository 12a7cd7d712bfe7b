// Devices: what they can do at most. Data in hardware/*.json; knows nothing of kernels or predictions.
export { type DeviceName, device, devices, refuseSharedNames, spellings, takenNames } from "./catalogue.js";
export { measurementFiles } from "./devices.generated.js";
export { deviceFile, loadDevice } from "./load.js";
export type { CacheSpec, DeviceKind, DeviceLimits, DeviceSpec, DramSpec, SustainedShares } from "./spec.js";
