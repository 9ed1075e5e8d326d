"""Hot-spot functions, laws of boundaries, the parts of a polycrystal, their messages; results that survive a file."""

import json

import numpy as np
import pytest

import solion as so
from solion.analysis import hot_spots
from solion.analysis.polycrystal_limits import blocking, brick_layer, uniform_current
from solion.base.constants import thermal_voltage
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.devices.polycrystal import (
    ChargeTransfer,
    ConstantPhaseTransfer,
    ContactPatches,
    Equipotential,
    KineticElectrode,
    Layer,
    Polycrystal,
    ResistanceField,
    lu2021,
)
from solion.experiments.conduction import Elements, HotSpotNorm, Sizes, hot_spot, planes, profile, section, sensitivity
from solion.grids.grains.tessellation import Tessellation
from solion.laws.charge_transfer import AreaResistance, InsertionButlerVolmer, MarcusHushChidsey
from solion.laws.grain_boundary import (
    BoundaryFacets,
    GrainBoundary,
    LogNormalBoundary,
    MisorientationBoundary,
    UniformBoundary,
    disorientation,
    random_rotations,
)
from solion.materials.conductor import Conductor

COARSE = Elements(Sizes(100e-9, 0.5e-6, 2e-6))
GRAINS = so.voronoi((3e-5, 3e-5), 1e-5, seed=1)
TYPICAL = UniformBoundary(5e-9, 2.5e-5)


