"""A liquid film on the alloy of lithium and magnesium: the penalty of complexions on the one alloy that needs no database.

Both solutions are those of the COST 507 assessment (Redlich-Kister, J/mol, from 298.15 K on); melting is linear in temperature.
"""

from __future__ import annotations

from solion.base.parameters import build, derived, literature
from solion.laws.film_penalty import AlloyPenalty, RedlichKister

COST = "COST 507 assessment of Li-Mg"
MEMORY = "from memory, to be checked"


def lithium_magnesium_film() -> AlloyPenalty:
    """Penalty of a melt of lithium and magnesium on bcc lithium, over temperature and the share of magnesium in the bulk."""
    return build(
        AlloyPenalty,
        crystal=RedlichKister((-18335.0, 3481.0, 2658.0), (8.49, 0.0, -0.114)),
        melt=RedlichKister((-14935.0, -1789.0, 6533.0), (10.371, 1.143, -6.6915)),
        host_heat=derived(2836.2, f"972 J/mol of melting at 298.15 K, and none at the melting point; {COST}"),
        host_melting=literature(453.65, "melting point of lithium"),
        host_volume=literature(13.02e-6, f"solid lithium; {MEMORY}"),
        solute_heat=literature(8477.0, f"heat of fusion of magnesium; {MEMORY}"),
        solute_melting=literature(923.0, "melting point of magnesium"),
        solute_volume=literature(14.0e-6, f"solid magnesium; {MEMORY}"),
        lattice_constant=literature(3100.0, f"bcc magnesium against hcp; {COST}"),
        lattice_slope=literature(-2.1, f"bcc magnesium against hcp; {COST}"),
    )
