// What threads of a sweep are asked, as data that can be sent to them: predictions over shapes, or launches one by one. Knows nothing of
// threads and files.
import { silent } from "../../core/progress.js";
import { measureLaunchFile } from "../../gpu/host/launch-file/run.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type Prediction, predictWork, type SweepOptions, sweepColumns } from "../../model/index.js";
import type { Cell, Columns } from "./columns.js";
import { type LaunchColumn, launchColumnNames, type PlaceColumn, placeColumns } from "./launch-columns.js";
import { fileNamed, type LaunchPoint, reasonOf } from "./launch-sweep.js";

/** Predictions over every combination, as `sweep` makes them. */
export interface PredictionQuestion {
  readonly kind: "predictions";
  readonly options: Omit<SweepOptions, "progress">;
}

/** Launches on the virtual GPU. */
export interface LaunchQuestion {
  readonly kind: "launches";
  /** What varies, in the order of the points' cells. */
  readonly names: readonly string[];
  readonly devices: readonly DeviceSpec[];
}

export type Question = PredictionQuestion | LaunchQuestion;

/** A part of the work: shapes `from` up to `to` of a question of predictions, or launches. */
export type Task = { readonly from: number; readonly to: number } | { readonly points: readonly LaunchPoint[] };

/** The rows of a task, as columns. Throws InputError for a question that cannot be read. */
export function answer(question: Question, task: Task): Columns {
  if (question.kind === "launches") return launchColumns(question, "points" in task ? task.points : []);
  const { from, to } = task as { from: number; to: number };
  const { options } = question;
  return sweepColumns({ ...options, shapes: options.shapes.slice(from, to), progress: silent });
}

/** The question with its devices whole, so that its hash says all that the answer rests on. */
export function resolved({ kind, options }: PredictionQuestion): PredictionQuestion {
  return { kind, options: { ...options, devices: options.devices.map((name) => findDevice(name)) } };
}

function launchColumns({ names, devices }: LaunchQuestion, points: readonly LaunchPoint[]): Columns {
  const rows = points.map((point) => launchRow(point, devices));
  return {
    ...Object.fromEntries(names.map((name, i) => [name, points.map(({ cells }) => cells[i])])),
    ...Object.fromEntries(
      launchColumnNames
        // What varies stands there already: the device, say.
        .filter((name) => !names.includes(name))
        .map((name) => [name, rows.map((row) => row[name] ?? null)]),
    ),
  };
}

function launchRow(point: LaunchPoint, devices: readonly DeviceSpec[]): Readonly<Partial<Record<LaunchColumn, Cell>>> {
  if ("reason" in point) return { note: point.reason };
  try {
    const { files, launch } = point;
    const { counters, findings, occupancy, kernel, device, work } = measureLaunchFile(launch, {
      readFile: (path) => fileNamed(files, path),
      devices,
      progress: silent,
    });
    return {
      ...counters,
      ...(occupancy === undefined ? {} : { ...occupancy, occupancy_limiter: occupancy.limiter }),
      // What ended early says nothing of the time.
      ...(findings.length > 0 ? {} : placeOf(predictWork(work, { device, label: kernel }))),
      kernel_type: kernel,
      device: device.key,
      findings: findings.length,
      note: findings[0]?.message.split("\n")[0] ?? "",
    };
  } catch (error) {
    return { note: reasonOf(error) };
  }
}

/** The figures of a place under a roofline that are figures: a kernel that moves no byte has no intensity. */
function placeOf(prediction: Prediction): Readonly<Partial<Record<PlaceColumn, Cell>>> {
  return Object.fromEntries(
    placeColumns.map((name) => {
      const cell = prediction[name];
      return [name, typeof cell === "number" && !Number.isFinite(cell) ? null : cell] as const;
    }),
  );
}
