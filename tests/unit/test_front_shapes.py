"""Anisotropic fronts: speeds, the exact receding body against a level set, swelling closures, shapes of wires."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from solion import InputError, study, views
from solion.experiments.front_shapes import StressFeedback, columns, darcy, wire_shapes
from solion.experiments.front_shapes.plastic import plastic
from solion.grids.receding_body import circle, receding_radius, sphere, truncated_octahedron, vertices_of_truncated_octahedron
from solion.laws.facet_speed import AXES, FACETS, faceted_speed, harmonic_coefficients, plane_of, smooth_speed
from solion.numerics.level_set import advance, inside_share

SMOOTH = harmonic_coefficients(1.0, 1 / 3, 1 / 6)
SILICON = 3.81


def test_cubic_harmonics():
    np.testing.assert_allclose(SMOOTH, [0.595238, -0.037879, -28.5], atol=1e-6)
    for facet, speed in zip(FACETS.values(), (1, 1 / 3, 1 / 6), strict=True):
        normal = np.array(facet) / np.linalg.norm(facet)
        assert smooth_speed(normal, SMOOTH) == pytest.approx(speed)
    assert smooth_speed(sphere(20000), SMOOTH).min() == pytest.approx(0.16698, abs=2e-4)
    with pytest.raises(InputError, match="need a positive speed"):
        harmonic_coefficients(1.0, 1 / 3, -0.1)


def test_faceted_speeds_are_sharp_on_110_and_flat_elsewhere():
    assert faceted_speed(np.array([1, -1, 0]) / np.sqrt(2), 6.0, 1.0) == pytest.approx(6)
    assert faceted_speed(np.array([1, 1, 1]) / np.sqrt(3), 6.0, 1.0) == pytest.approx(1)
    off = np.array([np.cos(np.pi / 4 + 0.1), np.sin(np.pi / 4 + 0.1), 0])
    assert faceted_speed(off, 6.0, 1.0) == pytest.approx(6 - 5 * 0.1 / (np.pi / 6))


def test_planes_across_a_wire():
    for axis in AXES:
        plane = plane_of(axis)
        np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-15)
        along = np.cross(*plane)
        np.testing.assert_allclose(
            sorted(np.abs(along)), sorted(np.array([int(d) for d in axis]) / np.linalg.norm([int(d) for d in axis]))
        )
    with pytest.raises(InputError, match="none of"):
        plane_of("113")


def test_a_level_set_converges_to_the_exact_front():
    """The two share nothing: half spaces against a monotone scheme. Area left of a silicon wire along <100> at f = 0.57."""
    plane, time = plane_of("100"), 0.4
    normals = circle(2880)
    exact = np.pi * np.mean(receding_radius(circle(720), normals, 1 - time * smooth_speed(normals @ plane, SMOOTH)) ** 2)
    errors = []
    for cells in (24, 48):
        place = (np.arange(2 * cells) + 0.5) / cells * 1.2 - 1.2
        x, y = np.meshgrid(place, place, indexing="ij")
        phi = advance(np.hypot(x, y) - 1, 1.2 / cells, time, lambda n: smooth_speed(n @ plane, SMOOTH), 2.0)
        contour = inside_share(phi / np.maximum(np.hypot(*np.gradient(phi, 1.2 / cells)), 0.2), 1.2 / cells)
        errors.append(contour / exact - 1)
    assert abs(errors[1]) < 0.01
    assert abs(errors[1]) < 0.5 * abs(errors[0])


def test_a_truncated_octahedron_recedes():
    """At equal speeds its faces move in evenly (their distances fall); a level set in three dimensions agrees."""
    normals, distance = truncated_octahedron(0.5)
    corners = vertices_of_truncated_octahedron(0.5)
    np.testing.assert_allclose((corners @ normals.T).max(0), distance)
    directions = sphere(4000)
    volume = 4 * np.pi / 3 * np.mean(receding_radius(directions, normals, distance) ** 3)
    assert volume == pytest.approx(8 * np.sqrt(2) * 0.5**3, rel=1e-3)
    dense = np.concatenate([normals, sphere(20000)])
    support = (dense @ corners.T).max(1)
    time, errors = 0.3, []
    exact = 4 * np.pi / 3 * np.mean(receding_radius(sphere(2000), dense, support - time * smooth_speed(dense, SMOOTH)) ** 3)
    for cells in (9, 16):
        place = (np.arange(2 * cells) + 0.5) / cells * 0.9 - 0.9
        grid = np.stack(np.meshgrid(place, place, place, indexing="ij"), axis=-1)
        phi = (grid @ normals.T - distance).max(-1)
        phi = advance(phi, 0.9 / cells, time, lambda n: smooth_speed(n, SMOOTH), 2.0)
        slope = np.sqrt(sum(part**2 for part in np.gradient(phi, 0.9 / cells)))
        errors.append(inside_share(phi / np.maximum(slope, 0.2), 0.9 / cells) / exact - 1)
    assert abs(errors[1]) < 0.06
    assert abs(errors[1]) < 0.6 * abs(errors[0])


@pytest.mark.parametrize("facets", [2, 4, 6])
def test_columns_conserve_area(facets):
    angles = 2 * np.pi * np.arange(7200) / 7200
    outer = columns(angles, 1.0, SILICON, facets)
    assert np.mean(outer**2) == pytest.approx(SILICON, rel=2e-3)
    assert outer.max() == pytest.approx(SILICON, rel=1e-4)
    assert outer.max() / outer.min() == pytest.approx(SILICON, rel=1e-3)


def test_darcy_flow_of_a_harmonic_source():
    """Of p = A ln r + (B r^k + C r^-k) cos k theta a part of order k that leaves is 2 q^k/(1 + q^2k) of what enters, q = a/b."""
    turn = 2 * np.pi / 144
    angle = turn * np.arange(144)
    ring = np.ones(144)
    q, k = 0.6, 3
    leaving = darcy(0.6 * ring, ring, turn * (1 + 0.5 * np.cos(k * angle)), turn)
    assert leaving.sum() == pytest.approx(2 * np.pi, rel=1e-12)
    part = 2 * np.mean(leaving * np.cos(k * angle)) / turn / 0.5
    assert part == pytest.approx(2 * q**k / (1 + q ** (2 * k)), rel=0.02)


# of specification 4.6: ratio at f = 0.985 and 0.25, first maximum and spacing (degrees), v110 t/a0 at three fillings
EXPECTED = {
    "100": (1.007, 1.082, 45, 90, (0.180, 0.352, 0.547)),
    "110": (1.048, 1.123, 90, 180, (0.223, 0.435, 0.678)),
    "111": (1.001, 1.025, 0, 60, (0.162, 0.324, 0.529)),
    "112": (1.024, 1.112, 0, 180, (0.186, 0.378, 0.603)),
}


@pytest.fixture(scope="module")
def wires():
    return {axis: wire_shapes(axis, volume_ratio=SILICON, directions=72, steps=60) for axis in AXES}


def test_shapes_of_wires(wires):
    for axis, (last, early, first, spacing, times) in EXPECTED.items():
        wire = wires[axis]
        assert wire.ratio[-1] == pytest.approx(last, abs=0.006)
        quarter = int(np.argmin(np.abs(wire.fraction - 0.25)))
        assert wire.ratio[quarter] == pytest.approx(early, abs=0.008)
        for row in (quarter, len(wire.time) // 2):
            off = (wire.maxima(row) - first + spacing / 2) % spacing - spacing / 2
            assert np.abs(off).max() < 3
        np.testing.assert_allclose(np.interp((0.25, 0.5, 0.75), wire.fraction, wire.time), times, rtol=0.02)
        assert np.abs(wire.area_error).max() < 1e-12


def test_the_study_of_a_wire_is_these_shapes(wires):
    result = study.load("anisotropic-wire").run()
    data, exact = result.dataset, wires["110"]
    assert float(data["outer_ratio"][-1]) == pytest.approx(exact.ratio[-1], rel=2e-3)
    assert "90, 270 degrees" in result.message
    np.testing.assert_allclose(data["time"][-1] * 0.0283e-9 / 64.5e-9, 0.973, rtol=5e-3)
    assert views.kinds(result)[0] == "polar-shapes"


def test_order_of_anisotropy(wires):
    """<110> above <112> above <100> above <111> from half filling on; an amorphised front is round."""
    for filling in (0.5, 0.7, 0.9):
        ratio = [np.interp(filling, wires[axis].fraction, wires[axis].ratio) for axis in ("110", "112", "100", "111")]
        assert ratio == sorted(ratio, reverse=True)
    round_ = wire_shapes("110", volume_ratio=SILICON, amorphised=1.0, directions=48, steps=12)
    assert round_.ratio.max() < 1.005


def test_stress_moves_the_clock(wires):
    wire = wires["111"]
    np.testing.assert_allclose(wire.retimed(np.ones_like), wire.time, rtol=1e-9)
    slowed = wire.retimed(lambda strain: 1 - strain / 0.9)
    assert slowed[5] > wire.time[5]
    assert np.isinf(slowed[-1])


def test_a_circular_viscoplastic_shell_has_the_stress_of_the_closed_form():
    pytest.importorskip("skfem")
    angle = np.linspace(0, np.pi / 2, 19)
    supply = 0.06 * np.gradient(angle) * np.where((angle == 0) | (angle == angle[-1]), 0.5, 1)
    flow = plastic(np.full(19, 0.6), np.full(19, 1.4), supply, angle, None)
    assert flow.leaving.sum() == pytest.approx(supply.sum(), rel=1e-11)
    np.testing.assert_allclose(flow.leaving, supply, rtol=1e-3)
    np.testing.assert_allclose(flow.pressed, 2 / np.sqrt(3) * np.log(1.4 / 0.6), rtol=5e-3)
    # what is symmetric about 45 degrees stays so, as the mesh is: <100> had its maximum at 53 degrees before
    uneven = plastic(np.full(19, 0.6), np.full(19, 1.4), supply * (1 - 0.5 * np.cos(4 * angle)), angle, None)
    np.testing.assert_allclose(uneven.leaving, uneven.leaving[::-1], rtol=1e-8)
    np.testing.assert_allclose(uneven.pressed, uneven.pressed[::-1], rtol=1e-6)


def test_a_yielding_shell_lies_between_darcy_and_columns():
    pytest.importorskip("skfem")
    darcy_, yielding = (
        wire_shapes("110", volume_ratio=SILICON, directions=48, steps=14, viscoplastic=flag) for flag in (False, True)
    )
    at = np.interp(0.6, yielding.fraction, yielding.ratio)
    k = int(np.searchsorted(yielding.fraction, 0.6))
    rigid = columns(yielding.angles, 1.0, SILICON, 2, yielding.core[k].min())
    assert np.interp(0.6, darcy_.fraction, darcy_.ratio) < 0.8 * at
    assert at < rigid.max() / rigid.min()
    assert 1.6 < at < 2.9  # between 1.05 and 3.81; 2.25 is seen
    assert np.abs(yielding.area_error).max() < 1e-11
    np.testing.assert_allclose(yielding.maxima(k), [90, 270], atol=3)


def test_stress_acts_back_on_a_circular_front_as_in_the_closed_form():
    """-da/dt of the prototype's law with the traction of a plastic shell; without work it is the front that nothing slows."""
    pytest.importorskip("skfem")
    feedback = StressFeedback(work=3.6455, drive=3.717)  # silicon: 1 GPa and 0.0955 V
    shape = {"volume_ratio": SILICON, "amorphised": 1.0, "directions": 24, "steps": 10, "viscoplastic": True}
    wire = wire_shapes("110", feedback=feedback, **shape)

    def slower(_, y):
        core = 1 - y[0]
        return [feedback.factor(2 / np.sqrt(3) * np.log(np.sqrt(core**2 + SILICON * (1 - core**2)) / core))]

    kept = wire.fraction < 0.45
    exact = solve_ivp(slower, (wire.time[0], wire.time[kept][-1]), [1 - wire.core[0].mean()], rtol=1e-8, t_eval=wire.time[kept])
    np.testing.assert_allclose(1 - (1 - exact.y[0]) ** 2, wire.fraction[kept], rtol=0.04)
    assert wire.ratio[kept].max() < 1.02
    assert wire.fraction[-1] < 0.75  # arrests at 0.56, which steps of a twelfth and ten rounds each do not resolve
    with pytest.raises(InputError, match="needs viscoplastic = True"):
        wire_shapes("110", volume_ratio=SILICON, feedback=feedback)
