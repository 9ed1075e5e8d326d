"""What limits the retention of a film: shapes at rest, holes, islands, pillars, in words and numbers."""

import dataclasses

import numpy as np
import pytest
from typer.testing import CliRunner

import solion as so
from solion.base.errors import InputError
from solion.cli import app
from solion.devices import Contact, Film, Holed, Island, Mirrored, PhaseSeparated
from solion.explore.retention import retention
from solion.explore.retention_map import retention_map
from solion.laws import ButlerVolmer, ContactAngle, LinearWetting
from solion.thermodynamics import critical_hole, flat_layer_width, island_life, rest_shapes

H = 80e-9
LTO = so.materials.lithium_titanate()


def film(filling=0.3, width=0.0, depth=0.0, wetting=None, **changed):
    inner = Film(LTO, thickness=H, filling=filling)
    contact = Contact(ButlerVolmer(rate=1e-3 * inner.units.i_D, asymmetry=0.5))
    bottom = contact if wetting is None else dataclasses.replace(contact, wetting=wetting)
    space = {"extent": Mirrored(width=width * H, depth=depth * H)} if width else {}
    return so.FilmMemristor(top=contact, film=inner, bottom=bottom, **space, **changed)


def test_shapes_at_rest_are_those_of_a_sharp_interface():
    """State I of a film 2 h wide lies gamma (2 - 1.344) above a quarter disc; the bridge is the lowest (3.7, 7c)."""
    here = rest_shapes(LTO, 0.3, H, 2.0)
    assert here.flat_top - here.corner_top == pytest.approx(0.01481, abs=2e-5)
    assert here.least == "lamella"
    assert here.lamella == pytest.approx(0.0225798, rel=1e-4)
    assert rest_shapes(LTO, 0.3, H, 0.8).least == "flat_top"
    # a quarter disc takes over before the lamella does where the film holds few ions; both phases are alike
    assert flat_layer_width(LTO, 0.5, H) == pytest.approx(1.0, rel=1e-6)
    share = (0.3 - 0.0329517) / 0.929012
    assert flat_layer_width(LTO, 0.3, H) == pytest.approx(np.pi * share, rel=1e-4)
    mirrored = 0.0329517 + 0.9619638 - 0.3
    assert flat_layer_width(LTO, mirrored, H) == pytest.approx(np.pi * share, rel=1e-4)
    assert flat_layer_width(LTO, 0.3, H, (90.0, 60.0)) > flat_layer_width(LTO, 0.3, H, (90.0, 120.0))


@pytest.mark.parametrize("reach", [1.0, 3525.0])
def test_a_hole_is_a_saddle(reach):
    """It passes the rim, and its energy is the area that it has, by quadrature."""
    hole = critical_hole(LTO, 0.3, H, reach)
    depth = (0.3 - 0.0329517) / 0.929012
    assert hole.waist * np.arccosh(reach / hole.waist) == pytest.approx(depth, rel=1e-6)
    assert hole.barrier > 1e3
    if reach > 1:
        return  # the area of a wide film is a small difference of large numbers
    x = np.linspace(0, depth, 20001)
    r = hole.waist * np.cosh(x / hole.waist)
    area = np.trapezoid(2 * np.pi * r * np.sqrt(1 + np.sinh(x / hole.waist) ** 2), x) - np.pi * reach**2
    assert hole.energy == pytest.approx(0.0225798 * area, rel=1e-3)
    assert hole.energy < 0.0225798 * np.pi * depth**2  # a cylinder is dearer


def test_islands_live_as_runs_of_an_independent_program_say():
    """The ratio of lives at other angles than 90 degrees (specification, 7d): flatter ones live longer."""
    for angle, radius, ratio in ((60.0, 0.20, 7.356 / 4.373), (120.0, 0.20, 3.214 / 4.373), (120.0, 0.15, 1.352 / 1.904)):
        found = island_life(LTO, 0.3, H, radius, 2, angle) / island_life(LTO, 0.3, H, radius, 2)
        assert found == pytest.approx(ratio, rel=0.12), angle
    lives = retention_map(film(width=2.0), [0.1, 0.2, 0.9], [60.0, 90.0])
    assert float(lives["life"].sel(angle=90, radius=0.2)) == pytest.approx(64.0 * 6.216, rel=1e-3)
    assert np.isnan(lives["life"].sel(radius=0.9)).all()
    assert lives.attrs["dimensions"] == 2


