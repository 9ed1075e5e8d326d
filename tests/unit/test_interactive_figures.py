"""Figures of Matplotlib drawn again with Bokeh: the same numbers, limits, words and colours; new data in the same marks."""

import json
import re

import numpy as np
import pytest
from bokeh import models
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from solion.views.interactive.artists import NotDrawnError
from solion.views.interactive.axis_kind import set_axes
from solion.views.interactive.cursor import Cursor
from solion.views.interactive.document import document
from solion.views.interactive.figures import interactive, renew
from solion.views.interactive.marked_panel import ChangedError
from solion.views.interactive.plain_text import plain_text
from solion.views.moments import mark_moving, mark_time, moving_on


def marks(drawn, kind):
    return [model for sheet in drawn.sheets for name, model in sheet.marks if name == kind]


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("current $i$ (µA)", "current i (µA)"),
        (r"$i/i_\mathrm{D}$", "i/i_D"),
        (r"$|j|/\bar j$", "|j|/j̄"),
        ("$10^{-3}$", "10⁻³"),
        (r"$x_0$ and $\theta_c$", "x₀ and θ_c"),
        (r"it costs \$5", "it costs $5"),
    ],
)
def test_formulas_become_plain_text(label, plain):
    assert plain_text(label) == plain


def curve(height=1.0, name="a curve", form="o--"):
    drawing = Figure()
    axes = drawing.subplots()
    x = np.linspace(0, 1, 11)
    axes.plot(x, height * x**2, form, color="#ff0000", label=name)
    axes.axhline(0.5, color="black")
    axes.axvspan(0.2, 0.4, color="#00ff00")
    axes.set(xlabel="time $t$ (s)", ylabel="y", xlim=(0, 2), ylim=(1, 0))
    axes.legend()
    mark_time(axes, 1e3, x)
    mark_moving(axes, x, x, height * x**2)
    return drawing


def test_a_curve_keeps_its_numbers_limits_and_words():
    drawn = interactive(curve(), Cursor.of(np.linspace(0, 1, 11)), models)
    (line,), (rule,), (band,) = (marks(drawn, kind) for kind in ("line", "hspan", "BoxAnnotation"))
    assert line.data_source.data["y"] == pytest.approx(np.linspace(0, 1, 11) ** 2)
    assert line.glyph.line_color == "#ff0000"
    assert rule.data_source.data["y"] == [0.5]
    assert (band.left, band.right) == pytest.approx((0.2, 0.4))
    canvas, axis = drawn.sheets[0].canvas, drawn.sheets[0].x_axis
    assert (canvas.x_range.start, canvas.x_range.end, canvas.y_range.start, canvas.y_range.end) == (0, 2, 1, 0)
    assert axis.axis_label == "time t (s)"
    assert [item.label.value for item in marks(drawn, "Legend")[0].items] == ["a curve"]


def test_new_data_come_into_the_same_marks():
    seconds = np.linspace(0, 1, 11)
    cursor = Cursor.of(seconds)
    drawn = interactive(curve(), cursor, models)
    slider = cursor.slider(models)
    assert slider is not None
    before = [model for _, model in drawn.sheets[0].marks]
    later = Cursor.of(seconds)
    renew(drawn, curve(3.0, "another"), later)
    later.renew(slider, cursor)
    assert [model for _, model in drawn.sheets[0].marks] == before
    assert marks(drawn, "line")[0].data_source.data["y"] == pytest.approx(3 * seconds**2)
    assert marks(drawn, "Legend")[0].items[0].label.value == "another"
    assert marks(drawn, "Span")[0].location == pytest.approx(1e3)
    other = curve()
    other.axes[0].plot([0, 1], [0, 1])
    with pytest.raises(ChangedError):
        renew(drawn, other, Cursor.of(seconds))


def sent(roots):
    """What a browser is sent of models, with their numbers in the order in which they stand."""
    together, numbers = Document(), {}
    for root in roots:
        together.add_root(root)
    text = json.dumps(together.to_json(deferred=False)["roots"], sort_keys=True)
    return re.sub(r'"p\d+"', lambda found: numbers.setdefault(found[0], f"{len(numbers)}"), text)


def test_a_page_in_a_file_holds_what_bokeh_itself_would_write():
    drawing, seconds = curve(form="x--"), np.linspace(0, 1, 11)
    mesh = drawing.axes[0].pcolormesh([[0.0, 1.0], [2.0, np.nan]])
    drawing.colorbar(mesh, ax=drawing.axes[0])
    drawing.axes[0].annotate("here", (0.5, 0.5), (0.2, 0.7), arrowprops={"arrowstyle": "->"})
    cursor = Cursor.of(seconds)
    wanted = [interactive(drawing, cursor, models).layout, cursor.slider(models)]
    written = document({"curve": drawing}, {"curve": "A curve."}, seconds).script
    held = re.search(r'id="drawn">(.*?)</script>', written, re.DOTALL)
    assert held is not None
    assert sent(Deserializer().deserialize(json.loads(held[1]))["figures"]["roots"]) == sent(wanted)


