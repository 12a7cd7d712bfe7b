// Views as Jupyter widgets: one model and one view class for all of them, over the classes of @jupyter-widgets/base that the
// page shares. Knows no view by itself: the model's `view` property names the one to draw.
import type { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import type { CleanUp, ViewModel } from "../view.js";
import { copyKeepingBytes, withByteArrays } from "./binary.js";
import { viewNamed } from "./views.js";

export const widgetModule: string = "warplab";

/** What is used of @jupyter-widgets/base. */
export interface WidgetBase {
  readonly DOMWidgetModel: typeof DOMWidgetModel;
  readonly DOMWidgetView: typeof DOMWidgetView;
}

/** What a widget registry is given under the module name `warplab`. */
export interface WidgetExports {
  readonly WarplabModel: unknown;
  readonly WarplabView: unknown;
}

type State = Record<string, unknown>;

export function widgetsFor(base: WidgetBase, version: string): WidgetExports {
  class WarplabModel extends base.DOMWidgetModel {
    // Only declared: a field would be set to undefined after the constructor of Backbone has called `initialize`.
    declare private cleanUp: CleanUp | undefined;

    override defaults(): State {
      return {
        ...super.defaults(),
        _model_name: "WarplabModel",
        _model_module: widgetModule,
        _model_module_version: version,
        _view_name: "WarplabView",
        _view_module: widgetModule,
        _view_module_version: version,
        view: "",
      };
    }

    override initialize(attributes: State, options: Parameters<DOMWidgetModel["initialize"]>[1]): void {
      super.initialize(attributes, options);
      this.cleanUp = viewNamed(this.get("view")).initialize?.({ model: this as unknown as ViewModel });
    }

    // Jupyter's own copy of a state goes through JSON and would lose the bytes in it.
    override serialize(state: State): ReturnType<DOMWidgetModel["serialize"]> {
      const own: State = {};
      const inherited: State = {};
      for (const [name, value] of Object.entries(state)) {
        (name in (this.constructor as typeof DOMWidgetModel).serializers! ? inherited : own)[name] = value;
      }
      return { ...super.serialize(inherited), ...(copyKeepingBytes(own) as State) } as ReturnType<
        DOMWidgetModel["serialize"]
      >;
    }

    static override async _deserialize_state(
      state: State,
      manager: Parameters<typeof DOMWidgetModel._deserialize_state>[1],
    ): Promise<State> {
      const usual = (await base.DOMWidgetModel._deserialize_state(state as never, manager)) as State;
      for (const name of Object.keys(usual)) {
        if (!(name in base.DOMWidgetModel.serializers!)) usual[name] = withByteArrays(usual[name]);
      }
      return usual;
    }

    override close(closed = false): Promise<void> {
      this.cleanUp?.();
      this.cleanUp = undefined;
      return super.close(closed);
    }
  }

  class WarplabView extends base.DOMWidgetView {
    private cleanUp: CleanUp | undefined;

    override render(): void {
      super.render();
      this.el.classList.add("warplab-widget");
      this.el.style.display = "block";
      this.el.style.width = "100%";
      const view = viewNamed(this.model.get("view"));
      this.cleanUp = view.render({ model: this.model as unknown as ViewModel, el: this.el });
    }

    override remove(): void {
      this.cleanUp?.();
      this.cleanUp = undefined;
      super.remove();
    }
  }

  return { WarplabModel, WarplabView };
}
