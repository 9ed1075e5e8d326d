"""The film in two and three dimensions: the film of one dimension where nothing differs across, its ledger, its symmetries, and
how fast ripples grow."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

import solion as so
from solion.base.errors import InputError
from solion.base.parameters import as_arrays, without_sources
from solion.devices import Contact, EarlierState, Film, Island, Mirrored, Patch, Periodic, RandomPattern, Rough, Wavy
from solion.devices.device import observe
from solion.explore.critical_current import fold, threshold
from solion.explore.critical_current.runs import RISE, StepRuns
from solion.explore.edge_state import edge_states
from solion.explore.lateral_growth import lateral_growth, ripple
from solion.explore.tangents import Run
from solion.grids.sides import AXES, Mirrors, Periods
from solion.laws.charge_transfer import AreaResistance, ButlerVolmer, EvenCurrent, EvenPotential
from solion.laws.wetting import LinearWetting
from solion.numerics import system as traced
from solion.protocols import hold, rest
from solion.protocols.drive import Drive
from solion.thermodynamics.lateral import finger_current
from solion.thermodynamics.phases import _evaluate

H = 80e-9
FILM = Film(so.materials.lithium_titanate(), thickness=H, filling=0.3)
UNITS = FILM.units
CELLS = 32


def drive(voltage_weight, current_weight, source):
    numbers = voltage_weight, current_weight, source, source, 1.0, np.inf, np.inf
    return Drive(*(jnp.asarray([number], float) for number in numbers))


def device(bottom=1e-3, **changed):
    top, bottom = (Contact(ButlerVolmer(rate=rate * UNITS.i_D, asymmetry=0.5)) for rate in (1e-3, bottom))
    return so.FilmMemristor(**({"top": top, "film": FILM, "bottom": bottom} | changed))


def patterned(extent, top, bottom):
    """Contacts that wet, and whose rates and wettings differ from place to place, behind a resistance."""
    contacts = [
        Contact(
            ButlerVolmer(rate=rate * UNITS.i_D, asymmetry=0.5),
            LinearWetting(strength),
            RandomPattern(spread=0.5, length=2e-8, seed=seed),
            RandomPattern(spread=0.3, length=2e-8, seed=seed + 1),
        )
        for rate, strength, seed in (top, bottom)
    ]
    return so.FilmMemristor(
        top=contacts[0], film=FILM, bottom=contacts[1], series_resistance=50 * UNITS.V_T / UNITS.i_D, extent=extent
    )


TOP, BOTTOM = (1e-3, 0.01, 1), (1e-4, -0.01, 5)
BLOCK = Mirrored(width=H, depth=H, columns=5, rows=5)


def scaled(film, cells=8):
    return as_arrays(without_sources(film).system(cells))


@jax.jit
def _looked_at(system, y, how):
    """Rates of the contents, what is observed and the current along x: one program for all films of a kind and size."""
    w = traced.start(system, 0.0, y, how)
    return traced.balance(system, 0.0, y, w, how)[0], observe(system, 0.0, y, w, how), system.flows(y, w)["current_density_x"]


def looked_at(system, content, how):
    rates, seen, along = _looked_at(system, system.unknowns(jnp.asarray(content).ravel()), how)
    seen = {name: float(value) for name, value in seen.items()}
    return np.asarray(rates).reshape(system.shape), seen, np.asarray(along)


def unaccounted(seen):
    """Power from the source that is neither lost nor stored, over the largest of the powers."""
    lost = [value for name, value in seen.items() if name.startswith("dissipation_")]
    whole = max(abs(seen["electrical_power"]), abs(seen["energy_rate"]), *lost)
    assert min(lost) >= -1e-15 * whole
    return abs(seen["electrical_power"] - seen["energy_rate"] - sum(lost)) / whole


DRIVES = {"current": drive(0, 1, 0.2), "voltage": drive(1, 0, -60.0), "resistor": drive(1, 30.0, 20.0), "open": drive(0, 1, 0.0)}


@pytest.mark.parametrize("how", DRIVES)
def test_power_is_accounted_for_in_any_state(how):
    """V I = r dG/dt + all losses, to round-off, in three dimensions with patterned contacts, wetting and a resistance."""
    content = np.random.default_rng(3).uniform(0.05, 0.95, (8, 5, 5))
    film = patterned(BLOCK, TOP, BOTTOM)
    lead, local = (
        looked_at(scaled(dataclasses.replace(film, series=series)), content, DRIVES[how])
        for series in (so.devices.InLead(), so.devices.AtContacts(top=0.4))
    )
    for rates, seen, _ in (lead, local):
        assert unaccounted(seen) < 1e-12
        assert abs(rates.sum()) < 1e-12 * np.abs(rates).sum()
    if how == "voltage":  # what gathers loses more where the resistance is, so that less gathers and less is lost
        assert local[1]["dissipation_series"] / local[1]["current"] ** 2 > lead[1]["dissipation_series"] / lead[1]["current"] ** 2
    passed = lead[2].mean(axis=(1, 2))  # div i = 0: as much through every plane
    np.testing.assert_allclose(passed, lead[1]["current"], atol=1e-10)


def test_a_contact_that_spreads_the_current_loses_nothing():
    """The ledger closes with one law at each end."""
    content = np.random.default_rng(3).uniform(0.05, 0.95, (8, 5, 5))
    resistance = AreaResistance(1e-2 * UNITS.V_T / UNITS.i_D)
    film = so.FilmMemristor(top=Contact(EvenCurrent()), film=FILM, bottom=Contact(resistance), extent=BLOCK)
    _, seen, _ = looked_at(scaled(film), content, DRIVES["voltage"])
    assert unaccounted(seen) < 1e-12
    assert abs(seen["dissipation_top"]) < 1e-12 * seen["electrical_power"]
    assert abs(seen["overpotential_top"]) < 1e-12 < abs(seen["overpotential_bottom"])
    # R_ct I^2, and more where the current is uneven
    assert 1 < seen["dissipation_bottom"] / seen["current"] ** 2 / 1e-2 < 1.5


def test_stored_energy_changes_as_its_rate_says():
    """An independent look at dG/dt: the free energy a little later."""
    system, how = scaled(patterned(BLOCK, TOP, BOTTOM)), DRIVES["current"]
    content = np.random.default_rng(3).uniform(0.3, 0.7, (8, 5, 5))
    rates, seen, _ = looked_at(system, content, how)
    step = 1e-9 / np.max(np.abs(rates))
    later, before = (looked_at(system, content + sign * step * rates, how)[1]["free_energy"] for sign in (1, -1))
    # wetting acts at a surface that is extrapolated, to second order in the cells
    assert abs((later - before) / (2 * step) / seen["energy_rate"] - 1) < 0.02


def test_turned_and_mirrored_films_are_the_same_film():
    content = np.random.default_rng(4).uniform(0.05, 0.95, (8, 5, 5))
    film = patterned(BLOCK, TOP, BOTTOM)
    even = dataclasses.replace(
        film,
        top=dataclasses.replace(film.top, rates=so.devices.Even(), wettings=so.devices.Even()),
        bottom=dataclasses.replace(film.bottom, rates=so.devices.Even(), wettings=so.devices.Even()),
    )
    system, how = scaled(even), DRIVES["voltage"]
    rates, seen, _ = looked_at(system, content, how)
    size = np.abs(rates).max()
    for turned in (lambda field: field.transpose(0, 2, 1), lambda field: field[:, ::-1], lambda field: field[:, :, ::-1]):
        other, same, _ = looked_at(system, turned(content), how)
        assert np.abs(other - turned(rates)).max() < 1e-9 * size
        assert abs(same["current"] - seen["current"]) < 1e-10 * abs(seen["current"])
    over = scaled(dataclasses.replace(even, top=even.bottom, bottom=even.top, series_resistance=0.0))
    rates, seen, _ = looked_at(scaled(dataclasses.replace(even, series_resistance=0.0)), content, how)
    other, same, _ = looked_at(over, content[::-1], drive(1, 0, 60.0))
    assert np.abs(other[::-1] - rates).max() < 1e-9 * size
    assert abs(same["current"] + seen["current"]) < 1e-10 * abs(seen["current"])


def test_a_film_alike_along_its_depth_is_that_of_a_plane():
    """The ions' balance at a given potential of the electrons; contacts are solved for point by point."""
    rng = np.random.default_rng(5)
    content, potential = rng.uniform(0.05, 0.95, (8, 5, 1)), rng.standard_normal((8, 5, 1))
    rates = []
    for extent, depth in ((Mirrored(width=H, columns=5), 1), (BLOCK, 5)):
        system = scaled(device(extent=extent))
        y = system.unknowns(jnp.asarray(np.repeat(content, depth, axis=2)).ravel())
        w = jnp.concatenate([jnp.zeros(2), jnp.asarray(np.repeat(potential, depth, axis=2)).ravel()])
        rates.append(np.asarray(system.rate(0.0, y, w, None)).reshape(8, 5, depth))
    assert np.abs(rates[1] - rates[0]).max() < 1e-12 * np.abs(rates[0]).max()


