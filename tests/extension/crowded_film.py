"""A stranger's material in one file: lithium titanate whose ions move the slower the fuller it is, D = D_0 (1 - b c)."""

import dataclasses

from solion.base.parameters import parameter
from solion.laws import AbstractMobility
from solion.materials import lithium_titanate


class Crowded(AbstractMobility):
    """M = c (1 - x) (1 - b x) with x = c/c_max: the exclusion of sites, and ions that are in each other's way."""

    blocking: float = parameter(0.5, low=0, high=1, open_high=True, doc="b")

    def mobility(self, content, sites):
        share = content / sites
        return content * (1 - share) * (1 - self.blocking * share)


def crowded_film():
    """Lithium titanate with crowded ions."""
    return dataclasses.replace(lithium_titanate(), name="crowded film", ion_mobility=Crowded())
