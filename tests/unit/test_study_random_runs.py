"""Random devices and drives, many of them absurd, through ``Study.run``: always an answer or a clear refusal."""

import contextlib
import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solion.errors import InputError
from solion.study import builtin_studies, interpret
from solion.study.files import parse

BASE = parse(builtin_studies()["lto4-voltammogram"].read_text(encoding="utf-8"), "lto4-voltammogram")
STATUSES = {"finished", "stopped", "depleted", "saturated", "failed"}


def powers(low, high):
    """Positive numbers spread evenly over decades."""
    return st.floats(low, high).map(lambda exponent: 10.0**exponent)


CONTACT = st.fixed_dictionaries(
    {"law": st.just("butler_volmer"), "rate": powers(-12, 6), "asymmetry": st.floats(1e-6, 1 - 1e-6)}
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    contacts=st.tuples(CONTACT, CONTACT),
    material=st.sampled_from([(0.7, -32.0), (0.05, -100.0), (10.0, 20.0)]),  # few, since each is compiled anew
    thickness=powers(0, 3),
    filling=st.floats(1e-9, 1 - 1e-9),
    drive=st.tuples(st.sampled_from(["voltage", "current"]), st.sampled_from([-1, 1]), powers(-2, 3)),
    duration=powers(-3, 1),
)
def test_random_studies_run_to_an_answer(contacts, material, thickness, filling, drive, duration):
    quantity, sign, size = drive
    data = copy.deepcopy(BASE)
    data["numerics"] = {"cells": 12, "relative": 1e-3, "absolute": 1e-3}  # one shape: compiled once
    data["device"] |= {"top": contacts[0], "bottom": contacts[1], "thickness": f"{thickness} nm", "filling": filling}
    data["device"]["material"] |= dict(zip(("exponent", "ion_interaction"), material, strict=True))
    level = f"{sign * size!r} {'V_T' if quantity == 'voltage' else 'i_D'}"
    data["protocol"] = [{"kind": "hold", quantity: level, "duration": f"{duration} tau_D", "samples": 3}]
    with contextlib.suppress(InputError):
        result = interpret(data).run()
        assert result.status in STATUSES
        assert result.message.endswith(".")