def run(film, protocol, **more):
    return so.simulate(film, protocol, cells=CELLS, **more)


def switching(seconds=1.2):
    half = seconds / 2 * UNITS.tau_D
    current = 0.12 * UNITS.i_D * device().area
    return hold(current=current, duration=half, samples=6).then(hold(current=current, duration=half, samples=6))


def test_a_film_alike_across_switches_as_in_one_dimension():
    """As near as the two methods are: the same equations on the same cells."""
    line = run(device(), switching(), tolerance=so.Tolerance(1e-8, 1e-8))
    plane = run(device(extent=Mirrored(width=H, columns=8)), switching(), initial=so.devices.PhaseSeparated())
    times, own = (
        {str(name): float(time) for name, time in zip(data.event_name.values, data.event_time.values, strict=True)}
        for data in (line.dataset, plane.dataset)
    )
    for name, time in times.items():
        assert abs(own[name] / time - 1) < 1e-3, name
    assert own.keys() - times.keys() == {"greatest_composition_bottom crosses 0.5"}
    # round-off, until the contact's own instability (focusing) takes hold of it as the film switches
    spread = plane.dataset["lateral_spread"].values
    assert np.max(spread[:8]) < 1e-11
    assert np.max(spread) < 1e-2
    assert any("began the same everywhere across" in text for text in plane.warnings)
    np.testing.assert_allclose(
        plane.dataset["composition"].isel(time=-1, y=3).values, line.dataset["composition"].isel(time=-1).values, atol=2e-3
    )


