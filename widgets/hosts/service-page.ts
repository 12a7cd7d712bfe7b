// The web page of `warplab serve`: the view of a service with the server as its host. Runs are simulated in the page, since it redraws
// while a slider moves; the server is asked for what a page has not: costs by the model of a device, the devices, and a place to keep
// a run that is shared, whose id then stands in the address. The same scenario and seed give the same run in both.
import "./service.js";
import type { Scenario } from "../../src/serving/index.js";
import { followTheme } from "../stepper/theme.js";
import { PageModel } from "./page-model.js";
import { viewNamed } from "./views.js";

if (typeof document !== "undefined") void start();

async function start(): Promise<void> {
  const el = document.getElementById("warplab-service")!;
  const status = document.getElementById("warplab-status")!;
  const say = (words: string): void => {
    status.textContent = words;
  };
  followTheme(el, (theme) => document.documentElement.setAttribute("data-page-theme", theme));
  const model = new PageModel({ view: "service", host: "server", scenario: await fromAddress(say) });
  model.on("change:request", (_model: never, request: { readonly scenario: Scenario }) => void answer(model, request));
  model.on("change:share", (_model: never, { scenario }: { readonly scenario: Scenario }) => void share(scenario, say));
  viewNamed("service").render({ model, el });
  addEventListener("hashchange", async () => {
    const scenario = await fromAddress(say);
    if (scenario !== undefined) model.set("scenario", scenario);
  });
  model.set("devices", await deviceKeys());
}

/** The scenario that the address names: `#run=ID` or `#scenario=ID`. */
async function fromAddress(say: (words: string) => void): Promise<unknown> {
  const { run, scenario } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  try {
    if (run !== undefined) return (await ask<{ scenario: Scenario }>(`/v1/runs/${encodeURIComponent(run)}`)).scenario;
    if (scenario !== undefined) return await ask(`/v1/scenarios/${encodeURIComponent(scenario)}`);
  } catch (error) {
    say(messageOf(error));
  }
  return undefined;
}

async function answer(model: PageModel, { scenario }: { readonly scenario: Scenario }): Promise<void> {
  try {
    model.set("answer", { scenario, costs: await ask("/v1/costs", { scenario }) });
  } catch (error) {
    model.set("answer", { scenario, error: messageOf(error) });
  }
}

/** Keeps scenario and run on the server, and puts the run's id into the address. */
async function share(scenario: Scenario, say: (words: string) => void): Promise<void> {
  try {
    const { scenario_id } = await ask<{ scenario_id: string }>("/v1/scenarios", scenario);
    const { run_id } = await ask<{ run_id: string }>("/v1/runs", { scenario_id });
    history.replaceState(null, "", `#run=${run_id}`);
    const isCopied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    say(
      isCopied === true
        ? `Run ${run_id} is kept; its address was copied.`
        : `Run ${run_id} is kept: this page's address leads to it.`,
    );
  } catch (error) {
    say(messageOf(error));
  }
}

async function deviceKeys(): Promise<string[]> {
  try {
    return (await ask<{ key: string }[]>("/api/devices")).map(({ key }) => key);
  } catch {
    // They are only suggested.
    return [];
  }
}

/** What the server answers. Throws its words where it refuses, and words of ours where it does not answer. */
async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new Error("The server does not answer. Is `warplab serve` still running?");
  });
  const answered = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answered.error ?? `The server answered ${response.status}.`);
  return answered;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
