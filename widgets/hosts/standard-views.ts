// Every view that warplab ships, under the name that a widget's `view` property asks for.
import { stepper } from "../stepper/view.js";
import { registerView } from "./views.js";

registerView("stepper", stepper);