def test_a_patch_gathers_the_current_and_an_interrupted_run_goes_on_the_same(tmp_path):
    """Ten times the rate on a strip of a box's bottom: the ions arrive there first, long before they would anywhere."""
    film = device(extent=Mirrored(width=H, depth=H / 4, columns=8, rows=2))
    film = dataclasses.replace(film, bottom=dataclasses.replace(film.bottom, rates=Patch(end=1.5e-8, factor=10)))
    whole = run(film, switching(0.1), checkpoint=tmp_path / "state", checkpoint_every=0.0)
    assert whole.status == "finished"
    assert all(check["ok"] for check in whole.audit.values())
    assert whole.audit["ion drift"]["value"] < 1e-13
    assert whole.audit["power balance"]["value"] < 1e-6
    last = whole.dataset.isel(time=-1)
    assert float(last["greatest_composition_bottom"]) > 2 * float(last["least_composition_bottom"])
    bottom = last["composition"].isel(x=-1).transpose("y", "z").values
    assert np.all(np.diff(bottom, axis=0) < 0)
    assert np.max(np.ptp(bottom, axis=1)) < 1e-6 * np.ptp(bottom)  # a strip has no end: what the solver leaves, grown

    # a threshold's run of it, which ends where the bottom first changes phase
    steps = StepRuns(film, 1.0, CELLS)
    found = steps(steps.profile(None), 0.12)
    events = dict(zip(whole.dataset["event_name"].values, whole.dataset["event_time"].values, strict=True))
    at_once = events["greatest_composition_bottom crosses 0.5"] / UNITS.tau_D
    later = RISE / 2  # a rise passes its charge so much later
    assert found.bottom == pytest.approx(at_once + later, rel=0.01)
    assert np.isnan(found.top)
    assert found.status == "finished"

    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.fraction > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        run(film, switching(0.1), checkpoint=tmp_path / "part", checkpoint_every=0.0, on_progress=stop)
    resumed = run(film, switching(0.1), checkpoint=tmp_path / "part", resume=True)
    assert np.array_equal(resumed.dataset["composition"].values, whole.dataset["composition"].values)