def facets(count=2000, grains=300):
    random = np.random.default_rng(0)
    pairs = np.sort(random.choice(grains, (count, 2)), axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return BoundaryFacets(pairs, random.uniform(size=(len(pairs), 2)), np.tile([0.6, 0.8], (len(pairs), 1)))


class TestHotSpots:
    def test_window_slides_to_the_best_place(self):
        found = hot_spots.windowed_maximum([0, 1, 2, 4], [1, 3, 1], 1.5)
        assert found.factor == pytest.approx((3 + 0.5) / 1.5 / 1.5)
        assert hot_spots.windowed_maximum([0, 1, 2, 4], [1, 3, 1], 4.0).factor == pytest.approx(1.0)

    def test_window_wraps_where_periodic(self):
        edges, density = [0, 1, 2, 3, 4], [4, 1, 1, 4]
        assert hot_spots.windowed_maximum(edges, density, 2.0, periodic=True).factor == pytest.approx(4 / 2.5)
        assert hot_spots.windowed_maximum(edges, density, 2.0).factor == pytest.approx(1.0)

    def test_against_a_fine_search(self):
        random = np.random.default_rng(3)
        edges = np.concatenate(([0.0], np.cumsum(random.uniform(0.1, 1, 40))))
        density = random.exponential(size=40)
        starts = np.linspace(0, edges[-1] - 1.3, 20001)
        total = np.concatenate(([0.0], np.cumsum(density * np.diff(edges))))
        means = (np.interp(starts + 1.3, edges, total) - np.interp(starts, edges, total)) / 1.3
        wanted = means.max() / (total[-1] / edges[-1])
        assert hot_spots.windowed_maximum(edges, density, 1.3).factor == pytest.approx(wanted, rel=1e-3)

    def test_of_a_negative_current_is_that_of_its_opposite(self):
        assert hot_spots.windowed_maximum([0, 1, 2], [-1, -3], 1.0).factor == pytest.approx(1.5)

    @pytest.mark.parametrize("window", [0.0, -1.0, 5.0, np.nan])
    def test_window_must_fit(self, window):
        with pytest.raises(InputError, match="outside its allowed range"):
            hot_spots.windowed_maximum([0, 1, 4], [1, 2], window)

    def test_map(self):
        density = np.ones((8, 6))
        density[3, 2] = 5.0
        mean = density.mean()
        assert hot_spots.windowed_maximum_of_map(density, (1.0, 1.0), 2.0).factor == pytest.approx(2 / mean)
        assert hot_spots.windowed_maximum_of_map(density, (1.0, 1.0), 1.5).factor == pytest.approx((5 + 1.25) / 2.25 / mean)
        rolled = np.roll(density, (-3, -2), axis=(0, 1))
        edge = hot_spots.windowed_maximum_of_map(rolled, (1.0, 1.0), 2.0, periodic=True)
        assert edge.factor == pytest.approx(2 / mean)
        with pytest.raises(InputError, match="outside its allowed range"):
            hot_spots.windowed_maximum_of_map(density, (1.0, 1.0), 0.5)

    @pytest.mark.parametrize("periodic", [False, True])
    def test_spectrum_adds_up_to_the_variance(self, periodic):
        random = np.random.default_rng(1)
        edges = np.concatenate(([2.0], 2.0 + np.cumsum(random.uniform(0.5, 1, 30))))
        density = 2 + random.uniform(size=30)
        _, power = hot_spots.power_spectrum(edges, density, 20000, periodic)
        _, deviation = hot_spots.spread(np.diff(edges), density)
        assert power.sum() == pytest.approx(deviation**2, rel=2e-3)

    def test_exceedance(self):
        size, density = np.array([1.0, 1.0, 2.0]), np.array([4.0, 2.0, 1.0])
        np.testing.assert_allclose(hot_spots.exceedance(size, density, [0, 0.6, 1.5, 3]), [1, 0.5, 0.25, 0])


class TestBoundaries:
    def test_one_boundary_has_one_resistance_whatever_the_order(self):
        law, some = LogNormalBoundary(TYPICAL, 0.7, seed=4), facets()
        values = law.resistance(some)
        turned = law.resistance(some._replace(grains=some.grains[::-1, ::-1]))
        np.testing.assert_array_equal(values, turned[::-1])
        _, which = np.unique(some.grains, axis=0, return_inverse=True)
        logs = np.log(values / 2e-4)
        first = np.array([logs[which.ravel() == k][0] for k in np.unique(which)])
        assert np.mean(first) == pytest.approx(0, abs=0.06)
        assert np.std(first) == pytest.approx(0.7, rel=0.06)
        assert not np.allclose(values, LogNormalBoundary(TYPICAL, 0.7, seed=5).resistance(some))

    def test_disorientation(self):
        """A turn about [100] by t is min(t, 90 - t); 60 degrees about [111] stays; random cubes are as Mackenzie (1958) found."""
        zero = np.array([[1.0, 0, 0, 0]])
        for degrees, wanted in ((10, 10), (45, 45), (80, 10), (90, 0)):
            half = np.radians(degrees) / 2
            assert disorientation(zero, np.array([[np.cos(half), np.sin(half), 0, 0]]))[0] == pytest.approx(wanted, abs=1e-5)
        s = np.sin(np.pi / 6) / np.sqrt(3)
        assert disorientation(zero, np.array([[np.cos(np.pi / 6), s, s, s]]))[0] == pytest.approx(60)
        first, second = (random_rotations(np.arange(20000), seed) for seed in (1, 2))
        angles = disorientation(first, second)
        assert angles.mean() == pytest.approx(40.74, abs=0.3)
        assert angles.max() < 62.81

    def test_classes_by_misorientation(self):
        law, some = MisorientationBoundary(UniformBoundary(5e-9, 1e-2), TYPICAL, 30.0, seed=1), facets()
        low = law.angles(some) < 30
        assert 0.1 < low.mean() < 0.3
        np.testing.assert_allclose(law.resistance(some), np.where(low, 5e-7, 2e-4))
        with pytest.raises(InputError, match="one unit quaternion for each grain"):
            MisorientationBoundary(TYPICAL, TYPICAL, orientations=np.ones((3, 4))).resistance(some)

    def test_law_of_ones_own(self):
        law = GrainBoundary(lambda some: 1e-4 * np.abs(some.normal[:, 1]), TYPICAL)
        np.testing.assert_allclose(law.resistance(facets()), 0.8e-4)
        with pytest.raises(InputError, match="negative or not finite"):
            GrainBoundary(lambda some: -1.0, TYPICAL).resistance(facets())

    def test_of_the_paper(self):
        device = lu2021(2.0, layer=True)
        sources = {row.path: row.provenance for row in table(device)}
        assert device.boundary.resistance(facets())[0] == pytest.approx(2 * 1e-5 / 0.05)
        assert device.layers[0].thickness / device.layers[0].conductivity == pytest.approx(1e-3)  # 10 ohm cm2
        assert sources["boundary.thickness"] == sources["layers.0.conductivity"] == "stated"
        assert sources["boundary.conductivity"] == "calibrated"
        with pytest.raises(InputError, match=r"ratio = 0 \(Lambda\)"):
            lu2021(0)


class TestLimits:
    def test_chain_and_short(self):
        pairs, ones = np.array([[0, 1], [1, 2]]), np.ones(2)
        conductance, names, potential = blocking(pairs, ones, np.array([1.0, 3.0]), [0], [2])
        assert conductance == pytest.approx(0.25)
        np.testing.assert_allclose(potential[np.searchsorted(names, [0, 1, 2])], [1, 0.75, 0])
        assert blocking(pairs, ones, np.array([0.0, 3.0]), [0], [2])[0] == pytest.approx(1 / 3)
        assert blocking(pairs, ones, np.zeros(2), [0], [2])[0] == np.inf

    def test_series(self):
        assert brick_layer(0.05, 2e-4, 1e-5) == pytest.approx(0.025)
        assert uniform_current(20.0, 1e-8, [1e-4], [2e-3], [0.5]) == pytest.approx(1 / 25)


class TestParts:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: Conductor(0.0), r"Conductor.conductivity = 0 S/m is outside its allowed range \(0, inf\)"),
            (lambda: Conductor(-0.05), r"Conductor.conductivity = -0.05 S/m is outside its allowed range"),
            (lambda: Layer(1e-6, -1e-2), r"Layer.conductivity = -0.01 S/m is outside its allowed range"),
            (lambda: UniformBoundary(5e-9, -1.0), "UniformBoundary.conductivity = -1 S/m is outside"),
            (lambda: Layer(1e-6, 1e-2, "tpo"), r"Layer.face = 'tpo' is unknown \(did you mean 'top'\?\)"),
            (lambda: Polycrystal(Conductor(0.05), TYPICAL, layers=[Layer(1e-6, 1e-2)]), "must be a tuple of Layer objects"),
            (lambda: Polycrystal(Conductor(0.05), Equipotential()), "is not a GrainBoundary object"),
            (lambda: Elements(order=3), "Elements.order = 3 must be 1"),
            (lambda: Elements(weld=0.0), "Elements.weld = 0 m must be a positive length"),
            (lambda: HotSpotNorm(100.0), "HotSpotNorm.exponent = 100.0 is outside its allowed range"),
            (lambda: HotSpotNorm(face="left"), "HotSpotNorm.face = 'left' is unknown"),
        ],
    )
    def test_what_cannot_be_is_refused(self, make, message):
        with pytest.raises(InputError, match=message):
            make()

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            ({"voltage": 0.1, "current": 1.0}, "give voltage or current, not both"),
            ({"voltage": 0.0}, "voltage = 0.0 must be a finite number other than zero"),
            ({"current": np.nan}, "current = nan must be a finite number"),
        ],
    )
    def test_drive(self, words, message):
        with pytest.raises(InputError, match=message):
            so.conduct(lu2021(), GRAINS, **words)

    def test_wrong_nouns(self):
        with pytest.raises(InputError, match="is not a Polycrystal; give a device"):
            so.conduct(Conductor(0.05), GRAINS)
        with pytest.raises(InputError, match="Elements takes a Tessellation; use Voxels for images"):
            so.conduct(lu2021(), np.ones((4, 4), int))
        with pytest.raises(InputError, match="frequencies must be positive"):
            so.impedance(lu2021(), GRAINS, [0.0, 1.0])
        with pytest.raises(InputError, match="impedance needs electrodes that are linear"):
            so.impedance(
                Polycrystal(Conductor(0.05), TYPICAL, KineticElectrode(InsertionButlerVolmer(1.0))), GRAINS, [1.0], engine=COARSE
            )
        with pytest.raises(InputError, match="measure = 'current' is not a Measure object"):
            sensitivity(lu2021(), GRAINS, measure="current", engine=COARSE)

    def test_patches(self):
        half = ContactPatches(ChargeTransfer(1e-3), lambda x: x[:, 0] < 1.5e-5)
        whole = so.conduct(Polycrystal(Conductor(0.05), TYPICAL, ChargeTransfer(1e-3)), GRAINS, engine=COARSE)
        part = so.conduct(Polycrystal(Conductor(0.05), TYPICAL, half), GRAINS, engine=COARSE)
        assert part.status == "finished"
        plane = section(part, "bottom_electrode")
        away = plane.position[:, 0] > 1.6e-5
        assert np.abs(plane.current_density[away]).max() < 1e-6 * plane.mean
        assert float(part.dataset["resistance"]) > float(whole.dataset["resistance"]) + 0.9e-3
        with pytest.raises(InputError, match="zero everywhere"):
            so.conduct(Polycrystal(Conductor(0.05), TYPICAL, ContactPatches(Equipotential(), lambda x: 0 * x[:, 0])), GRAINS)
        with pytest.raises(InputError, match="must be positive"):
            so.conduct(Polycrystal(Conductor(0.05), TYPICAL, ResistanceField(lambda x: -x[:, 0])), GRAINS, engine=COARSE)


