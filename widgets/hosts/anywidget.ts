// The stepper as an anywidget module: `anywidget.AnyWidget(esm=...)` hosts it as it is. Binary state arrives there as DataView.
import { stepper } from "../stepper/view.js";
import type { CleanUp, ViewModel } from "../view.js";
import { withByteArrays } from "./binary.js";

interface Context {
  readonly model: ViewModel;
}

/** The model as it is, save that binary values are byte arrays. */
function readingBytes(model: ViewModel): ViewModel {
  return new Proxy(model, {
    get(target, name) {
      if (name === "get") return (property: string) => withByteArrays(target.get(property));
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

const anywidget: {
  initialize(context: Context): CleanUp | undefined;
  render(context: Context & { el: HTMLElement }): CleanUp | undefined;
} = {
  initialize: ({ model }) => stepper.initialize?.({ model: readingBytes(model) }),
  render: ({ model, el }) => stepper.render({ model: readingBytes(model), el }),
};

export default anywidget;