def test_a_film_that_a_patch_empties_is_stepped_through():
    """Ions leave the top down to 1e-10 of the sites; solved for in c, such steps are refused: 1560 up to 0.7 tau_D."""
    top, bottom = (Contact(ButlerVolmer(rate=rate * UNITS.i_D, asymmetry=0.5)) for rate in (1e-2, 1e-4))
    bottom = dataclasses.replace(bottom, rates=Patch(end=1.5e-8, factor=100))
    film = dataclasses.replace(device(top=top, extent=Mirrored(width=H, columns=8)), bottom=bottom)
    film = dataclasses.replace(film, film=Film(FILM.material, H, 0.1), series_resistance=100 * UNITS.V_T / UNITS.i_D)
    held = hold(voltage=60 * UNITS.V_T, duration=0.5 * UNITS.tau_D, samples=6)
    found = run(film, held.then(held))
    assert found.status == "finished"
    assert found.dataset["composition"].values.min() < 1e-9
    assert found.settings["steps"] + found.settings["rejected"] < 400


def test_a_state_alike_across_resists_as_in_one_dimension():
    line, plane = device(), device(extent=Mirrored(width=H, columns=8))
    profile = line.profile(so.devices.PhaseSeparated(), CELLS)
    across = np.repeat(np.asarray(profile)[:, None], 8, axis=1)
    for volts in (0.0, 0.3):
        alone, together = (so.analysis.frozen_resistance(film, c, volts) for film, c in ((line, profile), (plane, across)))
        assert together == pytest.approx(alone, rel=1e-6)
    with pytest.raises(InputError, match="its shape"):
        so.analysis.frozen_resistance(plane, profile, 0.0)


def between(law):
    """Contacts of no resistance that pass the current evenly or are at one potential, both alike."""
    return so.FilmMemristor(top=Contact(law), film=FILM, bottom=Contact(law))


# growth rates of 32 columns on a width of four thicknesses, fitted to runs of an independent program (specification, 3.2)
EVEN, EQUIPOTENTIAL = EvenCurrent(), EvenPotential()
MEASURED = [
    (EVEN, 0.0, {2: -0.00622, 4: -0.07994, 6: -0.33979, 8: -0.92781}, 0.002),
    (EVEN, 0.03, {1: 0.00545, 2: 0.01269, 3: 0.00596, 4: -0.0296, 6: -0.2521, 8: -0.797}, 0.012),
    (EVEN, 0.06, {1: 0.0127, 2: 0.0346, 3: 0.0437, 4: 0.0247, 5: -0.0375, 8: -0.661}, 0.03),
    (EQUIPOTENTIAL, 0.03, {1: 0.00275, 2: 0.00528, 3: -0.00445, 4: -0.0408, 6: -0.2614, 8: -0.803}, 0.005),
]


def on_columns(quarter_waves):
    """The wavenumber that a ripple of that many quarter periods in four thicknesses has on columns of an eighth."""
    return 16 * np.sin(np.pi / 4 * quarter_waves / 16)


@functools.cache
def steady(current):
    return lateral_growth(between(EVEN), current, 1.0).composition


@pytest.mark.parametrize(("law", "current", "rates", "within"), MEASURED)
def test_ripples_grow_as_runs_of_an_independent_program_say(law, current, rates, within):
    base = steady(current)  # a forced current leaves the same film behind whatever the contacts are
    for waves, expected in rates.items():
        found = ripple(between(law), base, current, on_columns(waves))
        assert abs(found.rate / expected - 1) < within or abs(found.rate - expected) < 1e-4, (waves, found.rate, expected)


def test_fingers_begin_where_the_closed_form_says():
    """The sharp interface is within ten per cent, for contacts that pass the current evenly."""
    for length in (1.0, 2.0):
        limit = finger_current(FILM.material, 0.3, H, length, ("evenly", "evenly"))
        below, above = (lateral_growth(between(EVEN), share * limit, np.pi / length).rate for share in (0.9, 1.1))
        assert below < 0 < above, (below, above)


