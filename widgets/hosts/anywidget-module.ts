// A view as the default export of an anywidget module. Binary state arrives there as DataView; a view or a model ends by the
// function that the hook returned or, since anywidget 0.11, by an AbortSignal, whichever comes first. Knows no view.
import type { CleanUp, View, ViewModel } from "../view.js";
import { withByteArrays } from "./binary.js";

/** What anywidget hands to both hooks; hosts older than 0.11 give no signal. */
export interface AnyWidgetContext {
  readonly model: ViewModel;
  readonly signal?: AbortSignal;
}

export interface AnyWidget {
  initialize(context: AnyWidgetContext): CleanUp;
  render(context: AnyWidgetContext & { readonly el: HTMLElement }): CleanUp;
}

export function anyWidgetOf(view: View): AnyWidget {
  return {
    initialize: ({ model, signal }) => ending(view.initialize?.({ model: readingBytes(model) }), signal),
    render: ({ model, el, signal }) => ending(view.render({ model: readingBytes(model), el }), signal),
  };
}

/** The clean-up, once, whoever asks for it first. */
function ending(cleanUp: CleanUp | undefined, signal: AbortSignal | undefined): CleanUp {
  let hasEnded = false;
  const end = (): void => {
    signal?.removeEventListener("abort", end);
    if (!hasEnded) cleanUp?.();
    hasEnded = true;
  };
  // A module that was still loading when its view went is told of it here.
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end);
  return end;
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
