"""Ranges, messages and provenance of the numbers that parts own."""

import dataclasses

import equinox as eqx
import jax
import numpy as np
import pytest

from solion.base.errors import InputError
from solion.base.parameters import Part, allowed_range, assumed, build, calibrated, derived, literature, parameter, stated, table


class Spring(Part):
    stiffness: float = parameter(unit="N/m", low=0, open_low=True, doc="force per extension")
    damping: float = parameter(0.1, low=0, high=1, open_high=True, source=assumed(0.1, "a guess"), doc="share lost")
    offset: float = parameter(0.0, unit="m", doc="rest length")


class Springs(Part):
    stacked = True
    stiffness: float = parameter(unit="N/m", low=0, open_low=True, doc="force per extension")


class Pair(Part):
    left: Spring
    right: Spring
    name: str = eqx.field(static=True, default="pair")


def rows(part):
    return {row.path: row for row in table(part)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stiffness", 0.0),
        ("stiffness", -1.0),
        ("stiffness", np.inf),
        ("stiffness", np.nan),
        ("damping", 1.0),
        ("damping", -1e-9),
        ("offset", np.nan),
        ("offset", -np.inf),
    ],
)
def test_value_outside_its_range_is_refused_by_name(field, value):
    with pytest.raises(InputError, match=rf"Spring\.{field} = .* is outside its allowed range"):
        Spring(**{"stiffness": 1.0, field: value})


@pytest.mark.parametrize("value", ["80 nm", object()])
def test_value_that_is_no_number_is_refused_with_the_unit(value):
    with pytest.raises(InputError, match=r"Spring\.stiffness = .* is not a number; give it in N/m"):
        Spring(stiffness=value)


def test_message_names_the_first_wrong_element_and_the_range():
    with pytest.raises(InputError, match=r"Springs\.stiffness = -2 N/m .* \(0, inf\) N/m"):
        Springs(stiffness=np.array([1.0, -2.0, -3.0]))


def test_an_array_is_no_number_of_one_part():
    with pytest.raises(InputError, match=r"Spring\.stiffness is an array of shape \(2,\)"):
        Spring(stiffness=np.array([1.0, 2.0]))
    assert Spring(stiffness=np.array(2.0)).stiffness == 2


def test_closed_ends_are_allowed():
    assert Spring(stiffness=1e-300, damping=0.0).damping == 0.0


def test_replacing_a_number_checks_it_again():
    with pytest.raises(InputError, match="damping"):
        dataclasses.replace(Spring(stiffness=1.0), damping=2.0)


def test_interval_notation():
    stiffness, damping, offset = (
        allowed_range(field.metadata) for field in dataclasses.fields(Spring) if field.metadata.get("parameter")
    )
    assert (stiffness, damping, offset) == ("(0, inf)", "[0, 1)", "(-inf, inf)")


def test_traced_values_pass_through_jit_vmap_and_gradient():
    def energy(stiffness):
        return 0.5 * Spring(stiffness=stiffness).stiffness

    assert jax.jit(jax.grad(energy))(3.0) == 0.5
    np.testing.assert_allclose(jax.vmap(energy)(np.array([1.0, -1.0])), [0.5, -0.5])


@pytest.mark.parametrize(
    ("make", "provenance"),
    [(stated, "stated"), (derived, "derived"), (literature, "literature"), (assumed, "assumed"), (calibrated, "calibrated")],
)
def test_table_tells_where_a_number_comes_from(make, provenance):
    row = rows(build(Spring, stiffness=make(2.0, "somewhere")))["stiffness"]
    assert (row.value, row.unit, row.provenance, row.reference) == (2.0, "N/m", provenance, "somewhere")


def test_default_keeps_its_source_until_it_is_changed():
    assert rows(Spring(stiffness=1.0))["damping"].provenance == "assumed"
    assert rows(Spring(stiffness=1.0, damping=0.2))["damping"].provenance == "user"
    assert rows(Spring(stiffness=1.0))["offset"].provenance == "assumed"


@pytest.mark.parametrize(
    "override",
    [lambda part: dataclasses.replace(part, stiffness=3.0), lambda part: eqx.tree_at(lambda spring: spring.stiffness, part, 3.0)],
)
def test_overridden_value_is_the_users(override):
    sourced = build(Spring, stiffness=stated(2.0, "a paper"), damping=stated(0.3, "a paper"))
    changed = rows(override(sourced))
    assert (changed["stiffness"].value, changed["stiffness"].provenance) == (3.0, "user")
    assert changed["damping"].provenance == "stated"
    assert rows(sourced)["stiffness"].provenance == "stated"


def test_table_walks_nested_parts_with_their_path():
    pair = Pair(build(Spring, stiffness=stated(1.0, "a paper")), Spring(stiffness=2.0))
    found = rows(pair)
    assert list(found) == [f"{side}.{field}" for side in ("left", "right") for field in ("stiffness", "damping", "offset")]
    assert found["left.stiffness"].provenance == "stated"
    assert found["right.stiffness"].provenance == "user"
    assert rows(eqx.tree_at(lambda p: p.left.stiffness, pair, 5.0))["left.stiffness"].provenance == "user"


def test_table_of_something_else_is_empty():
    assert not list(table(3.0))
    assert not list(table(Spring))
