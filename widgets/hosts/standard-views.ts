// The views that every host has, under the name that a widget's `view` property asks for; the others come in scripts of their own.
import { stepper } from "../stepper/view.js";
import { registerView } from "./views.js";

registerView("stepper", stepper);
// A grid of answers is data: a page without a kernel reads it, and where there is a kernel nobody does.
registerView("precomputed", { render: () => undefined });
