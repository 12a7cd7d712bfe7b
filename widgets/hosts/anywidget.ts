// The stepper as an anywidget module: `anywidget.AnyWidget(esm=...)` hosts it as it is.
import { stepper } from "../stepper/view.js";
import { type AnyWidget, anyWidgetOf } from "./anywidget-module.js";

const anywidget: AnyWidget = anyWidgetOf(stepper);

export default anywidget;
