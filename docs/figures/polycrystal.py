"""Draws the figures of docs/polycrystal.md: python docs/figures/polycrystal.py [folder]."""

import sys
from pathlib import Path

import numpy as np

import solion as so

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent

grains = so.voronoi((100e-6, 100e-6), 10e-6, seed=1, sides="periodic")
found = so.conduct(so.devices.lu2021(1.0, layer=True), grains)
print(found.summary())
for kind in ("map", "faces", "decay"):
    so.views.figure(found, kind, fields=found.fields).savefig(HERE / f"polycrystal-{kind}.png", dpi=110)
contact = so.devices.ChargeTransfer(1e-3)
device = so.Polycrystal(so.materials.llzo_grain(), so.materials.llzo_boundary(1.0), bottom=contact, top=contact)
spectrum = so.impedance(device, grains, np.logspace(0, 9, 61), engine=so.Elements(order=1)).dataset
so.views.figure(spectrum, "impedance").savefig(HERE / "polycrystal-impedance.png", dpi=110)

thickness, conductivity = ["1 um", "2 um", "3 um", "5 um", "10 um", "20 um"], "1e-5 S/cm ... 1e-3 S/cm in 5 log"
layers = so.explore.layer_map(thickness, conductivity, seeds=(1, 2, 3, 4))
print(layers.least())
layers.figure().savefig(HERE / "layer-map.png", dpi=110)
