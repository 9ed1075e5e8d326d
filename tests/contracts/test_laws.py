"""Every exported law keeps the promises of its kind; a new law needs one line in the tables below."""

import dataclasses
import importlib
import inspect
import pkgutil

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solion import laws
from solion.balances.electrode import join, overpotential, shared
from solion.base.constants import thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import Part
from solion.laws import film_penalty, initiation
from solion.laws.charge_transfer import ActivatedTransfer, metal_surface
from solion.laws.grain_boundary import BoundaryFacets
from solion.materials import magnesium_tungsten_oxide

VOLT = float(thermal_voltage(298.15))
TRANSFERS = {
    "ActivatedTransfer": ActivatedTransfer(laws.ButlerVolmer(rate=250.0, asymmetry=0.3), 3.0),
    "AreaResistance": laws.AreaResistance(resistance=0.02),
    "ButlerVolmer": laws.ButlerVolmer(rate=250.0, asymmetry=0.3),
    "CoupledIonElectronTransfer": laws.CoupledIonElectronTransfer(rate=250.0, reorganization=12 * VOLT),
    "EvenPotential": laws.EvenPotential(),
    "EvenCurrent": laws.EvenCurrent(),
    "InsertionButlerVolmer": laws.InsertionButlerVolmer(exchange_current=0.1, asymmetry=0.3),
    "LinearTransfer": laws.LinearTransfer(rate=250.0, asymmetry=0.3),
    "MarcusHushChidsey": laws.MarcusHushChidsey(rate=250.0, reorganization=12 * VOLT),
    "Transfer": laws.Transfer(lambda eta, surface: (1 - surface.filled) * jnp.sinh(eta / surface.thermal_voltage)),
}
PREFACTORS = {"IonModulated": laws.IonModulated(), "LatticeSites": laws.LatticeSites(), "Unmodulated": laws.Unmodulated()}
FREE_ENERGIES = {
    "FreeEnergy": laws.FreeEnergy(lambda ion, electron: laws.mixing(ion, 1.0) + 9 * ion * (1 - ion) + electron**2),
    "HostPotential": laws.HostPotential(releases=3.0, slope=49.0),
    "LatticeHost": laws.LatticeHost(releases=2.0, slope=5.0, interaction=-3.0, skew=0.4),
    "RegularSolution": laws.RegularSolution(-32.0, 20.0, exponent=0.7, electron_sites=5 / 3, defects=0.01),
    "Strained": laws.Strained(laws.RegularSolution(-12.0, 4.0), 0.3, clamp=0.2),
    "Staged": laws.Staged(-26.0, 20.0, 0.6, exponent=0.7, electron_sites=5 / 3, defects=0.01),
}
# whether the mobility vanishes at (content 0, content = sites)
MOBILITIES = {
    "Dilute": (laws.Dilute(), (True, False)),
    "ExcludedVolume": (laws.ExcludedVolume(), (True, True)),
    "Mobility": (laws.Mobility(lambda content, sites: content**2 * (1 - content / sites)), (True, True)),
}
PULL = np.linspace(0.03, 0.96, 9), 0.03 * np.sin(np.linspace(0, np.pi, 9))
MISFITS = {
    "AnisotropicMisfit": laws.AnisotropicMisfit(0.05, -0.02, 170e9, 130e9, 50e9),
    "BiaxialMisfit": laws.BiaxialMisfit(0.01, 150e9, relaxed=0.25),
    "NoMisfit": laws.NoMisfit(),
}
WETTINGS = {
    "ContactAngle": laws.ContactAngle(60.0).of(lambda: PULL),
    "LinearWetting": laws.LinearWetting(-0.02),
    "NeutralWetting": laws.NeutralWetting(),
}
CONDUCTIONS = {"HoppingConduction": laws.HoppingConduction(distance=4e-10), "OhmicConduction": laws.OhmicConduction()}
LEAKS = {"ExponentialLeak": laws.ExponentialLeak(voltage=0.5), "OhmicLeak": laws.OhmicLeak()}
SALTS = {"BinarySalt": laws.BinarySalt(concentration=125.0, diffusivity=1e-12), "SingleIon": laws.SingleIon()}
AMBIPOLAR = {
    "ChemicalDiffusion": laws.ChemicalDiffusion(),
    "PotentialDiffusion": laws.PotentialDiffusion(gradient_energy=1e-18, mobility=laws.ExcludedVolume()),
}
TYPICAL_BOUNDARY = laws.UniformBoundary(5e-9, 2.5e-5)
BOUNDARIES = {
    "FastBoundary": laws.FastBoundary(TYPICAL_BOUNDARY, excess=1e-3),
    "GrainBoundary": laws.GrainBoundary(lambda facets: 1e-4, TYPICAL_BOUNDARY),
    "LogNormalBoundary": laws.LogNormalBoundary(TYPICAL_BOUNDARY, 0.5),
    "MisorientationBoundary": laws.MisorientationBoundary(TYPICAL_BOUNDARY, laws.TransparentBoundary()),
    "TransparentBoundary": laws.TransparentBoundary(),
    "UniformBoundary": TYPICAL_BOUNDARY,
}
CONDUCTIVITIES = {
    "Conductivity": laws.Conductivity(lambda electrons: 1e3 * electrons**2),
    "MetalInsulator": magnesium_tungsten_oxide().conductivity,
}
INITIATIONS = {
    "DefectPower": initiation.DefectPower(),
    "Griffith": initiation.Griffith(),
    "InterfacialPressure": initiation.InterfacialPressure(),
    "LocalCurrent": initiation.LocalCurrent(),
    "ShearStability": initiation.ShearStability(),
}
AMORPHISATIONS = {
    "CoreRelaxation": laws.CoreRelaxation(critical_radius=30e-9),
    "EnergyAmorphisation": laws.EnergyAmorphisation(enthalpy=0.1),
    "GivenAmorphisation": laws.GivenAmorphisation(amorphised=0.4),
    "SharpFront": laws.SharpFront(),
}
SHELLS = {
    "ElasticReversal": laws.ElasticReversal(yield_stress=1e9, shear_modulus=15e9),
    "RateDependentShell": laws.RateDependentShell(yield_stress=1e9, reference_rate=1e-3),
    "RigidPlastic": laws.RigidPlastic(yield_stress=1e9),
    "StressFree": laws.StressFree(),
}
STRESS_WORKS = {"Eshelby": laws.Eshelby(), "MeanStress": laws.MeanStress(), "Traction": laws.Traction()}
FILM_GROWTHS = {
    "Conformal": laws.Conformal(),
    "FixedVolume": laws.FixedVolume(),
    "Fracturing": laws.Fracturing(growth_rate=1e-20),
}
SURFACE_FILMS = {"BareSurface": laws.BareSurface(), "SurfaceFilm": laws.SurfaceFilm()}
MIXING = film_penalty.RedlichKister((2e4,), (0.0,))
FILM_COEFFICIENTS = {
    "CutDispersionCoefficient": laws.CutDispersionCoefficient(),
    "DispersionCoefficient": laws.DispersionCoefficient(),
    "ExponentialCoefficient": laws.ExponentialCoefficient(),
    "InterfacialCoefficient": laws.InterfacialCoefficient(lambda h: 1 - jnp.exp(-h / 3e-10)),
    "LayeredCoefficient": laws.LayeredCoefficient(),
    "TabulatedCoefficient": laws.TabulatedCoefficient((0.0, 5e-10, 1e-9), (0.0, 0.7, 1.0)),
}
FILM_CHANGES = {
    "BoundaryChange": laws.BoundaryChange(film_side=0.1, boundary=0.5),
    "FixedChange": laws.FixedChange(energy=-0.3),
    "MixedChange": laws.MixedChange(host=-0.07, solute=-0.25),
}
FILM_FORCES = {
    "DispersionForce": laws.DispersionForce(hamaker=4e-20),
    "DoubleLayerForce": laws.DoubleLayerForce(strength=0.01, screening_length=5e-10),
}
FILM_PENALTIES = {
    "AlloyPenalty": laws.AlloyPenalty(MIXING, MIXING, 3000.0, 453.65, 13.02e-6, 2597.0, 370.95, 23.78e-6),
    "AlloyPenaltyAtPotential": laws.AlloyPenaltyAtPotential(
        laws.AlloyPenalty(MIXING, MIXING, 3000.0, 453.65, 13.02e-6, 2597.0, 370.95, 23.78e-6)
    ),
    "DatabasePenalty": laws.DatabasePenalty(
        "none.tdb", "LI", "MG", "BCC_A2", 13.02e-6, 14e-6, fitted=(MIXING, MIXING, 3000.0, 453.65, 8477.0, 923.0, 0.0, 0.0)
    ),
    "DilutePenalty": laws.DilutePenalty(2597.0, 370.95, 23.78e-6, 2e3),
    "FilmPenalty": laws.FilmPenalty(lambda temperature, control, composition: 1e8 * (1 - composition)),
    "GivenPenalty": laws.GivenPenalty(),
    "LinearPenalty": laws.LinearPenalty(entropy=5e5, transition=400.0),
    "ThompsonSpaepenPenalty": laws.ThompsonSpaepenPenalty(heat=2e8, transition=400.0),
}
COATING_TRANSPORTS = {
    "AlloyTransport": laws.AlloyTransport(75500.0, 3e-11, 100.0),
    "IonTransport": laws.IonTransport(2e-4),
    "WagnerTransport": laws.WagnerTransport(2e-4, 4e4, 10.0),
}
LAYERED_ENERGIES = {"TwoLayer": laws.TwoLayer(3.4, 1.4, 20.0, electron_sites=5 / 3, defects=0.01)}
TABLES = {
    laws.AbstractInterfacialCoefficient: FILM_COEFFICIENTS,
    laws.AbstractInterfacialChange: FILM_CHANGES,
    laws.AbstractFilmForce: FILM_FORCES,
    laws.AbstractFilmPenalty: FILM_PENALTIES,
    laws.AbstractCoatingTransport: COATING_TRANSPORTS,
    laws.AbstractAmorphisation: AMORPHISATIONS,
    laws.AbstractShell: SHELLS,
    laws.AbstractStressWork: STRESS_WORKS,
    laws.AbstractFilmGrowth: FILM_GROWTHS,
    laws.AbstractSurfaceFilm: SURFACE_FILMS,
    laws.AbstractIonicConduction: CONDUCTIONS,
    laws.AbstractLeak: LEAKS,
    laws.AbstractSalt: SALTS,
    laws.AbstractAmbipolar: AMBIPOLAR,
    laws.AbstractGrainBoundary: BOUNDARIES,
    laws.AbstractChargeTransfer: TRANSFERS,
    laws.AbstractPrefactor: PREFACTORS,
    laws.AbstractConductivity: CONDUCTIVITIES,
    laws.AbstractFreeEnergy: FREE_ENERGIES,
    laws.AbstractLayeredEnergy: LAYERED_ENERGIES,
    laws.AbstractMobility: {name: law for name, (law, _) in MOBILITIES.items()},
    laws.AbstractWetting: WETTINGS,
    laws.AbstractMisfit: MISFITS,
    initiation.AbstractInitiation: INITIATIONS,
}
ALL = {name: law for entries in TABLES.values() for name, law in entries.items()}
PARAMETERS = [
    pytest.param(law, field, id=f"{name}.{field.name}")
    for name, law in ALL.items()
    for field in dataclasses.fields(law)
    if field.metadata.get("parameter")
]

