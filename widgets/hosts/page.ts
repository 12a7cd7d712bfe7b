// The runtime of a saved page: finds the widgets' state in the page, and mounts a live view wherever the page asks for one.
// There is no kernel here: what a view sets stays in the page.
import { PageWidgets, type SavedWidget } from "./page-widgets.js";
import "./standard-views.js";

function start(): void {
  const text = document.getElementById("warplab-widgets")?.textContent;
  if (!text) return;
  const { state } = JSON.parse(text) as { state: Record<string, SavedWidget> };
  new PageWidgets(state).mountAll(document);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
