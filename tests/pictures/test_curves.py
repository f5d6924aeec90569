"""Bands and names of lines: nothing is lost that is -inf, and no two names stand on each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from grusym.pictures.curves import (
    LN10,
    band,
    end_labels,
    horizon_mark,
    level_mark,
    log_lags,
    powers_of_ten,
    quantiles,
    spread,
)
from grusym.pictures.style import style


def drawn(*ends: float, last: int = 100) -> tuple[Figure, Axes]:
    """Straight lines from 0 to the given natural logarithms."""
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    lags = np.arange(1, last + 1)
    for number, end in enumerate(ends):
        band(axes, lags, np.outer([0.9, 1.0, 1.1], lags / last * end), f"C{number}", f"line {number}")
    return figure, axes


def names(figure: Figure, axes: Axes) -> dict[str, tuple[float, float, float, float]]:
    FigureCanvasAgg(figure).draw()
    found = [text for text in axes.get_children() if str(getattr(text, "get_text", str)()).startswith("line")]
    return {text.get_text(): text.get_window_extent().extents for text in found}  # type: ignore[attr-defined]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_names_of_lines_that_end_together_move_apart(scale: str) -> None:
    with style().applied():
        figure, axes = drawn(-50, -50.1, -50.2, -51, -900)
        end_labels(axes)
        if scale == "log":
            log_lags(axes)
        boxes = names(figure, axes)
    assert len(boxes) == 5
    for a, b in combinations(boxes.values(), 2):
        assert a[1] >= b[3] or b[1] >= a[3]
    order = sorted(boxes, key=lambda name: -boxes[name][1])
    assert order == [f"line {i}" for i in range(5)]


def test_the_name_of_a_line_that_leaves_the_axes_stands_where_it_leaves() -> None:
    with style().applied():
        figure, axes = drawn(-100, -1)
        end_labels(axes)
        axes.set_ylim(-100 / LN10 / 4, 1)  # after the names: they follow
        boxes = names(figure, axes)
        left, right = axes.transData.transform([(0, 0), (100, 0)])[:, 0]
    assert left + 0.2 * (right - left) < boxes["line 0"][0] < left + 0.35 * (right - left)
    assert boxes["line 1"][0] > right


def test_a_gradient_that_is_zero_ends_a_line_and_spoils_no_other_run() -> None:
    logs = np.array([[-1.0, -2.0, -np.inf], [-1.5, -np.inf, -np.inf], [-2.0, -3.0, -4.0]])
    low, middle, high = quantiles(logs)
    assert middle.tolist() == [-1.5, -3.0, -np.inf]
    assert (low[1] == -np.inf and high[2] > -np.inf) or np.isneginf(high[2])
    assert np.isnan(quantiles(np.array([[np.nan], [1.0]]))).all()
    axes = Figure().subplots()
    band(axes, [1, 2, 3], logs, "k")
    drawn_line = np.asarray(axes.lines[0].get_ydata(), float)
    assert drawn_line[:2] == pytest.approx([-1.5 / LN10, -3 / LN10])
    assert np.isnan(drawn_line[2])


def test_an_axis_of_logarithms_says_powers_of_ten() -> None:
    with style().applied():
        figure, axes = drawn(-10_000)
        powers_of_ten(axes)
        log_lags(axes)
        FigureCanvasAgg(figure).draw()
        labels = [tick.get_text() for tick in axes.get_yticklabels()]
        lags = [tick.get_text() for tick in axes.get_xticklabels()]
    assert "$10^{0}$" in labels and "$10^{-4000}$" in labels
    assert lags[:3] == ["1", "10", "100"] or lags[1:4] == ["1", "10", "100"]


def test_marks_are_named_and_are_no_lines_to_be_named() -> None:
    with style().applied():
        figure, axes = drawn(-5)
        horizon_mark(axes, 40, "longest word")
        level_mark(axes, -3.0, "zero in float32")
        end_labels(axes)
        assert set(names(figure, axes)) == {"line 0"}
    assert {text.get_text() for text in axes.texts} >= {"longest word", "zero in float32"}


def test_numbers_that_are_far_apart_stay_where_they_are() -> None:
    assert spread([0.0, 5.0, 9.0], 2.0) == [0.0, 5.0, 9.0]
    assert spread([1.0, 1.0], 2.0) == [0.0, 2.0]
    pushed = spread([0.0, 0.1, 0.2, 7.0], 2.0)
    assert np.diff(pushed).min() >= 2.0 - 1e-12  # sums of halves are exact up to rounding
    assert pushed[3] == 7.0
