# Prints, as JSON, what ipywidgets says of each of its widgets that warplab has too: the names of its model and view, their
# module versions, and every property with its default. test/notebook/controls/ipywidgets.json is what it printed last:
#
#   golden=test/notebook/controls/ipywidgets.json
#   scripts/ci/jupyterlab-rootfs.sh exec "$PWD" python3 scripts/ipywidgets-golden.py >$golden && npx biome check --write $golden
import json

import ipywidgets as w

# The smallest call that makes each.
WIDGETS = [
    w.IntSlider, w.FloatSlider, w.FloatLogSlider, w.IntRangeSlider, w.FloatRangeSlider,
    w.BoundedIntText, w.BoundedFloatText, w.IntText, w.FloatText,
    w.IntProgress, w.FloatProgress, w.Play,
    w.Text, w.Textarea, w.Password, w.Combobox, w.HTML, w.Label,
    w.Checkbox, w.ToggleButton, w.Valid, w.Button,
    w.DatePicker, w.ColorPicker,
    w.HBox, w.VBox, w.GridBox, w.Tab, w.Accordion, w.Stack,
    w.Output, w.Layout,
]
WITH_OPTIONS = [w.Dropdown, w.RadioButtons, w.ToggleButtons, w.Select, w.SelectMultiple, w.SelectionSlider]


def described(widget):
    state = widget.get_state()
    for name, value in state.items():
        # Which model is referred to, by its name rather than by an id drawn by lot.
        if isinstance(value, str) and value.startswith("IPY_MODEL_"):
            state[name] = {"model": getattr(widget, name)._model_name}
    return state


def styles():
    from ipywidgets.widgets import widget_bool, widget_button, widget_description, widget_int, widget_selection, widget_string

    return [
        widget_description.DescriptionStyle, widget_int.SliderStyle, widget_int.ProgressStyle,
        widget_button.ButtonStyle, widget_bool.CheckboxStyle, widget_bool.ToggleButtonStyle,
        widget_selection.ToggleButtonsStyle, widget_string.TextStyle, widget_string.HTMLStyle,
        widget_string.LabelStyle,
    ]


golden = {}
for widget in [cls() for cls in WIDGETS] + [cls(options=["a", "b"]) for cls in WITH_OPTIONS] + [cls() for cls in styles()]:
    state = described(widget)
    golden[state["_model_name"]] = state
one = w.IntSlider()
for widget in [w.jslink((one, "value"), (one, "max")), w.jsdlink((one, "value"), (one, "max"))]:
    state = described(widget)
    golden[state["_model_name"]] = {**state, "source": None, "target": None}

print(json.dumps({"ipywidgets": w.__version__, "models": golden}, indent=1, sort_keys=True, default=str))
