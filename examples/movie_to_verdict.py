"""From a microscope movie of a lithiating silicon wire to what limits it, its yield stress, and what 50 mV more would do."""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np

from solion.devices import AlloyParticle, Wire
from solion.experiments import quasi_steady
from solion.explore.alloy_design import arrested_fraction
from solion.explore.identify import identify, read_movie
from solion.laws import RigidPlastic
from solion.materials import lithium_silicon

# the movie: here drawn from a known wire, end on, a frame every 200 s; yours is a TIFF stack or a folder of pictures
wire, contact, pixel, every = AlloyParticle(lithium_silicon(), Wire(wire_radius=64.5e-9)), 0.0145, 1e-9, 200.0
truth = quasi_steady(wire, contact).dataset
y, x = np.mgrid[-110:111, -110:111]
frames = []
for moment in np.arange(1, 31) * every:
    core, outer = (float(np.interp(moment, truth["time"], truth[name])) / pixel for name in ("core", "outer"))
    frames.append((np.hypot(x, y) < outer).astype(np.uint8) + (np.hypot(x, y) < core))

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "movie.npy"
    np.save(file, np.stack(frames))
    movie = read_movie(file, scale=pixel, frame_time=every, first=every)

# contours to a series: 0 around, 1 shell, 2 core; a round core has no shape modes
print(f"core from {movie.radius()[0] * 1e9:.1f} to {movie.radius()[-1] * 1e9:.1f} nm, fourth mode {movie.modes()[0, 4]:.3f}")
series = movie.series(shape="wire", radius=64.5e-9, volume_ratio=3.81)

# series to a verdict: the start was seen, and edges are not off together by more than half a pixel
found = identify(series, start=0.0, offset=0.5 * pixel, posterior=False)
print(found.summary())
assert found.verdict.word == "stress-limited"
assert found.arrest is not None
assert found.arrest.low < 2.865 < found.arrest.high  # Gamma = |dG| x/(sigma_Y Omega) of the wire that was drawn

# with the plateau known the arrest gives the yield stress
host = lithium_silicon()
drive = float(host.plateau) - contact
strength = drive / (found.arrest.value * float(host.formula.per_stress))
print(f"yield stress {strength / 1e9:.2f} GPa")
assert abs(strength / 1e9 - 1) < 0.05

# and the yield stress says what a stronger drive does
measured = AlloyParticle(dataclasses.replace(host, shell=RigidPlastic(yield_stress=strength)), Wire(wire_radius=64.5e-9))
deeper = arrested_fraction(measured, contact - 0.05)
print(f"50 mV more: {deeper:.2f} of the volume")
assert abs(deeper - 0.783) < 0.02