class TestResult:
    def test_survives_a_file(self, tmp_path):
        device = lu2021(1.0, layer=True)
        found = so.conduct(device, GRAINS, current=5.0, engine=COARSE, title="covered")
        assert float(found.dataset["current_density"]) == pytest.approx(5.0)
        again = so.load(found.save(tmp_path / "run" / "result.nc"))
        assert hot_spot(section(again), 5e-7).factor == hot_spot(section(found), 5e-7).factor
        assert again.summary() == found.summary()
        # every factor stands with its mesh; beyond the layer the current is smooth over several cells
        for plane in planes(found):
            one = section(again, plane)
            assert one.spacing > 0
            assert one.smooth == (plane == "top_electrode")
        assert hot_spot(section(again, "top_electrode"), 100e-9).factor < 1.2
        assert set(again.kinds()) == {"faces", "decay", "shares", "dissipation"}
        with pytest.raises(InputError, match="profile needs the field"):
            profile(again, 1e-6)
        with pytest.raises(InputError, match="plane = 'top' is unknown"):
            section(again, "top")
        assert {row["provenance"] for row in found.parameters} == {"assumed", "stated", "calibrated"}
        for name, variable in found.dataset.variables.items():
            assert "long_name" in variable.attrs, name
        assert json.loads(found.dataset.attrs["microstructure"])["surface"] == "cut"

    def test_field_and_planes_agree(self):
        found = so.conduct(lu2021(1.0), GRAINS, engine=COARSE)
        x = np.linspace(1e-6, 29e-6, 57)
        potential, current = found.fields.sample(np.column_stack((x, np.full_like(x, 1.2e-5))))
        plane = profile(found, 1.2e-5)
        edges = np.concatenate(([0.0], np.cumsum(plane.size)))
        local = plane.current_density[np.searchsorted(edges, x) - 1]
        np.testing.assert_allclose(current[:, 1], local, rtol=0.1)
        assert np.all((potential > 0) & (potential < 0.1))
        assert np.isnan(found.fields.sample(np.array([[-1e-6, 0.0]]))[0][0])
        with pytest.raises(InputError, match="outside the cell"):
            profile(found, 4e-5)

    def test_figures_of_a_spectrum(self):
        from solion.views import figure

        drawn = figure(so.impedance(lu2021(1.0), GRAINS, np.logspace(2, 9, 15), engine=COARSE).dataset, "impedance")
        real, imaginary = drawn.axes[0].get_lines()[0].get_data()
        assert np.all(imaginary > 0)
        assert real.max() == pytest.approx(real[0])