def test_an_edge_state_has_one_unstable_direction():
    """Half as wide as thick, 0.08 i_D (0.1 switches it as a whole): an island of 0.26 stands, and grows or goes."""
    (edge,) = edge_states(device(extent=Mirrored(width=H / 2, columns=16)), [0.08], cells=CELLS)
    assert edge.unstable == 1
    assert edge.rates[0] > 10  # per tau_D
    assert edge.greatest == pytest.approx(0.2593, rel=0.02)  # 64 x 32 cells
    assert edge.least < 0.0973  # below the film without an island: the current goes to it
    assert edge.composition.mean() == pytest.approx(0.3, abs=1e-9)
    with pytest.raises(InputError, match="no film in space"):
        edge_states(device(), [0.08], cells=CELLS)


def test_ions_beside_wetted_contacts_move_with_order_two():
    """A given composition whose slope at the contacts is what their wetting asks for and whose potential has none there: how fast
    its second moment changes, on 16, 32 and 64 cells each way. With the electrons solved for: benchmarks, ``manufactured``."""
    strength = 5e-5
    kappa = float(FILM.material.gradient_energy) / H**2
    pull = strength / (2 * kappa)  # n.grad c, inwards
    contact, found = Contact(EVEN, LinearWetting(strength)), []
    for cells in (16, 32, 64):
        film = so.FilmMemristor(top=contact, film=FILM, bottom=contact, extent=Mirrored(width=H, columns=cells))
        x = ((np.arange(cells) + 0.5) / cells)[:, None]
        waves = np.cos(np.pi * x), np.cos(np.pi * x.T)
        content = 0.45 + 0.2 * waves[0] * waves[1] + pull * x * (1 - x)
        for inwards, side in ((x, 1), (1 - x, -1)):  # mu_h' c_x = 2 kappa c_xxx at the contact, where c_xyy is zero
            stiff = _evaluate(FILM.material)(0.45 + side * 0.2 * waves[1]).slope
            content = content + stiff * pull / (2 * kappa) * inwards**3 * (1 - inwards) ** 4 / 6
        electrons = 0.3 * waves[0] + 0.2 * np.cos(2 * np.pi * x) * waves[1]
        system = scaled(film, cells)
        rates = _rates(system, system.unknowns(jnp.asarray(content.ravel())), jnp.append(jnp.zeros(2), electrons.ravel()))
        found.append(float(np.mean(np.asarray(rates) * content.ravel() ** 2)))
    coarse, middle, fine = found
    assert np.log2((coarse - middle) / (middle - fine)) == pytest.approx(2, abs=0.2)


@jax.jit
def _rates(system, y, w):
    """dc/dt with the electrons as they are given."""
    return system.rate(0.0, y, w, DRIVES["open"])


@pytest.mark.parametrize("kind", [Mirrors, Periods])
def test_modes_are_those_of_the_grid(kind):
    sides = kind((6, 5), (0.3, 0.2))
    values = jnp.asarray(np.random.default_rng(0).standard_normal((3, 6, 5)))
    for axis in AXES:
        waves, squares = sides.modes(axis)
        np.testing.assert_allclose(waves.T @ waves, np.eye(len(squares)), atol=1e-13)
        second = np.moveaxis(np.asarray(sides.excess(sides.difference(values, axis), axis)), axis, -1)
        turned = np.moveaxis(np.asarray(values), axis, -1)
        np.testing.assert_allclose(second, turned @ (waves * -squares) @ waves.T, atol=1e-12)


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(InputError, match="in one dimension cannot have"):
        run(device(bottom=1e-3, top=Contact(device().top.transfer, rates=Patch(end=1e-8, factor=3))), rest(duration=1.0))
    tiny = Contact(device().top.transfer, rates=Patch(end=1e-9, factor=3))
    with pytest.raises(InputError, match="covers 1e-09 m, less than a cell"):
        run(device(top=tiny, extent=Mirrored(width=H, columns=8)), rest(duration=1.0))
    with pytest.raises(InputError, match=r"5.12e\+08 cells need some 614 GB of memory, more than"):
        run(device(extent=Mirrored(width=1e-5, depth=1e-5)), rest(duration=1.0))
    with pytest.raises(InputError, match="makes it a film in space"):
        fold(device(extent=BLOCK))
    with pytest.raises(InputError, match="left to round-off"):
        threshold(device(extent=Mirrored(width=H, columns=8)), cells=CELLS, initial=so.devices.PhaseSeparated())
    with pytest.raises(InputError, match="no steady state"):
        lateral_growth(between(EVEN), 0.2, 1.0)


