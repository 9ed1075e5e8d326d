"""Derivatives of a run: how the current through a lithium-titanate film depends on its contacts and its size."""

import solion as so
from solion.units import nm, s


def build(p):
    film = so.Film(so.materials.lithium_titanate(), thickness=p["thickness"], filling=0.9)
    i_D, V_T = film.units.i_D, film.units.V_T
    device = so.FilmMemristor(
        top=so.Contact(so.laws.ButlerVolmer(rate=p["rate"] * i_D, asymmetry=0.05)),
        film=film,
        bottom=so.Contact(so.laws.ButlerVolmer(rate=1e-3 * i_D, asymmetry=0.2)),
        series_resistance=100 * V_T / i_D,
        area=p["area"],
    )
    stairs = so.protocols.step_train(voltage=[0.25 * k for k in range(1, 9)], duration=5 * s, samples=20)
    return so.explore.tangents.Run(device, stairs, cells=40)


numbers = {"rate": 0.1, "thickness": 80 * nm, "area": 2.5e-7}
tangents = so.explore.tangents.differentiate(build, numbers)
data = tangents.finished.result().dataset
for name, value in numbers.items():
    elasticity = tangents.derivative(name)["current"].values[-1] * value / data["current"].values[-1]
    print(f"d ln(current) / d ln({name}) = {elasticity:.4f}")

# a current is proportional to the electrode's area
assert abs(elasticity - 1) < 1e-6
