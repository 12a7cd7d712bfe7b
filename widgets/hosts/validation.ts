// The view of a validation as a bundle of its own, loaded only where it is shown.
import { validation } from "../validation/view.js";
import { registerView } from "./views.js";

registerView("validation", validation);