SURFACES = [
    laws.Surface(*map(jnp.asarray, (c, filled, activity, 1.0, VOLT)))
    for c, filled, activity in ((0.03, 0.02, -2.2), (0.5, 0.3, 11.5), (0.96, 0.6, 20.0))
]
MODERATE = VOLT * jnp.linspace(-30.0, 30.0, 241)
EXTREME = VOLT * jnp.array([-1e4, -1e3, -300.0, 300.0, 1e3, 1e4])
INSIDE = jnp.linspace(1e-3, 1 - 1e-3, 101)


def each(entries):
    return pytest.mark.parametrize("law", [pytest.param(law, id=name) for name, law in entries.items()])


def finite(tree):
    return all(bool(jnp.all(jnp.isfinite(leaf))) for leaf in jax.tree.leaves(eqx.filter(tree, eqx.is_array_like)))


def classes():
    """Every class of every module of the laws."""
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(laws.__path__, "solion.laws.")]
    found = [thing for module in modules for thing in vars(module).values() if inspect.isclass(thing)]
    return {thing for thing in found if thing.__module__.startswith("solion.laws") and issubclass(thing, Part)}


def test_every_family_of_laws_is_walked_here():
    families = {law for law in classes() if law.__name__.startswith("Abstract")}
    assert families == set(TABLES)


