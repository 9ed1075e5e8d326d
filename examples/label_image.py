"""A polycrystal from a label image: clean it, find its conductivity, and which layer evens out the current.

The image is drawn here; in your work it is the segmented micrograph, one grey value or colour for each grain.
"""

import numpy as np
from imageio import v3

import solion as so
from solion.devices.polycrystal import lu2021
from solion.experiments import hot_spot, section
from solion.units import um

# 1. a picture of 400 x 320 pixels: grains of two to fifteen micrometres, pores where some of them meet, specks of noise
random = np.random.default_rng(7)
cells = so.voronoi((100 * um, 80 * um), 10 * um, seed=7, spread=0.35)
pixels = so.LabelImage.of(cells, 0.25 * um).labels.T[::-1].astype(np.uint16)  # rows from the top, as pictures are
rows, columns = np.indices(pixels.shape)
for row, column, radius in zip(random.integers(0, 320, 12), random.integers(0, 400, 12), random.uniform(3, 8, 12), strict=True):
    pixels[np.hypot(rows - row, columns - column) < radius] = 0
specks = random.random(pixels.shape) < 2e-4
pixels[specks] = random.integers(1000, 2000, specks.sum())
v3.imwrite("grains.png", pixels)

# 2. what is wrong with it is said, and repaired on request
image = so.read_labels("grains.png", spacing=0.25 * um)
ceramic = lu2021(1.0)  # 0.05 S/m in grains, 2 ohm cm2 at boundaries: half of the resistance each at 10 um
try:
    so.conduct(ceramic, image, engine=so.Voxels())
except so.InputError as refusal:
    print(f"refused: {refusal}")
image = image.cleaned()
print(*image.notes, sep="\n")

# 3. the current
result = so.conduct(ceramic, image, engine=so.Voxels())
print(result.summary())
result.save("grains/result.nc")
result.report("grains")
result.fields.save_vtk("grains/field.vti")

# 4. a layer of 10 um and 1e-4 S/cm on the top, whose outer face then sees a nearly even current
layered = so.conduct(lu2021(1.0, layer=True), image, engine=so.Voxels())
bare, even = (hot_spot(section(run, "top_electrode"), 1 * um).factor for run in (result, layered))
print(f"H(1 um) at the top: {bare:.2f} bare, {even:.2f} beyond 10 um of layer")

ratio = float(result.dataset["effective_conductivity"]) / 0.05
brick = float(result.dataset["brick_layer"]) / 0.05
print(f"sigma_eff/sigma_g = {ratio:.3f}, brick layer {brick:.3f}, porosity {image.porosity:.1%}")
assert result.status == "finished"
assert abs(ratio - 0.526) < 0.03  # Voronoi grains without pores: 0.526 +- 0.014 in finite elements, 10 seeds
assert bare > 2
assert 1 < even < 1.15
