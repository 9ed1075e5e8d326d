"""A contact's energy gamma c bends the film's profile at rest: kappa c'^2 = W(c), 2 kappa c' = gamma at the contact."""

import dataclasses
import json

import numpy as np
import pytest
import scipy.optimize

import solion as so
from solion import thermodynamics
from solion.base.errors import InputError
from solion.laws import LinearWetting
from solion.study import load

DEVICE = load("lto7-voltammogram").device


def with_wetting(**strengths):
    """Both contacts wetted, so that all runs share a program."""
    contacts = {
        side: dataclasses.replace(getattr(DEVICE, side), wetting=LinearWetting(strengths.get(side, 0.0)))
        for side in ("top", "bottom")
    }
    return dataclasses.replace(DEVICE, **contacts)


def at_rest(device, cells=100):
    return so.simulate(device, so.protocols.rest(duration=5 * float(device.scales().time)), cells=cells)


def height(composition):
    """W: G above the tangent of the ion-rich phase, in closed form but for the tangent."""
    material = DEVICE.film.material
    energy = material.free_energy
    rich, plateau = thermodynamics.phase_diagram(material).binodal[1], thermodynamics.phase_diagram(material).plateau
    return float(energy.energy(composition, composition) - energy.energy(rich, rich) - plateau * (composition - rich))


@pytest.mark.parametrize("strength", [0.01, 0.02, 0.03])
def test_composition_of_a_contact_that_repels_ions(strength):
    kappa = float(DEVICE.film.material.gradient_energy) / float(DEVICE.film.thickness) ** 2
    rich = thermodynamics.phase_diagram(DEVICE.film.material).binodal[1]
    expected = scipy.optimize.brentq(lambda c: height(c) - strength**2 / (4 * kappa), 0.5, rich)
    errors = [
        abs(float(at_rest(with_wetting(top=strength), cells).dataset["composition_top"][-1]) - expected) for cells in (100, 200)
    ]
    assert errors[1] < 0.4 * errors[0]  # second order: a quarter
    assert errors[1] < 2e-3


@pytest.mark.parametrize("strength", [0.2, -0.2])
@pytest.mark.parametrize("side", ["top", "bottom"])
def test_a_contact_wets_completely_and_says_so(strength, side):
    """Stronger than any profile can balance, 2 kappa max c' = 0.034: the cell there empties or fills."""
    result = at_rest(with_wetting(**{side: strength}))
    assert result.status == "finished"
    assert all(entry["ok"] for entry in result.audit.values())
    end = result.dataset["composition"].values[-1, 0 if side == "top" else -1]
    assert (end < 1e-6) if strength > 0 else (end > 1 - 1e-6)
    said = json.loads(result.dataset.attrs["warnings"])
    assert any(f"the {side} contact wets completely" in text and "0.034" in text for text in said)
    assert np.all(np.isfinite(result.dataset["composition"]))


def test_a_wetting_that_no_cell_can_hold_is_refused():
    with pytest.raises(InputError, match=r"device\.top\.wetting: .* allowed there is at most 0\.25"):
        at_rest(with_wetting(top=1.0))
