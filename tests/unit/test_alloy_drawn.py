"""Particles that random studies broke: emptied shells, jumps below the metal's potential, open circuit after either.

Each is a study of ``benchmarks/random_studies.py`` whose run ended without an answer before decision 0055; plates of one program.
"""

import numpy as np
import pytest

import solion as so
from solion.devices import AlloyParticle, Plate
from solion.materials import lithium_germanium, lithium_silicon

CELLS = 8
GERMANIUM = AlloyParticle(lithium_germanium(), Plate(46.590182e-9))
SILICON = AlloyParticle(lithium_silicon(), Plate(255.98918e-9))
hold, rest = so.protocols.hold, so.protocols.open_circuit


def ran(device, *steps):
    """Four steps, so that all are one program."""
    protocol = steps[0]
    for step in steps[1:]:
        protocol = protocol.then(step)
    run = so.simulate(device, protocol, cells=CELLS)
    assert all(entry["ok"] for entry in run.audit.values()), run.audit
    assert all(np.all(np.isfinite(run.dataset[name])) for name in ("voltage", "current", "excess", "loss_total", "charge"))
    return run


def test_an_emptied_shell_fills_again():
    """At 0.93 V a shell keeps 1e-16 of what it may hold; its cells went below zero, and the step died as they filled."""
    run = ran(
        GERMANIUM,
        hold(current=-1.357383e-10, duration=1.2565096, samples=3),
        hold(voltage=0.93298648, duration=1827.048, samples=3),
        hold(voltage=-0.0010202291, duration=1827.048, samples=3),
        rest(duration=62.845089, samples=3),
    )
    data = run.dataset
    assert run.status == "finished", run.message
    assert float(data["excess"].min()) > 0
    emptied = data["segment"].values == 1
    assert data["surface_excess"].values[emptied].min() < 1e-15
    assert float(data["reacted_fraction"][-1]) > data["reacted_fraction"].values[emptied][-1]


@pytest.mark.parametrize(("potential", "status"), [(-0.04, "finished"), (-0.57925622, "saturated")])
def test_metal_plates_where_a_voltage_asks_for_more(potential, status):
    """A hold at -0.58 V put 1e9 times the most excess into a shell, whose round-off was the lost carriers; 40 mV may be held."""
    quiet = rest(duration=10.0, samples=3)
    run = ran(
        SILICON, hold(voltage=0.03, duration=30.0, samples=3), hold(voltage=potential, duration=30.0, samples=3), quiet, quiet
    )
    assert run.status == status, run.message
    assert float(run.dataset["charge"][-1]) < 10 * float(SILICON.charge)
    if status == "saturated":
        assert "the carrier metal would plate" in run.message


def test_a_current_out_goes_on_after_an_overpotential_and_one_in_does_not():
    """A limit of what fills ends no current that empties."""
    one = float(SILICON.current_at(1.0))
    kept = hold(voltage=-0.04, duration=30.0, samples=3)
    quiet = rest(duration=10.0, samples=3)
    out = ran(SILICON, kept, hold(current=1e-3 * one, duration=30.0, samples=3), quiet, quiet)
    assert out.status == "finished", out.message
    into = ran(SILICON, kept, hold(current=-1e-3 * one, duration=30.0, samples=3), quiet, quiet)
    assert into.status == "saturated", into.message


def test_no_film_loses_nothing_at_all():
    """Its drop is zero, not the difference of two logarithms, whose round-off was a loss of the wrong sign."""
    data = ran(SILICON, *3 * [hold(voltage=0.0741, duration=33.5, samples=3)], rest(duration=1.0, samples=3)).dataset
    assert np.all(data["loss_film"].values == 0)
    assert np.all(data["potential_film"].values == 0)


def test_a_current_near_none_is_no_difference_of_near_numbers():
    """Across a shell as thin as it begins a forced current was off by 3e-4, and the charge passed, summed up, by 1e4 times."""
    thin = AlloyParticle(lithium_germanium(), Plate(13.710161e-9))
    steps = (
        hold(current=-6.0312347e-14, duration=30218.021, samples=3),
        hold(voltage=-0.029809936, duration=293998.94, samples=3),
        hold(voltage=-0.029760869, duration=293998.94, samples=3),
    )
    run = ran(thin, rest(duration=17868.639, samples=3), *steps)
    assert run.audit["drive"]["value"] < 1e-9
    charge = run.dataset["charge"]
    assert run.audit["charge passed"]["value"] == pytest.approx(-float(charge[-1] - charge[0]), rel=1e-5)


def test_a_current_that_no_shell_can_carry_leaves_no_sample_of_its_own():
    """The search for its voltage ended at 600 V_T, and the sample there was taken for a circuit that is not solved."""
    one, opened = float(GERMANIUM.current_at(1.0)), hold(voltage=0.15970823, duration=1.620819, samples=3)
    strip, quiet = hold(current=1e9 * one, duration=100.0, samples=3), rest(duration=10.0, samples=3)
    run = ran(GERMANIUM, quiet, opened, strip, quiet)
    assert run.status == "depleted", run.message
    assert "set a voltage compliance" in run.message
    assert float(run.dataset["voltage"][-1]) == pytest.approx(0.15970823)
    assert ran(GERMANIUM, quiet, opened, strip.with_compliance(voltage=1.0), quiet).status == "finished"