def test_a_map_of_uneven_cells_is_even_to_the_eye():
    drawing = Figure()
    axes = drawing.subplots()
    mesh = axes.pcolormesh([1.0, 10.0, 100.0, 1e4], [0.0, 1.0, 3.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    axes.set_xscale("log")
    bar = drawing.colorbar(mesh, ax=axes)
    bar.set_label("height (nm)")
    drawn = interactive(drawing, models=models)
    (picture,) = marks(drawn, "image")
    data = picture.data_source.data
    assert (data["x"][0], data["dw"][0], data["y"][0], data["dh"][0]) == pytest.approx((1.0, 1e4 - 1, 0.0, 3.0))
    image = data["image"][0]
    rows, columns = image.shape
    assert image[0, 0] == 1.0
    assert image[-1, -1] == 6.0
    assert image[0, int(columns * 0.3)] == 2.0  # the second decade of four
    assert image[int(rows * 0.4), 0] == 4.0  # the second row begins at a third
    assert marks(drawn, "ColorBar")[0].title == "height (nm)"


def test_kinds_have_their_colours_and_words():
    drawing = Figure()
    axes = drawing.subplots()
    norm, colours = BoundaryNorm(np.arange(4) - 0.5, 3), ListedColormap(["#ff0000", "#00ff00", "#0000ff"])
    mesh = axes.pcolormesh([[0.0, 1.0], [2.0, 1.0]], norm=norm, cmap=colours)
    bar = drawing.colorbar(mesh, ax=axes)
    bar.set_ticks(range(3), labels=["low", "middle", "high"])
    axes.set_xticks([0.5, 1.5], labels=["left", "right"])
    drawn = interactive(drawing, models=models)
    made = marks(drawn, "ColorBar")[0]
    assert made.color_mapper.palette == ["#ff0000", "#00ff00", "#0000ff"]
    assert made.major_label_overrides == {0.0: "low", 1.0: "middle", 2.0: "high"}
    assert drawn.sheets[0].x_axis.major_label_overrides == {0.5: "left", 1.5: "right"}


def test_a_moving_mesh_is_drawn_where_it_is():
    drawing = Figure()
    axes = drawing.subplots()
    time = np.array([0.0, 1.0, 2.0])
    edges = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0]])
    axes.pcolormesh(np.broadcast_to(time[:, None], edges.shape), edges, np.array([[7.0], [8.0]]))
    image = marks(interactive(drawing, models=models), "image")[0].data_source.data["image"][0]
    rows, columns = image.shape
    assert image[0, 0] == 7.0
    assert image[0, -1] == 8.0
    assert np.isnan(image[-1, 0])
    assert np.isfinite(image[: int(0.7 * rows), columns - 1]).all()


def test_what_only_matplotlib_can_draw_is_named():
    drawing = Figure()
    drawing.add_subplot(projection="polar")
    with pytest.raises(NotDrawnError, match="polar"):
        interactive(drawing, models=models)


def test_a_current_of_both_signs_is_drawn_as_its_magnitude_on_a_logarithmic_axis():
    drawing = Figure()
    axes = drawing.add_subplot()
    (line,) = axes.plot([0.0, 1.0, 2.0, 3.0], [1.0, -10.0, 0.0, 100.0])
    axes.set_ylabel("current (mA)")
    set_axes(drawing, "logarithmic", "y")
    np.testing.assert_array_equal(line.get_ydata(), [1.0, 10.0, np.nan, 100.0])
    assert (axes.get_yscale(), axes.get_ylabel()) == ("log", "|current (mA)|")
    assert axes.get_ylim() == pytest.approx((0.7, 140.0))
    set_axes(drawing, "linear", "y")
    assert axes.get_yscale() == "linear"


def test_time_is_drawn_on_a_logarithmic_axis_from_the_first_instant_after_its_start():
    drawing = Figure()
    axes = drawing.add_subplot()
    (line,) = axes.plot([0.0, 1.0, 10.0], [3.0, 2.0, 1.0])
    mark_moving(axes, np.array([0.0, 1.0, 10.0]), np.array([0.0, 1.0, 10.0]), np.array([3.0, 2.0, 1.0]))
    axes.set_xlabel("time (s)")
    (second,) = drawing.add_subplot(sharex=axes).plot([0.0, 5.0], [1.0, 1.0])
    set_axes(drawing, "logarithmic", "x")
    np.testing.assert_array_equal(line.get_xdata(), [np.nan, 1.0, 10.0])
    np.testing.assert_array_equal(second.get_xdata(), [np.nan, 5.0])
    np.testing.assert_array_equal(moving_on(axes)[0].x, [np.nan, 1.0, 10.0])
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlabel()) == ("log", "linear", "time (s)")
    assert axes.get_xlim() == pytest.approx((0.7, 14.0))


def test_a_map_keeps_its_axes():
    drawing = Figure()
    axes = drawing.add_subplot()
    axes.pcolormesh([0.0, 1.0], [0.0, 1.0], [[1.0]])
    axes.plot([0.0, 1.0], [0.5, 0.7])
    below = drawing.add_subplot(sharex=axes)
    below.plot([0.0, 1.0], [2.0, 3.0])
    for direction in ("x", "y"):
        set_axes(drawing, "logarithmic", direction)
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "linear")
    assert (below.get_xscale(), below.get_yscale()) == ("linear", "log")