@pytest.mark.parametrize("kind", TABLES)
def test_every_law_has_an_entry(kind):
    concrete = {law.__name__ for law in classes() if issubclass(law, kind) and not law.__name__.startswith("Abstract")}
    assert concrete == set(TABLES[kind])
    if kind.__module__ != initiation.__name__:
        assert concrete <= set(laws.__all__)


def test_exports_are_sorted_and_exist():
    assert laws.__all__ == sorted(laws.__all__)
    assert all(hasattr(laws, name) for name in laws.__all__)


@pytest.mark.parametrize(("law", "field"), PARAMETERS)
def test_parameter_says_unit_and_meaning_and_refuses_what_is_outside(law, field):
    meta = field.metadata
    assert meta["unit"]
    assert meta["doc"]
    outside = [meta[end] + step for end, step in (("low", -1.0), ("high", 1.0)) if np.isfinite(meta[end])]
    outside += [meta[end] for end in ("low", "high") if meta[f"open_{end}"]]
    for value in (*outside, np.nan, np.inf):
        with pytest.raises(InputError, match=rf"{type(law).__name__}\.{field.name} "):
            dataclasses.replace(law, **{field.name: value})


@pytest.mark.parametrize("surface", SURFACES, ids=["poor", "half", "rich"])
@each(TRANSFERS)
class TestTransfer:
    def test_no_current_at_equilibrium(self, law, surface):
        assert law.current(jnp.zeros(()), surface) == 0

    def test_dissipates_and_increases_strictly(self, law, surface):
        current = jax.vmap(law.current, (0, None))(MODERATE, surface)
        assert jnp.all(current * MODERATE >= 0)
        assert jnp.all(jnp.diff(current) > 0)

    def test_never_a_nan_far_from_equilibrium(self, law, surface):
        current = jax.vmap(law.current, (0, None))(EXTREME, surface)
        assert not jnp.any(jnp.isnan(current))
        assert jnp.all(jnp.diff(jnp.where(jnp.isfinite(current), current, jnp.sign(current) * 1.79e308)) >= 0)

    def test_derivative_against_differences(self, law, surface):
        step = 1e-5 * VOLT
        eta = MODERATE[20:-20:10]
        differences = (law.current(eta + step, surface) - law.current(eta - step, surface)) / (2 * step)
        slope = jax.vmap(jax.grad(law.current), (0, None))(eta, surface)
        assert jnp.all(slope > 0)
        np.testing.assert_allclose(slope, differences, rtol=1e-6, atol=1e-7 * float(slope.max()))

    def test_takes_volts_and_gives_amperes(self, law, surface):
        """At twice the temperature and overpotential, energies doubled: the same current, as only their ratios count."""
        if type(law) in (laws.AreaResistance, laws.EvenPotential, laws.EvenCurrent, laws.Transfer):
            return
        energies = {name: 2 * getattr(law, name) for name in ("reorganization",) if hasattr(law, name)}
        hot, warm = dataclasses.replace(law, **energies), surface._replace(thermal_voltage=2 * surface.thermal_voltage)
        np.testing.assert_allclose(hot.current(2 * MODERATE, warm), law.current(MODERATE, surface), rtol=1e-12)

    def test_gradients_are_finite(self, law, surface):
        for eta in (-30 * VOLT, -1e-9, 0.0, 1e-9, 30 * VOLT):
            assert finite(gradients((law, jnp.asarray(eta), surface)))

    def test_exchange_current_is_the_slope_at_equilibrium(self, law, surface):
        step = 1e-4 * VOLT
        slope = (law.current(jnp.asarray(step), surface) - law.current(jnp.asarray(-step), surface)) / (2 * step)
        np.testing.assert_allclose(laws.exchange_current(law, surface), slope * VOLT, rtol=1e-6)

    def test_an_interface_solves_for_its_overpotential(self, law, surface):
        """The one solve: the overpotential of a current, alone and behind a resistance, and its derivative."""
        for eta in (-7.0, 1e-6, 5.0):
            alone, behind, slope, steepness, bare = (float(value) for value in solved(law, surface, jnp.asarray(eta)))
            assert (alone, behind) == (pytest.approx(eta, rel=1e-9), pytest.approx(eta, rel=1e-9))
            assert slope == pytest.approx(1 / steepness, rel=1e-6)
            assert bare == 2.5


