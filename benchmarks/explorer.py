"""The explorer and the report: from a moved number to new data of the figures, and what drawing costs beside Matplotlib.

    python benchmarks/explorer.py [--cells 100] [--moves 20] [--browser] [--pybamm PYTHON]

Moves the thickness of the LTO7 memristor as a slider would, without a browser: load the study with the new number, run it, give
the figures their new data. Then the page of the report, beside Matplotlib drawing the same figures as PNG. Medians in one
process; the first run, which compiles or reads its program, is counted apart. ``--browser``: the same in Chromium, from the key
that moves the slider to the second frame after the last curve has changed. ``--pybamm``: an interpreter that has PyBaMM and
Matplotlib; its quick plot of two cycles of a particle cell of 100 points, drawn and moved, in processor time as the rest.
"""

import argparse
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import solion as so
from solion.app.page import Session
from solion.app.settings import settings_of
from solion.study.files import dump


class Document:
    """Stands for Bokeh's: what a thread asks for is done at once, what is to be done later never."""

    def add_next_tick_callback(self, function):
        function()

    def add_timeout_callback(self, function, _):
        return function

    def remove_timeout_callback(self, _):
        pass


PYBAMM = """
import statistics, time, warnings
warnings.filterwarnings("ignore")
import pybamm
pybamm.set_logging_level("ERROR")
legs = ("Discharge at 1C until 2.8 V", "Charge at 1C until 4.1 V")
points = dict(x_n=30, x_s=20, x_p=50, r_n=30, r_p=30)
simulation = pybamm.Simulation(pybamm.lithium_ion.SPMe(), experiment=pybamm.Experiment([legs] * 2), var_pts=points)
def spent(function):
    start = time.process_time()
    function()
    return time.process_time() - start
simulation.solve()
runs = [spent(simulation.solve) for _ in range(5)]
plot = pybamm.QuickPlot(simulation.solution)
def draw():
    global plot
    plot = pybamm.QuickPlot(simulation.solution)
    plot.dynamic_plot(show_plot=False)
    plot.fig.canvas.draw()
draw()
drawn = [spent(draw) for _ in range(5)]
def move(k):
    plot.slider_update(plot.slider.valmax * (k + 1) / 12)
    plot.fig.canvas.draw()
moved = [spent(lambda: move(k)) for k in range(10)]
named = ("run", runs), ("quick plot", drawn), ("moved", moved)
parts = " ".join(f"{name} {1e3 * statistics.median(found):.0f} ms," for name, found in named)
print(f"PyBaMM {pybamm.__version__}, processor time, medians: {parts[:-1]}")
"""
SERVE = """
import sys
from pathlib import Path
from solion.app.server import Explorer
explorer = Explorer(("lto7.toml",), root=Path(sys.argv[1]))
print(explorer.address, flush=True)
explorer.wait()
"""
WATCH = """() => {
  window.pressed = window.drawn = 0
  document.addEventListener("keydown", () => { window.pressed = performance.now() }, true)
  const curve = (model) => model.type == "GlyphRenderer" && model.glyph.type == "Line" && model.data_source.data.x.length > 300
  const frames = (then) => requestAnimationFrame(() => requestAnimationFrame(then))
  for (const model of [...Bokeh.documents[0]._all_models.values()].filter(curve))
    model.data_source.properties.data.change.connect(() => frames(() => { window.drawn = performance.now() }))
}"""
DONE = "window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].get_model_by_name('status').text.includes('finished')"


def processor_time(process):
    """What a process has used so far, s."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_browser(root: Path, moves: int) -> None:
    """Move the first slider by keyboard, back and forth, and wait for the loop each time."""
    from playwright.sync_api import sync_playwright

    server = subprocess.Popen([sys.executable, "-u", "-c", SERVE, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1400, "height": 1100})
            page.goto(address)
            page.wait_for_function(DONE, timeout=240_000)
            page.get_by_text("Loop", exact=True).first.click()
            page.wait_for_timeout(4000)
            page.evaluate(WATCH)
            page.locator(".noUi-handle").first.focus()
            waited, before = [], processor_time(server)
            for k in range(moves):
                page.evaluate("window.drawn = 0")
                page.keyboard.press("ArrowLeft" if k % 2 else "ArrowRight")
                page.wait_for_function("window.drawn > 0", timeout=60_000)
                page.wait_for_timeout(700)
                waited.append(page.evaluate("window.drawn - window.pressed"))
            spent = (processor_time(server) - before) / moves
            browser.close()
        words = f"median {statistics.median(waited[2:]):.0f} ms, least {min(waited[2:]):.0f} ms"
        print(f"in Chromium, from the key to the loop: {words}; processor time of the server {1e3 * spent:.0f} ms a move")
    finally:
        server.kill()


def timed(function, clock=time.perf_counter):
    start = clock()
    function()
    return clock() - start


def median(function, count):
    found = [timed(function) for _ in range(count)]
    return statistics.median(found), min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--pybamm", metavar="PYTHON")
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
            parts["run"].append(timed(lambda: found.append(work(lambda progress: None)), time.process_time))
            session._done(found[0], "")

        session.figures.show = lambda result: parts["figures"].append(timed(lambda: show(result), time.process_time))
        session.worker.ask = ask
        for k in range(options.moves):
            parts["whole"].append(timed(lambda k=k: session.set(thickness, f"{80 + k / 10:g} nm"), time.process_time))
        for name, seconds in parts.items():
            middle, least = 1e3 * statistics.median(seconds), 1e3 * min(seconds)
            print(f"{name:>8}: processor time, median {middle:.0f} ms, least {least:.0f} ms")
        result = session.result
        assert result is not None
        page, least = median(lambda: result.report(root / "report"), 5)
        spent = statistics.median(timed(lambda: result.report(root / "report"), time.process_time) for _ in range(5))
        drawings = so.views.figures(result.dataset)
        static, _ = median(lambda: [drawing.savefig(io.BytesIO(), format="png", dpi=160) for drawing in drawings.values()], 3)
        size = (root / "report" / "report.html").stat().st_size / 1e6
        print(f"report: median {page:.2f} s, least {least:.2f} s, processor time {spent:.2f} s, {size:.2f} MB")
        print(f"Matplotlib's PNG of the same figures: {static:.2f} s, {static / page:.1f} times the page")
        if options.browser:
            in_browser(root, options.moves)
    if options.pybamm:
        subprocess.run([options.pybamm, "-c", PYBAMM], env=os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": ""}, check=True)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
