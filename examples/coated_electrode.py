"""Lithium under 10 um of Li22Sn5: thresholds by every measure, a scan up and down, and how long a pulse may be."""

import solion as so
from solion.devices import CoatedElectrode, CoatingLayer
from solion.experiments import Plating
from solion.laws import InsertionButlerVolmer
from solion.materials import coating_row
from solion.protocols import hold

row = coating_row("Li22Sn5-25C-GITT")
print(
    f"{row.material}: D = {row.low:.3g} to {row.high:.3g} m2/s, W = {row.factor.low:g} to {row.factor.high:g} ({row.factor.said})"
)
quick = InsertionButlerVolmer(exchange_current=1e4)
electrode = CoatedElectrode((CoatingLayer(row.transport(), thickness=10e-6),), into=quick, bottom=quick, above=quick)

scan = Plating(lowest=10.0, highest=200.0, points=30).run(electrode)
print(scan.summary())
top = scan.dataset["share_top"].values
assert abs(electrode.thresholds().onset_closed / 10 - 5.667) < 0.001  # mA/cm2
assert top[0] == 0 and top[29] > 0.99 and top[-1] > 0.99  # underneath, on top, and on top at the same current on the way down

pulse = hold(current=3 * electrode.thresholds().onset_up * electrode.area, duration=10.0, samples=3)
run = so.simulate(electrode, pulse.until("supersaturation", above=electrode.barrier), cells=50)
seconds = float(run.dataset["time"][-1])
print(f"three times the onset: the top nucleates after {seconds:.3g} s; a shorter pulse never gets there")
assert 0.2 < seconds < 0.3
