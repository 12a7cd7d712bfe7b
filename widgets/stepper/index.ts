// The stepper's view as the default export of a module, as anywidget asks for it.
export { stepper as default } from "./view.js";