def test_a_flat_layer_is_kept_by_mean_field_and_a_barrier_is_told():
    for device in (film(), film(width=2.0), film(width=0.5)):
        found = retention(device)
        assert found.limiting.mechanism == "heat"
        assert found.limiting.barrier > 1e3
        assert "mean field: infinite" in found.sentence
        assert "not observable" in found.sentence
    assert "least energy" in retention(film(width=0.5)).sentence
    assert "metastable" in retention(film(width=2.0)).sentence


def test_what_is_curved_or_dry_ends_and_its_mechanism_is_told():
    plane, space = film(width=1.0), film(width=1.0, depth=1.0)
    island = retention(plane, Island(0.2))
    assert island.limiting.mechanism == "ripening"
    assert island.limiting.time == pytest.approx(64.0 * island_life(LTO, 0.3, H, 0.2, 2), rel=0.05)
    ball = retention(space, Island(0.2), cells=32)
    assert ball.limiting.time == pytest.approx(64.0 * island_life(LTO, 0.3, H, 0.2, 3), rel=0.1)
    assert retention(film(width=2.0), Holed(0.2)).limiting.mechanism == "dewetting"
    # complete drying above |w| = 0.0341 (specification, row 9)
    kept, gone = (retention(film(wetting=LinearWetting(w)), PhaseSeparated("bottom")) for w in (0.02, 0.035))
    assert (kept.limiting.mechanism, gone.limiting.mechanism) == ("heat", "wetting")
    flatter = retention(film(width=1.0, wetting=ContactAngle(60.0)), Island(0.2)).limiting.time
    assert flatter == pytest.approx(1.599 * island.limiting.time, rel=0.01)


class Given(PhaseSeparated):
    """A quarter of a square pillar at the mirrors, half as wide as the box."""

    def profile(self, region, regions):
        content = np.full((region.cells, *region.across), 0.033)
        content[:, : region.across[0] // 2, : region.across[1] // 2] = 0.96
        return content


def test_pillars_break_below_a_third_of_the_thickness():
    """Plateau and Rayleigh between mirrors: 1/pi of the thickness."""
    for width, words in ((0.4, "Plateau-Rayleigh"), (1.0, "rests in mean field")):
        device = film(width=width, depth=width)
        extent = Mirrored(width=width * H, depth=width * H, columns=8, rows=8)
        device = dataclasses.replace(device, extent=extent)
        assert words in retention(device, Given(), cells=16).sentence


def test_the_command_answers_in_words(tmp_path):
    def cli(*arguments):
        return CliRunner().invoke(app, ["retention", *arguments])

    chart = tmp_path / "map.png"
    found = cli("film-patch-in-space", "--map", str(chart))
    assert found.exit_code == 0, found.stderr
    assert "escape barrier" in found.stdout
    assert chart.stat().st_size > 10_000
    assert "is a file of the kinds" in cli("film-patch-in-space", "--map", str(tmp_path / "map.txt")).stderr
    assert "is not a FilmMemristor" in cli("silicon-wire").stderr
    with pytest.raises(InputError, match="a single phase at its filling"):
        retention(film(filling=0.02))


def test_a_film_keeps_what_it_keeps_at_its_own_temperature():
    """At 350 K the tension and the barrier are smaller; above 452.6 K there is one phase and nothing to keep."""
    cold, warm = (retention(film(width=2.0, temperature=kelvin)).limiting.barrier for kelvin in (298.15, 350.0))
    assert 0.3 < warm / cold < 0.6
    with pytest.raises(InputError, match=r"single phase at its filling 0.3.* at 470 K it does so at every filling"):
        retention(film(width=2.0, temperature=470.0))
    with pytest.raises(InputError, match=r"single phase at its filling 0.98.*it separates between 0.033 to 0.962"):
        retention(film(filling=0.98, width=2.0))
