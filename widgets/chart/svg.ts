// Draws a Vega-Lite specification as SVG text. The entry of its own bundle, since vega cannot be `require`d from its
// package; needs no DOM and no network, and draws the same bytes everywhere.
import { type Loader, type LoggerInterface, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/**
 * The chart as SVG. Data must be in the specification: a chart that would load something is an error, as is one that vega
 * cannot draw; what vega only warns of goes to the console.
 */
export async function renderSvg(spec: unknown): Promise<string> {
  const faults: string[] = [];
  const logger = collector(faults);
  const compiled = compile(spec as TopLevelSpec, { logger }).spec;
  const view = new View(parse(compiled), { renderer: "none", loader: offline(faults), logger });
  try {
    const svg = await view.toSVG();
    if (faults.length > 0) throw new Error(`the chart cannot be drawn: ${faults.join("; ")}`);
    return svg;
  } finally {
    view.finalize();
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

function collector(faults: string[]): LoggerInterface {
  const logger: LoggerInterface = {
    level: ((level?: number) => (level === undefined ? 0 : logger)) as LoggerInterface["level"],
    error: (...args: readonly unknown[]) => {
      faults.push(args.map(String).join(" "));
      return logger;
    },
    warn: (...args: readonly unknown[]) => {
      // "Loading failed" only repeats what the loader has said.
      if (!String(args[0]).startsWith("Loading failed")) console.warn("warplab, chart:", ...args);
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
