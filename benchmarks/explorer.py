"""The explorer and the report: from a moved number to new data of the figures, and what drawing costs beside Matplotlib.

    python benchmarks/explorer.py [--cells 100] [--moves 20]

Moves the thickness of the LTO7 memristor as a slider would, without a browser: load the study with the new number, run it, give
the figures their new data. Then the page of the report, beside Matplotlib drawing the same figures as PNG. Medians in one
process; the first run, which compiles or reads its program, is counted apart.
"""

import argparse
import io
import os
import statistics
import tempfile
import time
from pathlib import Path

import solion as so
from solion.app.page import Session
from solion.app.settings import settings_of
from solion.study.files import dump


class Document:
    """Stands for Bokeh's: what a thread asks for is done at once."""

    def add_next_tick_callback(self, function):
        function()


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def median(function, count):
    found = [timed(function) for _ in range(count)]
    return statistics.median(found), min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--moves", type=int, default=20)
    options = parser.parse_args()
    study = so.study.load("lto7-voltammogram", [f"numerics.cells={options.cells}"])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "lto7.toml").write_text(dump(study.data), encoding="utf-8")
        session = Session(Document(), root, "lto7.toml")
        session.worker.ask = lambda work: session._done(work(lambda progress: None), "")
        print(f"load {os.getloadavg()[0]:.1f}; LTO7, {options.cells} cells, two cycles")
        print(f"first run and figures: {timed(session.run):.2f} s")
        session.figures.tabs.active = 1  # the loop
        thickness = next(setting for setting in settings_of(session.study) if setting.key == "device.thickness")
        parts = {"run": [], "figures": [], "whole": []}
        show = session.figures.show

        def ask(work):
            found = []
            parts["run"].append(timed(lambda: found.append(work(lambda progress: None))))
            session._done(found[0], "")

        session.figures.show = lambda result: parts["figures"].append(timed(lambda: show(result)))
        session.worker.ask = ask
        for k in range(options.moves):
            parts["whole"].append(timed(lambda k=k: session.set(thickness, f"{80 + k / 10:g} nm")))
        for name, seconds in parts.items():
            print(f"{name:>8}: median {1e3 * statistics.median(seconds):.0f} ms, least {1e3 * min(seconds):.0f} ms")
        result = session.result
        page, least = median(lambda: result.report(root / "report"), 5)
        drawings = so.views.figures(result.dataset)
        static, _ = median(lambda: [drawing.savefig(io.BytesIO(), format="png", dpi=160) for drawing in drawings.values()], 3)
        size = (root / "report" / "report.html").stat().st_size / 1e6
        print(f"report: median {page:.2f} s, least {least:.2f} s, {size:.2f} MB")
        print(f"Matplotlib's PNG of the same figures: {static:.2f} s, {static / page:.1f} times the page")


if __name__ == "__main__":
    main()
