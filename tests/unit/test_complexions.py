"""Interfacial films: closed forms, joint minima against brute force, jumps, derivatives, and what is refused."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solion as so
from solion.analysis.data import Data
from solion.base.constants import FARADAY
from solion.devices import InterfacialFilm
from solion.experiments import FilmEquilibrium
from solion.explore.coating.candidate_film import film_numbers
from solion.explore.coating.inputs import UncertainNumber
from solion.laws import (
    AlloyPenalty,
    CationAdsorption,
    DatabasePenalty,
    DispersionForce,
    ExponentialCoefficient,
    FixedChange,
    InterfacialCoefficient,
    LayeredCoefficient,
    MixedChange,
    Multilayer,
    RedlichKister,
    Segregation,
    TabulatedCoefficient,
    thermodynamic_factor,
)
from solion.laws.database_penalty import repaired
from solion.materials import lithium_magnesium_film
from solion.papers.coatings.setup import film_of, sodium_on_lithium
from solion.study import load
from solion.thermodynamics.complexions import (
    FilmEnergy,
    FilmInPlace,
    bound,
    check_condition,
    clamped,
    contact_angle,
    film_conduction,
    film_nucleation,
    follow,
    lowest,
    minima,
    relaxation,
    required_penalty,
    screen,
    stability_limits,
    stationary,
    trace,
    transitions,
    universal_map,
)
from solion.thermodynamics.complexions.branches import branches
from solion.views.film_diagram import FilmDiagramView

ROOM = 298.15


@jax.jit
def brute(film, temperature, control):
    """Least energy over a dense grid, thickness by composition, with the clean interface."""
    h = jnp.asarray(np.concatenate([[0.0], np.geomspace(1e-12, 3e-8, 1500)]))
    x = jnp.asarray(1 / (1 + np.exp(-np.linspace(-16, 16, 801))))
    return jnp.min(jax.vmap(lambda x: jax.vmap(lambda h: film.excess(h, x, temperature, control))(h))(x))


def test_thickness_and_energy_of_the_exponential_film():
    state = lowest(minima(film_of("exp"), ROOM, np.array([1e3, 1e4, 1e8, 1e9, 0.0, -1e7])))
    assert state.thickness[2] == pytest.approx(3e-10 * np.log(10), rel=1e-9)
    assert state.energy[2] == pytest.approx(-0.3 + 0.03 * (1 + np.log(10)), rel=1e-12)
    assert (state.thickness[0] - state.thickness[1]) / np.log(10) / 3e-10 == pytest.approx(1, abs=1e-6)
    assert state.thickness[3] == 0
    assert np.all(np.isinf(state.thickness[4:])), "a film whose material is stable wets, whatever the search reaches"


def test_bound_holds_and_penalty_is_inverted():
    film, penalties = film_of("exp"), np.geomspace(1e5, 9e8, 64)
    assert np.all(lowest(minima(film, ROOM, penalties)).thickness < bound(film, penalties))
    film = FilmEnergy(FixedChange(-0.30), ExponentialCoefficient(3.5e-10))
    assert required_penalty(film, 1e-9) == pytest.approx(4.9228e7, rel=1e-4)


def test_attractive_dispersion_keeps_a_film_beside_drops():
    found, angles = [], []
    for length in (2e-10, 2.5e-10, 3e-10):
        film = FilmEnergy(FixedChange(-0.25), ExponentialCoefficient(length), forces=(DispersionForce(4e-20),))
        found.append(float(lowest(minima(film, ROOM, 0.0)).thickness[0]) * 1e9)
        angles.append(np.degrees(contact_angle(film, 0.4)))
    assert found == pytest.approx([1.625, 2.177, 2.757], abs=1e-3)
    assert angles == pytest.approx([2.05, 1.58, 1.27], abs=0.01)
    assert contact_angle(film_of("exp"), 0.4) == 0


def test_a_film_turns_the_angle_of_lithium_and_with_it_the_barrier():
    """Outside it lowers cos(theta) by Phi_min/gamma_Li, buried it raises it; d cos/d(dG) = h/gamma_Li, the envelope theorem."""
    film = film_of("exp")
    lowering = -0.3 + 0.03 * (1 + np.log(10))  # closed
    bare = film_nucleation(0.6, 0.3, 0.5)
    assert (bare.cosine, bare.share) == pytest.approx((0.6, 0.104))
    outer = film_nucleation(0.6, 0.3, 0.5, outer=FilmInPlace(film, 1e8))
    assert outer.cosine == pytest.approx(0.6 + lowering / 0.5, rel=1e-12)
    assert outer.overpotential / bare.overpotential == pytest.approx(np.sqrt(outer.share / bare.share), rel=1e-9)
    more = film_nucleation(0.6, 0.3, 0.5, outer=FilmInPlace(film, 1.001e8))
    assert (more.cosine - outer.cosine) / 1e5 == pytest.approx(3e-10 * np.log(10) / 0.5, rel=1e-3)
    spread = film_nucleation(0.6, 0.3, 0.5, buried=FilmInPlace(film, 1e8))
    assert spread.cosine > 1, "said as it comes out"
    assert spread.overpotential == 0
    given = {"control": 1e8, "change": {"law": "fixed_change", "energy": "-0.3 J/m^2"}}
    given |= {"coefficient": {"law": "exponential_coefficient", "decay_length": "0.3 nm"}}
    numbers, notes = film_numbers({"film": given}, UncertainNumber(ROOM, ROOM), "mine.toml")
    assert numbers["interfaces.film_energy"].low == pytest.approx(lowering, rel=1e-12)
    assert "0.691 nm" in notes[0]
    for wrong, words in (({"contrl": 1.0}, "did you mean 'control'"), ({"change": {"law": "fixed_change"}}, "energy is missing")):
        with pytest.raises(so.InputError, match=f"mine.toml: film.*{words}"):
            film_numbers({"film": given | wrong}, UncertainNumber(ROOM, ROOM), "mine.toml")
    with pytest.raises(so.InputError, match="outer_energy"):
        film_nucleation(0.1, 0.3, 0.5, outer=FilmInPlace(film, 1e8))


def test_joint_minimum_from_any_start_against_brute_force():
    random = np.random.default_rng(3)
    for _ in range(4):
        pulls = -random.uniform(0.01, 0.4, 2)
        length = random.uniform(2e-10, 6e-10)
        film = FilmEnergy(
            MixedChange(*pulls),
            LayeredCoefficient(length, random.uniform(2e-10, 4e-10), random.uniform(0, 0.6), length * random.uniform(0.4, 1)),
            AlloyPenalty(
                RedlichKister((random.uniform(1e4, 2.5e4),), (0.0,)),
                RedlichKister((random.uniform(0, 1.2e4),), (0.0,)),
                3000.0,
                453.65,
                13.02e-6,
                2597.0,
                370.95,
                23.78e-6,
            ),
        )
        temperature, bulk = random.uniform(300, 360, 64), 10 ** random.uniform(-7, -4, 64)
        films = minima(film, temperature, bulk)
        state = lowest(films)
        for k in range(0, 64, 16):
            if films.penalty[k] > 1e6:
                least = float(brute(film, temperature[k], bulk[k]))
                assert least - 1e-12 >= state.energy[k] - 1e-4 * abs(least)
                assert state.energy[k] == pytest.approx(least, rel=3e-3, abs=1e-12)


def test_three_errors_of_a_first_program():
    """dG minimised before h, stability asked of one phase only, and complexions told by layers alone (specification, 1.8)."""
    film = sodium_on_lithium()
    films = minima(film, [325.0, 300.0, 300.0, 404.0], [5e-5, 5.2e-6, 5.4e-6, 0.03])
    state = lowest(films)
    lithium_rich = films.saturating[0] < 0.1  # where dG alone is least there is little dgamma
    assert lithium_rich
    assert state.composition[0] > 0.9
    assert abs(state.thickness[1] - state.thickness[2]) < 1.5e-11, "layers do not tell the two apart"
    assert state.composition[2] - state.composition[1] > 0.9
    finite = np.isfinite(state.thickness)
    assert np.all(state.thickness[finite] < films.bound[finite]), "the bound is of all compositions, not of the least dG alone"
    assert np.isinf(state.thickness[3]), "beyond the lithium-rich solidus there is no film of the size of a box"


def test_a_precipitate_ends_the_film():
    film = sodium_on_lithium()
    held, beyond = clamped(film, 300.0, np.array([1e-4, 1e-3]))
    assert list(beyond) == [False, True]
    assert held[1] == pytest.approx(1.481e-4, rel=1e-3)
    assert lowest(minima(film, 300.0, held)).thickness[1] == pytest.approx(1.470e-9, abs=1e-11)
    rich = 1 / (1 + np.exp(-np.linspace(-14, 14, 4000)))
    assert np.min(film.penalty.density(300.0, held[1], rich)) > 0  # undersaturated before its limit


def test_derivatives_are_those_of_the_theorems():
    film = film_of("exp")
    energy = jax.grad(lambda c: stationary(film, ROOM, c, 7e-10).energy)(1e8)
    assert energy == pytest.approx(3e-10 * np.log(10), rel=1e-9)
    slope = jax.grad(lambda c: stationary(film, ROOM, c, 7e-10).thickness)(1e8)
    assert slope == pytest.approx(-3e-10 / 1e8, rel=1e-9)
    inward = jax.grad(lambda film: stationary(film, ROOM, 1e8, 7e-10).thickness)(film)
    assert inward.change.energy == pytest.approx(3e-10 / -0.3, rel=1e-9)


def test_an_experiment_has_hysteresis_limits_and_lines():
    """Dispersion film, by a function of the user's: thins to D/(2 h_0) in equilibrium, to 0.6495 D/h_0 when pulled; its line is
    one of all temperatures."""
    own = InterfacialCoefficient(lambda h: h**2 / (h**2 + 9e-20), 7.5e-12, 6e-9)
    film, unit = InterfacialFilm(FilmEnergy(FixedChange(-0.3), own)), 0.3 / 3e-10
    path = FilmEquilibrium(low=1e7, high=3e9, points=40, spinodals=True, hysteresis=True, line_tension=1.0).run(film).dataset
    limit = 9 * unit / (8 * np.sqrt(3))
    assert path["jump_control"].values == pytest.approx([unit / 2], rel=2e-7)
    assert path["thickness_below"].values == pytest.approx([3e-10], rel=1e-6)
    assert path["limit_control"].values == pytest.approx([limit], rel=1e-6)
    assert path["limit_thickness"].values == pytest.approx([3e-10 / np.sqrt(3)], rel=1e-5)
    up, down, stable = (path[name].values[0] > 0 for name in ("thickness_rising", "thickness_falling", "thickness"))
    control = path["control"].values
    assert np.array_equal(up, control < limit)
    assert np.array_equal(stable, control < unit / 2)
    assert not down.any(), "the clean interface is a minimum for every penalty"
    assert np.all(path["thickness"] < path["bound"])
    beyond = FilmEquilibrium(low=-1e7, high=1e7, points=5).run(film).dataset
    assert list(np.isinf(beyond["thickness"].values[0])) == [True, True, True, False, False], "a negative penalty wets"
    plane = FilmEquilibrium(low=1e7, high=3e9, points=20, coldest=300.0, hottest=320.0, temperatures=2, trace=True)
    found = plane.run(film).dataset
    assert found["line_control"].values == pytest.approx(unit / 2, rel=1e-6)
    assert found["line_thicker"].values == pytest.approx(3e-10, rel=1e-5)
    assert np.ptp(found["line_temperature"].values) > 18
    assert FilmDiagramView().draw(Data.of(path)).axes
    for wrong, words in (
        ({"points": 1}, "one control as both"),
        ({"points": 3, "trace": True}, "in a plane"),
        ({"points": 3, "hysteresis": True, "hottest": 400.0, "temperatures": 4}, "one path"),
        ({"points": 3, "condition": lambda change, cost: -change < cost}, "as printed"),
    ):
        with pytest.raises(so.InputError, match=words):
            FilmEquilibrium(low=1e7, high=1e9, **wrong).run(film)  # pyright: ignore[reportArgumentType]


def test_a_film_relaxes_to_its_minimum():
    """exp: u = exp(h/xi) obeys a linear equation, u = u_eq + (u_0 - u_eq) exp(-M G t/xi)."""
    length, penalty, mobility = 3e-10, 1e8, 1e-20
    times = np.array([0.1, 0.5, 2.0]) * length / (mobility * penalty)
    found = relaxation(film_of("exp"), 1e-10, times, mobility, control=penalty)
    end, begin = 0.3 / (length * penalty), np.exp(1e-10 / length)
    assert found == pytest.approx(length * np.log(end + (begin - end) * np.exp(-mobility * penalty * times / length)), rel=1e-6)
    assert film_conduction(1e-9, 1.0, 3 / 1e-6) == pytest.approx(2e-3), "brick layers: 2 h/d of the film's conductivity"


def test_universal_map_is_one_film_in_units_of_its_own():
    """h/xi = ln(D/(G xi)) for every dgamma, and energies go with dgamma."""
    changes, penalties = np.array([[-0.1], [-0.4]]), np.array([1e7, 1e8, 1e9])
    state = universal_map(film_of("exp"), changes, penalties)
    ratio = (penalties * 3e-10 / -changes).ravel()
    assert state.thickness == pytest.approx(3e-10 * np.maximum(-np.log(ratio), 0), rel=1e-8, abs=1e-20)
    expected = np.where(ratio < 1, np.repeat(changes, 3) * (1 - ratio * (1 - np.log(ratio))), 0.0)
    assert state.energy == pytest.approx(expected, rel=1e-9, abs=1e-15)
    with pytest.raises(so.InputError, match="has to be below 0"):
        universal_map(film_of("exp"), [0.1], 1e8)


def test_isotherms():
    assert Segregation(-2e4).filling(1e-3, ROOM) == pytest.approx(0.76154, abs=1e-5)
    assert Segregation(-3e4).filling(1e-3, ROOM) == pytest.approx(0.99449, abs=1e-5)
    law = Segregation(-1e4, -1.4e4)
    jump = law.coexistence(300.0)
    assert law.critical_temperature == pytest.approx(420.953, rel=1e-5)
    assert jump.bulk == pytest.approx(1.09552e-3, rel=1e-5)
    assert jump.spinodals == pytest.approx((0.231983, 0.768016), rel=1e-5)
    assert jump.spinodal_bulk == pytest.approx((1.48882e-3, 8.0603e-4), rel=1e-5)
    assert jump.fillings == pytest.approx((0.091917, 0.908083), rel=1e-5)
    below, above = law.filling(np.array([1.0955e-3, 1.0956e-3]), 300.0)
    assert (below, above) == pytest.approx(jump.fillings, abs=1e-3)
    with pytest.raises(so.InputError, match="outside"):
        law.coexistence(430.0)


def test_isotherms_of_cations_and_of_many_layers():
    """Frumkin: half a layer at E_0 - g/(2F) for a = 1, the Nernst shift for others; layer n fills at RT ln a = eps_1/n^3."""
    cation = CationAdsorption(-3.0, 4000.0)
    assert cation.filling(1.0, -3.0 - 4000 / (2 * FARADAY), ROOM) == pytest.approx(0.5, abs=1e-12)
    shifted = -3.1 + cation.onset(0.05, ROOM) - cation.onset(1.0, ROOM)
    assert cation.filling(0.05, shifted, ROOM) == pytest.approx(cation.filling(1.0, -3.1, ROOM), rel=1e-9)
    assert cation.stays(0.05, -3.026, -3.04, ROOM), "dilute Cs+ lies below lithium by its activity"
    assert not cation.stays(1.0, -3.026, -3.04, ROOM)
    layers = Multilayer(-8000.0, -12000.0, -1000.0, 4)
    for n in (1, 2, 3):
        at = np.exp(-8000 / n**3 / (8.314462618 * 60))
        below, above = layers.filling([0.999 * at, 1.001 * at], 60.0).round(3)
        assert list(below) == [1.0] * (n - 1) + [0.0] * (5 - n)
        assert list(above) == [1.0] * n + [0.0] * (4 - n)
    at = np.exp(-8000 / (8.314462618 * 300))
    sides = Multilayer(-8000.0, -12000.0, layers=1).filling([at * (1 - 1e-9), at * (1 + 1e-9)], 300.0)[:, 0]
    assert sides == pytest.approx(Segregation(0.0, -12000.0).coexistence(300.0).fillings, rel=1e-6)


def test_a_line_is_followed_to_its_critical_end():
    law = Segregation(-1e4, -1.4e4)

    def energy(u, p):
        x, thermal = jax.nn.sigmoid(u[0]), 8.31446261815324 * 100 * p[0]
        mixing = thermal * (x * jnp.log(x) + (1 - x) * jnp.log1p(-x) - x * p[1])
        return (mixing + law.energy * x + law.interaction * x**2 / 2) / 8314

    jump = law.coexistence(300.0)
    logits = [np.log(x / (1 - x)) for x in (*jump.fillings, jump.bulk)]
    line = trace(energy, logits[:1], logits[1:2], [3.0, logits[2]], step=0.2)
    assert line.critical is not None
    assert 100 * line.critical.controls[0] == pytest.approx(law.critical_temperature, rel=1e-9)
    assert 1 / (1 + np.exp(-line.critical.place[0])) == pytest.approx(0.5, abs=1e-9)


def test_jumps_and_spinodals_near_a_critical_point():
    """0.3 K below its end the solute changes by a fifth of its odds: told by following each film there and back, not by a factor.
    With the thickness of an exponential film eliminated in closed form, both sides are minima of one energy, and at a spinodal
    its curvature is gone; beyond coexistence with its melt the film jumps to an infinite one."""
    film = load("film-critical-point").device.energy
    tables = branches(film)

    def energy(share, temperature, potential):
        pull, length = -film.change.change(share), film.coefficient.decay_length
        cost = length * film.penalty.density(temperature, potential, share)
        return -pull + cost * (1 + jnp.log(pull / cost))

    slope, curvature = (jax.jit(each) for each in (jax.grad(energy), jax.grad(jax.grad(energy))))
    path = np.linspace(-3300.0, -2000.0, 14)
    jump, wetting = transitions(film, 371.2, path, tables=tables)
    odds = np.log([x / (1 - x) for x in jump.composition])
    assert 0.1 < odds[1] - odds[0] < 0.5
    sides = [float(energy(x, 371.2, jump.control)) for x in jump.composition]
    assert sides[0] == pytest.approx(sides[1], rel=1e-9)
    assert all(abs(slope(x, 371.2, jump.control)) < 1e-8 < curvature(x, 371.2, jump.control) for x in jump.composition)
    assert np.isinf(wetting.thickness[1])
    upper, lower = stability_limits(film, 371.2, path, tables=tables)
    assert upper.control - 1 < jump.control < lower.control + 1, "hysteresis over 1.5 J/mol, a hundredth of a step"
    assert lower.control < jump.control < upper.control
    usual = curvature(0.25, 371.2, jump.control)
    assert all(abs(curvature(one.composition, 371.2, one.control)) < 1e-3 * usual for one in (upper, lower))
    assert list(np.flatnonzero(follow(film, np.full(14, 371.2), path, line_tension=1.0).jumped)) == [2]


def test_lithium_magnesium():
    """Section 1.5: W, activity of lithium and penalty of the melt at 298.15 K, by an independent program from COST 507 (T24)."""
    film, shares = lithium_magnesium_film(), np.array([0.05, 0.1, 0.2, 0.3, 0.4])
    found = thermodynamic_factor(film.crystal, shares, ROOM)
    assert found == pytest.approx([0.857, 0.999, 1.83, 2.99, 4.04], rel=0.01)  # tolerance of the specification
    host, _ = jax.vmap(lambda x: film.potentials(ROOM, x))(jnp.asarray(shares))
    assert np.exp(np.asarray(host) / (8.314462618 * ROOM)) == pytest.approx([0.955, 0.909, 0.773, 0.558, 0.323], rel=3e-3)
    melt = jnp.asarray(1 / (1 + np.exp(-np.linspace(-9, 9, 2001))))
    penalty = jax.vmap(lambda x: jnp.min(film.density(ROOM, x, melt)))(jnp.asarray(shares))
    assert np.asarray(penalty) / 1e8 == pytest.approx([0.81, 0.88, 1.09, 1.40, 1.76], rel=0.01)


def test_screen_of_segregating_elements():
    """By surface energies alone the heavy alkali and alkaline earth metals cover lithium, and lithium covers what alloys well."""
    order = sorted(screen(), key=lambda one: one.surface)
    assert {one.element for one in order if one.surface < -2000} == {"Cs", "Rb", "K", "Na", "Ba", "Sr"}
    assert all(one.surface > 0 for one in order if one.element in ("Mg", "Ag", "Au", "Zn", "Al", "In", "Sn"))
    assert all(one.strain <= 0 for one in order)
    assert {one.element for one in order if one.doubt} == {"Sb", "Bi", "Sr", "In"}
    assert all(one.ends[0] <= one.heat <= one.ends[1] for one in order)
    assert str(next(one for one in order if one.element == "Sb")).endswith("surface energy from memory, to be checked")
    wetted = {one.element: one.surface for one in screen(tensions={"Mg": 0.3})}
    assert wetted["Mg"] < 0
    with pytest.raises(so.InputError, match="not in the table"):
        screen(tensions={"Xx": 0.3})


def test_refusals():
    with pytest.raises(so.InputError, match="as printed"):
        check_condition(lambda change, cost: -change < cost)
    check_condition(lambda change, cost: change + cost < 0)
    with pytest.raises(so.InputError, match="raises the energy"):
        required_penalty(FilmEnergy(FixedChange(0.1), ExponentialCoefficient()), 1e-9)
    with pytest.raises(so.InputError, match="layering_length"):
        LayeredCoefficient(3e-10, 3e-10, 0.3, 4e-10)
    with pytest.raises(so.InputError, match="rise from 0"):
        TabulatedCoefficient((0.0, 1e-9, 0.5e-9), (0.0, 0.5, 1.0))
    with pytest.raises(so.InputError, match="between 0 and 1"):
        minima(sodium_on_lithium(), 300.0, 1.5)
    doubts = FilmEnergy(FixedChange(-0.3), film_of("vdw").coefficient).doubts(ROOM, ROOM)
    assert "Hamaker" in doubts[0]
    assert "dgamma > 0" in FilmEnergy(FixedChange(0.3), ExponentialCoefficient()).doubts(ROOM, ROOM)[0]


def test_a_table_is_what_it_is_of():
    h = np.linspace(0, 4.5e-9, 200)
    table = TabulatedCoefficient(tuple(h.tolist()), tuple((1 - np.exp(-h / 3e-10)).tolist()))
    state = lowest(minima(FilmEnergy(FixedChange(-0.3), table), ROOM, 1e8))
    assert state.thickness[0] == pytest.approx(6.907755e-10, rel=1e-3)


DATABASE = """\
$ --------------------------------------------------------------------
$ Li-Mg in the layout of the COST 507 light-metal database, own text
$ --------------------------------------------------------------------
 TEMP_LIM 298.15 6000.00 !
 ELEMENT /-   ELECTRON_GAS              0.0000E+00  0.0000E+00  0.0000E+00!
 ELEMENT VA   VACUUM                    0.0000E+00  0.0000E+00  0.0000E+00!
 ELEMENT LI   BCC_A2                    6.9410E+00  4.6320E+03  2.9120E+01!
 ELEMENT MG   HCP_A3                    2.4305E+01  4.9980E+03  3.2671E+01!

 FUNCTION GLILIQ  298.15
   +3.0000+03-6.6130276*T;  6000.00  N REF: 0 !
 FUNCTION GMGBCC  298.15  +3100.0-2.1*T;  6000.00  N REF:0 !
 FUNCTION GMGLIQ  298.15  8.47719+03-9.18*T-1.0000-20*T**7;  6000.00  N REF: 0 !

 TYPE_DEFINITION % SEQ *!
 DEFINE_SYSTEM_DEFAULT SPECIE 2 !
 DEFAULT_COMMAND DEF_SYS_ELEMENT VA !

 TYPE_DEFINITION & GES A_P_D BCC_A2 MAGNETIC  -1.0    4.00000E-01 !
 PHASE LIQUID:L %  1  1.0  !
 CONSTITUENT LIQUID:L :LI,MG :  !
   PARAMETER G(LIQUID,LI;0)  298.15  +GLILIQ#;  6000.00  N REF: 0 !
   PARAMETER G(LIQUID,MG;0)  298.15  +GMGLIQ#;  6000.00  N REF: 0 !
   PARAMETER G(LIQUID,LI,MG;0)  298.15  -14935+1.0371+01*T;  6000.00  N REF: 0 !
   PARAMETER G(LIQUID,LI,MG;1)  298.15  -1789+1.143*T;  6000.00  N REF: 0 !
   PARAMETER G(LIQUID,LI,MG;2)  298.15  6533-6.6915*T;  6000.00  N REF: 0 !

 PHASE BCC_A2 %&  2 1   3 !
 CONSTITUENT BCC_A2 :LI,MG : VA :  !
   PARAMETER G(BCC_A2,LI:VA;0)  298.15  0;  6000.00  N REF: 0 !
   PARAMETER G(BCC_A2,MG:VA;0)  298.15  +GMGBCC#;  6000.00  N REF: 0 !
   PARAMETER G(BCC_A2,LI,MG:VA;0)  298.15  -18335+8.49*T;  6000.00  N REF: 0 !
   PARAMETER G(BCC_A2,LI,MG:VA;1)  298.15  3481;  6000.00  N REF: 0 !
   PARAMETER G(BCC_A2,LI,MG:VA;2)  298.15  2658-1.14-01*T;  6000.00  N REF: 0 !

 PHASE HCP_A3 %  2 1   .5 !
 CONSTITUENT HCP_A3 :LI,MG : VA :  !
   PARAMETER G(HCP_A3,LI:VA;0)  298.15  154;  6000.00  N REF: 0 !
   PARAMETER G(HCP_A3,MG:VA;0)  298.15  0;  6000.00  N REF: 0 !

 ASSESSED_SYSTEMS
 LI-MG(;G5 TDB +LI-MG.TDB) !
 LIST_OF_REFERENCES
 NUMBER  SOURCE
   REF0  'Own text'
  !
