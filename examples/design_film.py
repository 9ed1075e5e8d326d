"""Design a memristor film: which materials switch within 10 ms at 1 V, how thick, and does such a film do so when simulated?"""

import dataclasses

import solion as so
from solion.units import ms, nm, um

answer = so.explore.sizing.design(10 * ms, 1.0, area=1 * um**2)
print(f"films from {answer.floor / nm:.1f} nm hold both phases; tau_switch/tau_D = {answer.ratios}")
for entry in answer.candidates:
    low, middle, high = (thickness / nm for thickness in entry.thickness)
    print(
        f"{entry.host.label:18s} up to {low:8.3g} ... {middle:8.3g} ... {high:8.3g} nm, in {entry.chance:4.0%} of the range of D"
    )
print(*answer.basis, sep="\n")

# graphite along its layers: the film for the median diffusivity, simulated in SI with the phases of the reference device
graphite = {entry.name: entry for entry in answer.candidates}["graphite"]
device = so.explore.sizing.reference_device()
material = device.film.material
share = material.electron_diffusivity / material.ion_diffusivity
diffusivity, thickness = graphite.diffusivity[1], graphite.thickness[1]
material = dataclasses.replace(material, ion_diffusivity=diffusivity, electron_diffusivity=share * diffusivity)
film = dataclasses.replace(device.film, material=material, thickness=thickness)
device = so.explore.sizing.same_multiples(dataclasses.replace(device, film=film, area=1 * um**2), device)
result = so.simulate(device, so.protocols.hold(voltage=1.0, duration=12 * ms), cells=100)
times = so.analysis.switching_times(result)
print(f"{thickness / nm:.3g} nm of D = {diffusivity:.2g} m2/s switches in {times.bottom / ms:.3g} ms")

lto = {row.name: row for row in so.explore.sizing.speeds()}["lithium_titanate"]
assert abs(lto.diffusion[1] - 25.0) < 1e-9  # s; tau_D of lithium titanate at 50 nm, 64 s at 80 nm
assert abs(times.bottom - 10 * ms) < 0.3 * ms
assert graphite.chance > 0.5
