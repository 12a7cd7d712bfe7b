// Every view that warplab ships, under the name that a widget's `view` property asks for.
import { stepper } from "../stepper/view.js";
import { validation } from "../validation/view.js";
import { registerView } from "./views.js";

registerView("stepper", stepper);
registerView("validation", validation);
// A grid of answers is data: a page without a kernel reads it, and where there is a kernel nobody does.
registerView("precomputed", { render: () => undefined });