@pytest.mark.parametrize("engine", [COARSE, so.Voxels(spacing=1e-6)], ids=["elements", "voxels"])
def test_effective_conductivity_does_not_know_the_kind_of_electrode(engine):
    """One resistance, written as each kind of electrode at low bias, and a law at a high one; uneven faces are refused."""
    volt = float(thermal_voltage(298.15))
    slow, fast = 1e-2, 1e-5

    def run(electrode, voltage=1e-4):
        device = Polycrystal(Conductor(0.05), TYPICAL, electrode, electrode)
        return so.conduct(device, GRAINS, voltage=voltage, engine=engine)

    def effective(electrode, voltage=1e-4):
        return float(run(electrode, voltage).dataset["effective_conductivity"])

    expected = {resistance: effective(ChargeTransfer(resistance)) for resistance in (slow, fast)}
    for resistance, electrode in (
        (slow, ConstantPhaseTransfer(slow, 1.0)),
        (slow, ResistanceField(lambda position: slow)),
        (slow, KineticElectrode(InsertionButlerVolmer(volt / slow))),
        (fast, ResistanceField(lambda position: fast)),
        (fast, KineticElectrode(AreaResistance(fast))),
        (fast, KineticElectrode(MarcusHushChidsey(volt / fast, 0.5))),
    ):
        assert effective(electrode) == pytest.approx(expected[resistance], rel=1e-5)
    bare = effective(Equipotential())
    assert expected[slow] == pytest.approx(bare, rel=0.05)  # it only evens the current
    assert effective(KineticElectrode(InsertionButlerVolmer(volt / slow)), 1.0) == pytest.approx(bare, rel=0.05)
    for uneven in (
        ResistanceField(lambda position: np.where(position[:, 0] < 1e-5, slow, 3 * slow)),
        ContactPatches(ChargeTransfer(slow), lambda position: position[:, 0] < 1e-5),
    ):
        found = run(uneven)
        assert np.isnan(found.dataset["effective_conductivity"])
        assert "missing" in found.dataset["effective_conductivity"].attrs
        assert any(text.startswith("effective_conductivity is not given: the bottom electrode") for text in found.warnings)
        assert "effective_conductivity is not given" in found.summary()
        assert "nan" not in found.summary()
    touching = run(ContactPatches(Equipotential(), lambda position: position[:, 0] < 1e-5))
    assert 0 < float(touching.dataset["effective_conductivity"]) < bare
    assert any("includes the constriction" in text for text in touching.warnings)


