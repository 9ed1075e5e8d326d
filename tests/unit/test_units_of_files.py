"""Units in study files: what takes for ever is refused at once, what is right is read."""

import time

import pytest
from pydantic_core import PydanticCustomError

from solion.study.quantities import Units


@pytest.mark.parametrize(
    "unit", ["s**9**9**9", "nm*(9**9**9)", "m^(9^9^9)", "*".join(["m"] * 1000), "m**1000", "m" * 100_000, "m**(9**9)"]
)
def test_units_that_would_never_be_worked_out_are_refused_at_once(unit):
    began = time.perf_counter()
    with pytest.raises(PydanticCustomError, match="too long or has too large a power"):
        Units().convert(1.0, unit, ("m",))
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    ("unit", "wanted", "value"),
    [
        ("cm^2/s", "m^2/s", 1e-4),
        ("S/cm", "S/m", 100.0),
        ("m**2", "m^2", 1.0),
        ("s^-1", "1/s", 1.0),
        ("cm**-0.5", "m**-0.5", 10.0),
    ],
)
def test_powers_that_are_meant(unit, wanted, value):
    assert Units().convert(1.0, unit, (wanted,)) == pytest.approx(value)
