// Calibration: what a device sustains, from two measurements. Knows the planner; fits nothing that other devices share.
export {
  type Calibration,
  type CalibrationMeasurement,
  type CalibrationMeasurements,
  calibrate,
  calibratedFile,
} from "./calibrate.js";