@eqx.filter_jit
@eqx.filter_grad
def gradients(arguments):
    """Compiled once for a law: slopes of its current over all its numbers, the overpotential and the surface."""
    law, eta, surface = arguments
    return law.current(eta, surface)


@eqx.filter_jit
def solved(law, surface, eta):
    """Compiled once for a law: what an interface at ``eta`` solves for from its current; slopes of both; no resistance."""
    interface = join(law, surface, unit=3.0)
    current = interface.current(eta)
    slope, steepness = jax.grad(lambda i: overpotential(interface, i))(current), jax.grad(interface.current)(eta)
    behind, bare = shared(interface, eta + 0.7 * current, jnp.asarray(0.7)), shared(interface, 2.5, jnp.asarray(0.0))
    return overpotential(interface, current), behind, slope, steepness, bare


@each(PREFACTORS)
def test_prefactors_are_positive_and_keep_the_asymmetry_between_zero_and_one(law):
    for surface in SURFACES:
        for asymmetry in (0.05, 0.5, 0.9):
            alpha = law.asymmetry(asymmetry, surface)
            assert 0 < float(alpha) < 1
            assert float(law.factor(alpha, surface)) > 0
            kinetics = laws.ButlerVolmer(rate=2.0, asymmetry=asymmetry, prefactor=law)
            np.testing.assert_allclose(laws.exchange_current(kinetics, surface), 2.0 * law.factor(alpha, surface), rtol=1e-12)
    half = SURFACES[1]._replace(filled=jnp.asarray(0.5))
    assert float(laws.LatticeSites().factor(0.3, half)) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("law", [laws.ButlerVolmer(2.0, 0.3), laws.LinearTransfer(2.0, 0.3)])
