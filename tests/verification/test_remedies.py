"""What a message advises is tried: the run that ended goes on. One film of 24 cells and one limited contact, two programs."""

import numpy as np
import pytest

import solion as so
from solion.numerics.stepping.integrate import Tolerance
from solion.protocols import hold, open_circuit, ramp, rest
from solion.units import nm

CELLS = 20


def memristor(law=None):
    film = so.Film(so.materials.lithium_titanate(), thickness=80 * nm, filling=0.4)
    contact = so.Contact(law or so.laws.ButlerVolmer(rate=1e-2 * film.units.i_D))
    return so.FilmMemristor(top=contact, film=film, bottom=contact)


FILM = memristor()
SCALES = FILM.scales()
VOLT, TIME, AMPERE = SCALES.voltage, SCALES.time, SCALES.current


def run(protocol, device=FILM, **settings):
    return so.simulate(device, protocol, cells=CELLS, **settings)


def test_a_forced_current_that_empties_a_contact():
    forced = hold(current=100 * AMPERE, duration=5 * TIME, samples=5)
    ended = run(forced)
    assert ended.status in ("depleted", "saturated")
    assert "set a voltage compliance to go on beyond it, or lower the current" in ended.message
    assert run(forced.with_compliance(voltage=40 * VOLT)).status == "finished"
    assert run(hold(current=0.1 * AMPERE, duration=5 * TIME, samples=5)).status == "finished"


def test_an_audit_that_failed_asks_for_a_smaller_tolerance():
    loop = so.protocols.cyclic_voltammetry(limits=(-5 * VOLT, 5 * VOLT), rate=20 * VOLT / TIME, samples=20)
    tolerance = Tolerance(0.1, 0.1, 0.1)
    ended = run(loop, tolerance=tolerance)
    assert ended.status == "doubtful"
    assert "ask for a tenfold smaller tolerance" in ended.message
    for _ in range(4):
        tolerance = Tolerance(*(value / 10 for value in (tolerance.relative, tolerance.absolute, tolerance.guard)))
        ended = run(loop, tolerance=tolerance)
        if ended.status == "finished":
            break
    assert ended.status == "finished"


def test_a_current_beyond_what_a_law_lets_through():
    """Marcus-Hush-Chidsey kinetics level off: at i_00 f 4/erfc(z(0)), no overpotential carries more."""
    limited = memristor(so.laws.MarcusHushChidsey(rate=1e-6 * SCALES.current_density, reorganization=0.2))
    forced = hold(current=0.01 * AMPERE, duration=TIME, samples=5)
    ended = run(forced, limited)
    assert ended.status == "stopped", ended.message
    assert "no overpotential makes the interfaces carry it" in ended.message
    for mended in (forced.with_compliance(voltage=30 * VOLT), hold(current=1e-7 * AMPERE, duration=TIME, samples=5)):
        found = run(mended, limited)
        assert found.status == "finished", found.message
    # at a held voltage the interface that levels off takes what is left of it
    held = run(hold(voltage=200 * VOLT, duration=TIME, samples=5), limited).dataset
    parts = held["overpotential_top"] - held["overpotential_bottom"] + held["electron_potential_drop"]
    np.testing.assert_allclose(parts, held["voltage"], rtol=1e-6)
    assert np.ptp(held["current"].values) < 0.5 * held["current"].values.max()


@pytest.mark.parametrize("volts", [0.5, 0.7, 1.0, 1.3, 2.0])
def test_a_limit_at_the_compliance_is_met_as_it_takes_over(volts):
    level, current = volts * 10 * VOLT, 0.3 * AMPERE
    free = run(hold(current=current, duration=5 * TIME, samples=5).until("voltage", above=level))
    held = run(hold(current=current, duration=5 * TIME, samples=5).with_compliance(voltage=level).until("voltage", above=level))
    assert float(held.dataset["time"][-1]) == pytest.approx(float(free.dataset["time"][-1]), rel=1e-4)
    at_once = run(hold(voltage=level, duration=5 * TIME, samples=5).until("voltage", above=level))
    assert float(at_once.dataset["time"][-1]) <= 1e-6 * TIME


@pytest.mark.parametrize("rate", [1e-12, 1e-14])
def test_contacts_that_hardly_conduct(rate):
    slow = memristor(so.laws.ButlerVolmer(rate=rate * SCALES.current_density))
    found = run(so.protocols.cyclic_voltammetry(limits=(-100 * VOLT, 100 * VOLT), rate=1000 * VOLT / TIME, samples=20), slow)
    assert found.status == "finished", found.message
    assert float(found.dataset["current"].max()) > 0


def test_a_rest_of_any_length_and_what_follows_it():
    fresh = rest(duration=1e12, samples=3) + hold(voltage=VOLT, duration=TIME, samples=3)
    found = run(fresh)
    assert found.status == "finished", found.message
    assert run(open_circuit(duration=1e12, samples=3)).status == "finished"
    assert run(ramp(voltage=(0.0, VOLT), duration=1e12, samples=3)).status == "finished"
