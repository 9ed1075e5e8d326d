"""What an electrode is to a solid that conducts ions, facet by facet."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Contact(NamedTuple):
    """An electrode at the facets of a face. ``admittance``: S/m2 at small overpotential; inf equipotential, 0 no contact.

    ``capacitance``: F/m2. ``law``: None where linear; else the current density from metal into the solid, A/m2, and its
    derivative, as functions of the overpotential eta = V_metal - phi (V), to be multiplied by ``share`` of each facet.
    ``exponent`` n: the admittance of an alternating current is admittance + capacitance (i omega)^n.
    """

    admittance: np.ndarray
    capacitance: np.ndarray
    law: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None
    share: np.ndarray
    exponent: float = 1.0
