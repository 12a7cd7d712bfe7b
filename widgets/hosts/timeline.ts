// The view of a timeline as a bundle of its own, loaded only where it is shown.
import { timeline } from "../timeline/view.js";
import { registerView } from "./views.js";

registerView("timeline", timeline);