@pytest.mark.parametrize("kind", [np.float32, np.array, lambda value: np.array([value]), float])
@pytest.mark.parametrize("engine", [Elements(sizes=Sizes(0.5e-6, 0.5e-6, 1e-6)), so.Voxels(spacing=0.5e-6)])
def test_any_kind_of_number_is_a_number(kind, engine):
    """Of NumPy, in single precision, 0-d and of one element: the same current."""
    device = Polycrystal(
        Conductor(kind(0.05)),
        LogNormalBoundary(UniformBoundary(kind(5e-9), kind(5e-6)), kind(0.3)),
        ChargeTransfer(kind(1e-4)),
        layers=(Layer(kind(2e-6), kind(1e-2)),),
    )
    grains = so.voronoi((8e-6, 8e-6), kind(4e-6) if np.ndim(kind(1.0)) == 0 else 4e-6, seed=1)
    found = so.conduct(device, grains, engine=engine, voltage=kind(0.1))
    plain = so.conduct(
        Polycrystal(
            Conductor(0.05),
            LogNormalBoundary(UniformBoundary(5e-9, 5e-6), 0.3),
            ChargeTransfer(1e-4),
            layers=(Layer(2e-6, 1e-2),),
        ),
        so.voronoi((8e-6, 8e-6), 4e-6, seed=1),
        engine=engine,
        voltage=0.1,
    )
    assert found.status == "finished"
    assert float(found.dataset["current_density"]) == pytest.approx(float(plain.dataset["current_density"]), rel=1e-4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Conductor("0.05"),
        lambda: UniformBoundary("5e-9", 5e-6),
        lambda: MisorientationBoundary(UniformBoundary(5e-9, 5e-6), UniformBoundary(5e-9, 5e-6), "15"),
        lambda: Sizes("1e-6"),
        lambda: Elements(size="1e-6"),
        lambda: Elements(weld=[1e-9, 2e-9]),
        lambda: so.Voxels(spacing="1e-6"),
        lambda: so.Voxels(growth="1.2"),
        lambda: so.Voxels(phases={1: "2"}),
        lambda: so.conduct(Polycrystal(Conductor(0.05), TYPICAL), so.voronoi((8e-6, 8e-6), 4e-6, seed=1), voltage="0.1"),
    ],
)
def test_text_is_no_number(make):
    with pytest.raises(InputError, match=r"is not (a|one) number"):
        make()


