"""Titles are plain text: what a figure would read as mathematics is drawn as it stands, and no figure costs a result."""

import pytest

import solion as so
from solion.study import execute, load
from solion.views import AbstractView

SMALL = ["numerics.cells=20", "protocol.0.samples=3", "protocol.1.samples=5", "protocol.1.duration=0.5 tau_D"]


def test_a_title_that_is_no_mathematics_is_drawn(tmp_path):
    result = execute(load("step-current", [*SMALL, "title='$\\frac{1$ and $x$'"]), tmp_path / "run")
    assert (tmp_path / "run" / "report.html").is_file()
    assert result.dataset.attrs["title"] == "$\\frac{1$ and $x$"


def test_control_characters_are_refused():
    with pytest.raises(so.InputError, match=r"title.*control characters"):
        load("step-current", ['title="a\\u0000b"'])


def test_a_view_that_fails_costs_the_report_and_not_the_result(tmp_path, monkeypatch):
    from solion.views import view

    monkeypatch.setattr(view, "_DEFINED", list(view._DEFINED))

    class Failing(AbstractView):
        name = "failing"
        title = "Failing"

        def applies(self, data):
            return True

        def draw(self, data):
            raise ZeroDivisionError

    with pytest.warns(UserWarning, match="could not be drawn"):
        execute(load("step-current", SMALL), tmp_path / "run")
    assert so.load(tmp_path / "run").status == "finished"
