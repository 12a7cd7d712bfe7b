// Draws a Vega-Lite or Vega specification as SVG text. The entry of its own bundle, since vega cannot be `require`d from its
// package; needs no DOM and no network, and draws the same bytes everywhere.
import { type Loader, type LoggerInterface, parse, type Runtime, type Spec, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { isVega } from "../../src/view/chart/chart.js";
import { failingPart } from "./failing-part.js";

/**
 * The chart as SVG. Data must be in the specification: a chart that would load something is an error, as is one that vega
 * cannot draw; what vega only warns of goes to the console.
 */
export async function renderSvg(spec: unknown): Promise<string> {
  const faults: string[] = [];
  const logger = collector(faults);
  const view = new View(compiled(spec, logger), { renderer: "none", loader: offline(faults), logger });
  try {
    const svg = await view.toSVG();
    if (faults.length > 0) throw new Error(`the chart cannot be drawn: ${faults.join("; ")}`);
    return svg;
  } finally {
    view.finalize();
  }
}

/** Throws, in one sentence that names the part, what cannot be compiled. */
function compiled(spec: unknown, logger: LoggerInterface): Runtime {
  const quiet = collector([], { warns: false });
  const attempt = (tried: unknown, log: LoggerInterface): Runtime =>
    parse(isVega(tried) ? (tried as Spec) : compile(tried as TopLevelSpec, { logger: log }).spec);
  try {
    return attempt(spec, logger);
  } catch (error) {
    const part = failingPart(spec, (tried) => {
      try {
        attempt(tried, quiet);
        return false;
      } catch {
        return true;
      }
    });
    const where = part === undefined ? "" : `${part}: `;
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    const fix =
      part === undefined
        ? "Take parts out until it is drawn: the last one is the one that is wrong."
        : `Without "${part}" it is drawn: compare that part with an example of its kind.`;
    throw new Error(`${where}the chart cannot be drawn: ${reason}\n${fix}`);
  }
}

/** Vega takes a failed request for an empty data set and draws on, so each is noted as a fault. */
function offline(faults: string[]): Loader {
  const refuse = async (address: string): Promise<never> => {
    faults.push(`its data must be inside it, and it wants to load ${address}`);
    throw new Error("offline");
  };
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

/** "Loading failed" only repeats what the loader has said; and a picture has no window for a selection to listen to. */
const unsaid = /^(?:Loading failed|Can not resolve event source)/;

function collector(faults: string[], { warns = true } = {}): LoggerInterface {
  const logger: LoggerInterface = {
    level: ((level?: number) => (level === undefined ? 0 : logger)) as LoggerInterface["level"],
    error: (...args: readonly unknown[]) => {
      faults.push(args.map(String).join(" "));
      return logger;
    },
    warn: (...args: readonly unknown[]) => {
      if (warns && !unsaid.test(String(args[0]))) console.warn("warplab, chart:", ...args);
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