def test_random_laws_of_no_boundary_at_all():
    """As a tessellation of one grain has none, or a cut that leaves none."""
    none = BoundaryFacets(np.zeros((0, 2), int), np.zeros((0, 2)), np.zeros((0, 2)))
    for law in (LogNormalBoundary(TYPICAL, 0.3), MisorientationBoundary(TYPICAL, TYPICAL)):
        assert law.resistance(none).shape == (0,)
        assert law.capacitance(none).shape == (0,)
    one = Tessellation((1e-5, 1e-5), np.array([[5e-6, 5e-6]]), np.zeros(1))
    found = so.conduct(Polycrystal(Conductor(0.05), MisorientationBoundary(TYPICAL, TYPICAL)), one)
    assert found.status == "finished"


def test_a_size_of_tetrahedra_says_its_steps():
    grains = so.voronoi((4e-6, 4e-6, 4e-6), 3e-6, seed=1, sides="mirror", surface="mirror")
    device = Polycrystal(Conductor(0.05), TYPICAL)
    found = [so.conduct(device, grains, engine=Elements(size=size, order=1)) for size in (1.5e-6, 1.4e-6)]
    steps = [[text for text in run.warnings if "acts in steps" in text] for run in found]
    assert all(len(texts) == 1 for texts in steps)
    assert not [text for text in so.conduct(device, grains, engine=Elements(order=1)).warnings if "steps" in text]


def test_a_size_that_does_nothing_says_so():
    plane = so.voronoi((4e-6, 4e-6), 3e-6, seed=1, sides="mirror", surface="mirror")
    space = so.voronoi((4e-6, 4e-6, 4e-6), 3e-6, seed=1, sides="mirror", surface="mirror")
    device, sizes = Polycrystal(Conductor(0.05), TYPICAL), Sizes(0.5e-6, 0.5e-6, 1e-6)
    for grains, engine, remedy in (
        (plane, Elements(sizes, 1, size=1e-6), "Elements.size is of tetrahedra and does nothing in the plane"),
        (space, Elements(sizes, 1), "Elements.sizes are of triangles and do nothing in space"),
    ):
        assert [remedy in text for text in so.conduct(device, grains, engine=engine).warnings].count(True) == 1
    for grains, engine in ((plane, Elements(sizes, 1)), (space, Elements(order=1, size=1.5e-6))):
        assert not [
            text for text in so.conduct(device, grains, engine=engine).warnings if "do nothing" in text or "does nothing" in text
        ]