def test_on_a_metal_the_plain_rate(law):
    assert float(laws.exchange_current(law, laws.metal_surface(VOLT))) == pytest.approx(2.0, rel=1e-14)


@each({name: TRANSFERS[name] for name in ("MarcusHushChidsey", "CoupledIonElectronTransfer")})
def test_reorganization_limits_the_current(law):
    current = jax.vmap(law.current, (0, None))(EXTREME, SURFACES[1])
    slope = jax.vmap(jax.grad(law.current), (0, None))(EXTREME, SURFACES[1])
    assert finite((current, slope))
    np.testing.assert_allclose(current[:2], current[2], rtol=1e-12)
    np.testing.assert_allclose(current[4:], current[3], rtol=1e-12)


@each(LAYERED_ENERGIES)
def test_potentials_of_layers_against_differences(law):
    """mu_i = 2 dG/dc_i and mu_n = dG/d(electron), and neither layer is the first."""
    one, two, step = jnp.linspace(0.02, 0.97, 21), jnp.linspace(0.9, 0.1, 21), 1e-6
    ions, electrons = laws.layer_potentials(law, jnp.stack([one, two], axis=-1))
    mean = (one + two) / 2
    slopes = [
        (law.energy(one + step, two, mean) - law.energy(one - step, two, mean)) / step,
        (law.energy(one, two + step, mean) - law.energy(one, two - step, mean)) / step,
        (law.energy(one, two, mean + step) - law.energy(one, two, mean - step)) / (2 * step),
    ]
    np.testing.assert_allclose([ions[:, 0], ions[:, 1], electrons], slopes, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(law.energy(one, two, mean), law.energy(two, one, mean), rtol=1e-12)


@pytest.mark.parametrize("surface", SURFACES, ids=["poor", "half", "rich"])
def test_rate_means_the_same_in_every_law(surface):
    """Equal exchange currents at alpha = 1/2; for the coupled transfer where a_n = 1."""
    butler_volmer = laws.exchange_current(laws.ButlerVolmer(rate=0.1), surface)
    for law in (laws.LinearTransfer(rate=0.1), laws.MarcusHushChidsey(rate=0.1, reorganization=0.3)):
        np.testing.assert_allclose(laws.exchange_current(law, surface), butler_volmer, rtol=1e-14)
    neutral = surface._replace(activity=jnp.zeros(()))
    coupled = laws.CoupledIonElectronTransfer(rate=0.1, reorganization=0.3)
    expected = laws.exchange_current(laws.ButlerVolmer(rate=0.1), neutral)
    np.testing.assert_allclose(laws.exchange_current(coupled, neutral), expected, rtol=1e-14)


@pytest.mark.parametrize("activity", [-12.0, -1.0, 0.0, 6.0, 20.0])
@pytest.mark.parametrize("reorganization", [1e-3, 0.1, 1.0, 8.0, 30.0, 100.0])
def test_coupled_transfer_increases_and_equals_its_two_directions(reorganization, activity):
    law = laws.CoupledIonElectronTransfer(rate=1.0, reorganization=reorganization * VOLT)
    surface = laws.Surface(*map(jnp.asarray, (0.5, 0.25, activity, 1.0, VOLT)))
    current = jax.vmap(law.current, (0, None))(MODERATE, surface)
    assert jnp.all(jnp.diff(current) >= 0)
    formal = MODERATE / VOLT - activity
    directions = jnp.exp(activity) * jax.nn.sigmoid(formal) - jax.nn.sigmoid(-formal)
    expected = 1.5 * directions * laws.marcus_factor(formal, reorganization)
    np.testing.assert_allclose(current, expected, rtol=1e-9, atol=1e-11 * float(jnp.max(jnp.abs(expected))))


@pytest.mark.parametrize(("reorganization", "deviation"), [(10.0, 0.07), (20.0, 0.13), (40.0, 0.30)])
def test_closed_form_follows_the_marcus_hush_chidsey_integral(reorganization, deviation):
    energy = jnp.linspace(-200.0, 200.0, 40001)

    def rate(eta):
        return jnp.sum(jnp.exp(-((energy + reorganization - eta) ** 2) / (4 * reorganization)) * jax.nn.sigmoid(energy))

    def integral(eta):
        return rate(eta) - rate(-eta)

    law = laws.MarcusHushChidsey(rate=1.0, reorganization=reorganization * VOLT)
    surface = laws.metal_surface(VOLT)
    overpotential = jnp.linspace(0.5, 80.0, 60)
    expected = jax.lax.map(integral, overpotential) / jax.grad(integral)(0.0)
    ratio = law.current(VOLT * overpotential, surface) / expected
    worst = float(jnp.max(jnp.abs(ratio - 1)))
    assert 0.75 * deviation < worst < deviation


@each(BOUNDARIES)
def test_boundaries_resist_and_store_alike_from_either_side(law):
    grains = np.array([[0, 1], [1, 0], [2, 7]])
    facets = BoundaryFacets(grains, np.zeros((3, 2)), np.tile([0.0, 1.0], (3, 1)))
    for values in (law.resistance(facets), law.capacitance(facets)):
        assert values.shape == (3,)
        assert np.all(np.isfinite(values) & (values >= 0))
        assert values[0] == values[1]


@each(FREE_ENERGIES)
class TestFreeEnergy:
    def test_potentials_are_the_slopes_of_the_energy(self, law):
        step = 1e-6
        ion, electron = laws.chemical_potentials(law, INSIDE)
        by_ion = (law.energy(INSIDE + step, INSIDE) - law.energy(INSIDE - step, INSIDE)) / (2 * step)
        by_electron = (law.energy(INSIDE, INSIDE + step) - law.energy(INSIDE, INSIDE - step)) / (2 * step)
        np.testing.assert_allclose(ion, by_ion, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(electron, by_electron, rtol=1e-5, atol=1e-5)
        # one derivative along both: the sum but for the round-off of terms that cancel
        atol = 8 * np.finfo(float).eps * float(jnp.max(jnp.abs(ion) + jnp.abs(electron)))
        np.testing.assert_allclose(laws.total_potential(law, INSIDE), ion + electron, rtol=0, atol=atol)

    def test_gradients_are_finite(self, law):
        def total(law, composition):
            return jnp.sum(laws.total_potential(law, composition))

        assert finite(eqx.filter_grad(total)(law, INSIDE))
        assert finite(jax.grad(total, argnums=1)(law, INSIDE))

    def test_vectorised_equals_one_by_one(self, law):
        one_by_one = jax.vmap(lambda c: laws.total_potential(law, c))(INSIDE)
        np.testing.assert_allclose(laws.total_potential(law, INSIDE), one_by_one, rtol=1e-13)

    def test_declares_its_sites(self, law):
        assert law.ion_sites > 0
        assert law.electron_sites > law.defects >= 0


def test_regular_solution_has_the_potentials_of_the_paper():
    law = FREE_ENERGIES["RegularSolution"]
    ion, electron = laws.chemical_potentials(law, INSIDE)
    np.testing.assert_allclose(ion, jnp.log(INSIDE / (1 - INSIDE)) - 32 * INSIDE**0.7, rtol=1e-12)
    content = INSIDE + 0.01
    np.testing.assert_allclose(electron, jnp.log(content / (5 / 3 - content)) + 20 * INSIDE**0.7, rtol=1e-11)


@pytest.mark.parametrize("sites", [1.0, 5 / 3])
@pytest.mark.parametrize(("law", "vanishes"), MOBILITIES.values(), ids=MOBILITIES)
class TestMobility:
    def test_is_never_negative_and_vanishes_where_carriers_or_vacancies_do(self, law, vanishes, sites):
        mobility = law.mobility(jnp.linspace(0.0, sites, 101), sites)
        assert jnp.all(mobility >= 0)
        assert jnp.all(mobility[1:-1] > 0)
        assert (bool(mobility[0] == 0), bool(mobility[-1] == 0)) == vanishes

    def test_gradient_and_vmap(self, law, vanishes, sites):
        content = jnp.linspace(0.0, sites, 11)
        assert finite(jax.vmap(jax.grad(law.mobility), (0, None))(content, sites))
        one_by_one = jax.vmap(law.mobility, (0, None))(content, sites)
        np.testing.assert_allclose(law.mobility(content, sites), one_by_one, rtol=1e-15)


@each(WETTINGS)
def test_wetting_slope_is_finite_and_differentiable(law):
    slope = jax.vmap(law.slope)(INSIDE)
    assert slope.shape == INSIDE.shape
    assert finite((slope, jax.vmap(jax.grad(law.slope))(INSIDE)))


def test_wetting_values():
    assert laws.NeutralWetting().slope(jnp.asarray(0.3)) == 0
    assert laws.LinearWetting(-0.02).slope(jnp.asarray(0.3)) == -0.02


@each(CONDUCTIVITIES)
def test_conductivity_rises_with_electrons_and_has_finite_slopes(law):
    electrons = jnp.linspace(1e-3, 0.6, 50)
    sigma = law.conductivity(electrons)
    assert jnp.all(sigma > 0)
    assert jnp.all(jnp.diff(sigma) > 0)
    assert finite(jax.vmap(jax.grad(law.conductivity))(electrons))


@each(INITIATIONS)
def test_initiation_bears_no_more_where_the_resistance_is_larger(law):
    currents = [law.critical_current(initiation.Local(flaw=1e-7, resistance=r)) for r in (1e-3, 2e-3, 1e-2)]
    assert all(current >= 0 for current in currents)
    assert currents == sorted(currents, reverse=True)


@each(CONDUCTIONS)
def test_ionic_conduction_is_odd_rises_and_starts_as_ohm(law):
    current = jnp.geomspace(1e-6, 1e8, 29)
    field = law.field(current, 1e-3, 2.0, 298.15)
    np.testing.assert_allclose(law.field(-current, 1e-3, 2.0, 298.15), -field)
    assert bool(jnp.all(jnp.diff(field) > 0))
    assert float(field[0] / current[0]) == pytest.approx(1e3, rel=1e-9)


@each(LEAKS)
def test_leak_is_odd_rises_and_starts_as_its_conductance(law):
    voltage = jnp.geomspace(1e-6, 10.0, 29)
    leak = law.current(voltage, 0.05)
    np.testing.assert_allclose(law.current(-voltage, 0.05), -leak)
    assert bool(jnp.all(jnp.diff(leak) > 0))
    assert float(leak[0] / voltage[0]) == pytest.approx(0.05, rel=1e-9)
    assert float(law.current(jnp.asarray(1.0), 0.0)) == 0
    _same_slopes(lambda voltage: law.current(voltage, 0.05), voltage)


@each(TRANSFERS)
def test_the_slope_of_a_current_is_the_same_forwards_and_backwards(law):
    """The Jacobian takes cells forwards and the circuit's equations backwards; a law kept finite may lose one."""
    _same_slopes(lambda eta: law.current(eta, metal_surface(VOLT)), jnp.linspace(-40 * VOLT, 40 * VOLT, 9))


def _same_slopes(current, places):
    _, forwards = jax.jvp(current, (places,), (jnp.ones_like(places),))
    np.testing.assert_allclose(jax.grad(lambda at: jnp.sum(current(at)))(places), forwards, rtol=1e-10, atol=0)


@each(AMBIPOLAR)
def test_ambipolar_flux_runs_downhill_and_surfaces_stay_on_the_lattice(law):
    host = laws.LatticeHost(releases=2.0)
    x = jnp.linspace(0.01, 0.99, 50)
    mu = laws.total_potential(host, x)
    flux = law.flux(host, (x[:-1], x[1:]), (mu[:-1], mu[1:]), 0.02)
    assert bool(jnp.all(flux < 0))
    inflow = jnp.linspace(-600.0, 600.0, 41)  # to some 1e-12 of a full lattice
    at = jnp.asarray(0.3), laws.total_potential(host, jnp.asarray(0.3))
    surface, potential = jax.vmap(lambda i: law.surface(host, *at, i, 0.01))(inflow)
    assert bool(jnp.all(jnp.diff(potential) > 0))
    assert bool(jnp.all((surface >= 0) & (surface <= 1)))
    assert float(surface[20]) == pytest.approx(0.3, rel=1e-12)


@each(FILM_COEFFICIENTS)
def test_a_coefficient_goes_from_a_clean_interface_to_a_wetted_one(law):
    h = jnp.linspace(0.0, float(law.reach), 401)
    f = jax.vmap(law.value)(h)
    assert float(law.value(jnp.zeros(()))) == pytest.approx(0.0, abs=1e-12)
    assert float(law.value(1e3 * law.reach)) == pytest.approx(1.0, abs=1e-3)
    assert 0 < float(law.finest) < float(law.reach)
    assert finite((f, jax.vmap(law.slope)(h[1:])))
    step = float(h[1])
    assert float(jnp.max(jnp.abs(jnp.diff(f)))) <= step * (1e-3 / step + 4 / float(law.finest))  # no faster than its finest step


@each(FILM_CHANGES)
def test_a_change_of_interfacial_energy_is_one_number_for_each_composition(law):
    energies = jax.vmap(law.change)(jnp.linspace(0, 1, 5) * jnp.ones(5))
    assert finite(energies)
    assert energies.shape == (5,)


@each(FILM_FORCES)
def test_a_force_across_a_film_starts_at_zero_and_ends_at_its_limit(law):
    assert float(law.energy(0.0)) == pytest.approx(0.0, abs=1e-15)
    assert float(law.energy(1e-3)) == pytest.approx(float(law.limit), rel=1e-9)
    assert float(law.finest) > 0


@each(FILM_PENALTIES)
def test_a_penalty_is_finite_and_differentiable(law):
    inside = jnp.linspace(1e-6, 1 - 1e-6, 21)
    assert finite(jax.jit(jax.vmap(lambda x: law.density(320.0, 1e-4, x) * jnp.ones(())))(inside))
    assert finite(jax.jit(jax.grad(lambda T: jnp.sum(law.density(T, 1e-4, 0.5) * jnp.ones(()))))(320.0))


@each(COATING_TRANSPORTS)
def test_a_transport_conducts_and_what_it_does_not_know_is_none(law):
    assert float(law.conductivity(298.15)) > 0
    stored = law.chemical_diffusivity(298.15, 1e-3)
    assert (stored is None) == (law.content is None)
    assert stored is None or float(stored) > 0


@each(MISFITS)
def test_a_misfit_costs_energy_that_a_strain_can_take_back(law):
    """The strain that belongs to a composition is what its misfit asks for; energies scale as they are relaxed."""
    assert law.density >= 0
    assert law.of_strain(0.0) == 0
    assert law.coefficient(2e4, 300.0) == pytest.approx((1 - law.relaxed) * law.density / (2e4 * 8.31446261815324 * 300.0))
    assert law.of_strain(0.002) == pytest.approx(2 * law.of_strain(0.001))
    if isinstance(law, laws.BiaxialMisfit):
        assert law.of_strain(law.misfit) == pytest.approx(1.0)
        assert law.density == pytest.approx(law.stiffness() * law.misfit)


def test_moduli_of_a_cubic_film_in_its_plane():
    c11, c12 = 200e9, 80e9
    cubic = np.full((3, 3), c12) + (c11 - c12) * np.eye(3)
    first, second, both = laws.plane_moduli(cubic, 2)
    assert first == second
    assert first + both == pytest.approx(c11 + c12 - 2 * c12**2 / c11)
