// The timeline as an anywidget module: `anywidget.AnyWidget(esm=...)` hosts it as it is.
import { timeline } from "../timeline/view.js";
import { type AnyWidget, anyWidgetOf } from "./anywidget-module.js";

const anywidget: AnyWidget = anyWidgetOf(timeline);

export default anywidget;