def test_inputs_that_would_do_nothing_are_refused():
    plane = Mirrored(width=H, columns=8)
    here = device(extent=plane)
    for state in (Wavy(), Rough(amplitude=0.01), Island(0.2)):
        with pytest.raises(InputError, match="is a start of a film in space"):
            device().profile(state, CELLS)
    with pytest.raises(InputError, match="waves along a depth"):
        here.profile(Wavy(waves_across=1), CELLS)
    with pytest.raises(InputError, match="without a depth has none"):
        device(extent=Mirrored(width=H, columns=8, rows=8)).profile(Wavy(), CELLS)
    transfer = here.bottom.transfer
    with pytest.raises(InputError, match="near and far are places along a depth"):
        device(extent=plane, top=Contact(transfer, rates=Patch(end=2e-8, factor=3, far=2e-8))).system(CELLS)
    with pytest.raises(InputError, match="passes the same current everywhere has no rate"):
        device(extent=plane, top=Contact(EVEN, rates=Patch(end=2e-8, factor=3))).system(CELLS)
    with pytest.raises(InputError, match="where R_s lies makes no difference"):
        device(series=so.devices.AtContacts(top=1.0)).system(CELLS)
    with pytest.raises(InputError, match="a neutral contact has no wetting"):
        device(extent=plane, top=Contact(transfer, wettings=Patch(end=2e-8, factor=3))).system(CELLS)


def test_a_run_of_tangents_has_the_choices_of_a_film_in_space():
    """Start, tolerance and levels that nobody gave are those of simulate."""
    here = device(extent=Mirrored(width=H, columns=8))
    run_of, own = Run(here, rest(duration=1.0)), here.unless_given()
    assert (run_of.initial, run_of.tolerance, dict(run_of.watch)) == (own.initial, own.tolerance, dict(own.watch))
    assert isinstance(run_of.initial, Wavy)


def test_a_run_goes_on_from_the_state_of_an_earlier_one():
    """Contents are those of the sample; other cells, another filling and one dimension are refused."""
    here = device(extent=Mirrored(width=H, columns=4))
    content = np.random.default_rng(5).uniform(0.1, 0.5, (2, 8, 4))
    content *= 0.3 / content.mean(axis=(1, 2), keepdims=True)
    data = xr.Dataset({"composition": (("time", "x", "y"), content, {"role": "field", "kind": ""})})
    state = EarlierState.of(so.Result(data), 0)
    np.testing.assert_allclose(here.profile(state, 8).reshape(8, 4), content[0], rtol=1e-12)
    with pytest.raises(InputError, match="has 8 x 4 cells and this one 16 x 4 x 1"):
        here.profile(state, 16)
    with pytest.raises(InputError, match="give it the filling that it had"):
        device(extent=Mirrored(width=H, columns=4), film=Film(FILM.material, H, 0.4)).profile(state, 8)
    with pytest.raises(InputError, match="is of one dimension"):
        device().profile(state, 8)


def test_waves_fit_their_sides():
    """Half a period between mirrors, a whole one in a periodic film; the mean is exact."""
    for extent, mirrored in ((Mirrored(width=2 * H, columns=8), True), (Periodic(width=2 * H, columns=8), False)):
        content = device(extent=extent).profile(Wavy(amplitude=0.05), 16).reshape(16, 8)
        assert abs(content.mean() - 0.3) < 1e-15
        depth = content.sum(axis=0)
        assert (depth[0] > depth[-1]) if mirrored else abs(depth[0] - depth[-1]) < 1e-12
        assert jax.numpy.all(content > 0)