"""


def test_a_database_in_the_layout_of_cost_507_becomes_a_penalty_and_a_wrong_line_is_named(tmp_path):
    """Bare exponents, trailing references, an empty sublattice; penalty against tangents of pycalphad's own energies (T24)."""
    pycalphad = pytest.importorskip("pycalphad")
    from pycalphad import Database, calculate

    path, volumes = tmp_path / "mine.tdb", (13e-6, 14e-6)
    fields = {"file": path, "host": "LI", "solute": "MG", "crystal": "BCC_A2"}
    fields |= {"host_volume": volumes[0], "solute_volume": volumes[1]}
    path.write_text(DATABASE)
    with pytest.warns(UserWarning, match="numbers without an E"):
        found = DatabasePenalty(**fields, solute_crystal="HCP_A3")  # pyright: ignore[reportArgumentType]
    shares = np.array([0.05, 0.1, 0.2, 0.3, 0.4])
    assert thermodynamic_factor(found.alloy.crystal, shares, ROOM) == pytest.approx([0.857, 0.999, 1.83, 2.99, 4.04], rel=0.01)
    whole = Path(pycalphad.__file__).parent / "tests" / "databases" / "COST507.tdb"  # the file itself, of January 1999
    if whole.is_file():
        real = DatabasePenalty(**(fields | {"file": whole}), solute_crystal="HCP_A3")  # pyright: ignore[reportArgumentType]
        assert thermodynamic_factor(real.alloy.crystal, shares, ROOM) == pytest.approx([0.857, 0.999, 1.83, 2.99, 4.04], rel=0.01)
    base, bulk, step = Database.from_string(repaired(DATABASE)[0], fmt="tdb"), 0.1, 1e-4

    def gibbs(phase, x, *empty):
        points = np.array([[1 - x, x, *empty]])
        return float(calculate(base, ["LI", "MG", "VA"], phase, T=350.0, P=101325, points=points, to_xarray=False).GM.item())

    low, middle, high = (gibbs("BCC_A2", bulk + d, 1.0) for d in (-step, 0, step))
    slope = (high - low) / (2 * step)
    for share in (0.05, 0.6):
        tangent = (gibbs("LIQUID", share) - middle - slope * (share - bulk)) / (share * volumes[1] + (1 - share) * volumes[0])
        assert float(found.density(350.0, bulk, share)) == pytest.approx(tangent, rel=1e-3)
    for wrong, given, words in (
        (DATABASE.replace("-18335+8.49*T", "-18335+8.49**(T"), {}, "line {line}"),
        (DATABASE, {"coldest": 200.0}, "begin at 298.15 K"),
        (DATABASE, {"solute": "ZR"}, "no element 'ZR'"),
        (DATABASE, {"film": "FCC_A1"}, "no phase 'FCC_A1'"),
    ):
        line = 1 + next((k for k, one in enumerate(wrong.splitlines()) if "**(T" in one), 0)
        path.write_text(wrong)
        with pytest.warns(UserWarning, match="numbers without an E"), pytest.raises(so.InputError, match=words.format(line=line)):
            DatabasePenalty(**(fields | given))  # pyright: ignore[reportArgumentType]
    path.write_text(DATABASE.replace("-18335+8.49*T", "-18335+8.49**(T"))
    film = {"control": 0.1, "change": {"law": "fixed_change", "energy": "-0.3 J/m^2"}, "coefficient": "exponential_coefficient"}
    film["penalty"] = {"law": "database_penalty", **fields, "file": "mine.tdb", "host_volume": "13e-6 m^3/mol"}
    film["penalty"] |= {"solute_volume": "14e-6 m^3/mol"}
    with pytest.warns(match="without an E"), pytest.raises(so.InputError, match=r"mine\.toml: film\.penalty: .*mine\.tdb: line "):
        film_numbers({"film": film}, UncertainNumber(ROOM, ROOM), str(tmp_path / "mine.toml"))
    assert repaired("2.5+10*T; 1.5-20*T**7; 14935.0+03")[0] == "2.5+10*T; 1.5E-20*T**7; 14935.0E+03", "a sum stays a sum"
