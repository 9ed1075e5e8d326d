"""What a run of an alloying particle reports."""

from __future__ import annotations

from solion.base.quantity import Quantity

PARTS = (
    ("plateau", "plateau of the reaction without stress"),
    ("stress", "work of stress at the front"),
    ("reaction", "overpotential of the front's reaction"),
    ("diffusion", "drop of the carriers' potential across the shell"),
    ("dilution", "what new product dilutes"),
    ("film", "drop across the surface film"),
    ("transfer", "overpotential of charge transfer"),
    ("ohmic", "ohmic drop in film and series resistance"),
)
SHARES = (("interface", "reaction of the front"), ("layer", "diffusion through the product"), ("film", "surface film"))

OBSERVABLES = (
    Quantity("voltage", "voltage", "potential against the carrier metal", "terminal", "electrode", monitored=True),
    Quantity("current", "current", "current that takes carriers out", "terminal", "electrode", monitored=True),
    Quantity("current_density", "current_density", "current over the surface at the start", "terminal", "electrode"),
    Quantity("reacted_fraction", None, "share of the host that has reacted", place="filling", monitored=True),
    Quantity("core", "length", "radius of the core", monitored=True),
    Quantity("outer", "length", "outer radius"),
    Quantity("thickness", "length", "thickness of the product", monitored=True),
    Quantity("host_depth", "length", "depth of host consumed", place="front"),
    Quantity("front_speed", "velocity", "speed of the front, inward", monitored=True),
    Quantity(
        "surface_excess",
        None,
        "excess at the surface over that at rest with the carrier metal",
        "surface",
        "surface",
        monitored=True,
    ),
    Quantity("front_excess", None, "excess at the front over that at rest with the carrier metal", "surface", "front"),
    *(Quantity(f"potential_{name}", "voltage", meaning, "part", "electrode") for name, meaning in PARTS),
    *(Quantity(f"share_{name}", None, meaning, "share", "resistance", monitored=True) for name, meaning in SHARES),
    Quantity("damkohler", None, "Da, k a_0/D with the stress of the instant", place="regime"),
    Quantity("biot", None, "Bi, h a_0/D", place="regime", missing="infinite where no film resists"),
    Quantity("stefan", None, "S, (c_s - c_i)/(N_p + c_i)", place="regime"),
    Quantity("driving", None, "Gamma, driving force over yield stress", place="regime"),
    Quantity("crossover", "length", "l*, thickness at which layer and front resist alike", place="regime"),
    Quantity("radial_stress", "stress", "radial stress at the front", place="front"),
    Quantity("hoop_stress", "stress", "hoop stress at the surface", place="surface"),
    Quantity("amorphised", None, "theta, amorphised share of the front"),
    Quantity("film_thickness", "length", "thickness of the surface film"),
    Quantity("bound_by_film", None, "carriers that new film has taken, over those of full conversion"),
    Quantity("charge", "charge", "charge passed into the particle"),
    Quantity("carrier_balance", None, "carriers in the particle less those that came in", "inventory"),
    Quantity("electrical_power", "power", "power of the source", "work"),
    Quantity("stress_power", "power", "work that gradients of stress do on carriers", "work"),
    Quantity("work_supplied", "energy", "work of the source and of gradients of stress on the particle", "work"),
    Quantity("loss_total", "energy", "energy lost", "loss", integral_of="power_lost"),
    Quantity("loss_reaction", "power", "lost in the front's reaction", "loss", "reaction"),
    Quantity("loss_plastic", "power", "lost to plastic flow of the product", "loss", "plastic"),
    Quantity("loss_diffusion", "power", "lost to diffusion", "loss", "diffusion"),
    Quantity("loss_film", "power", "lost in the surface film and in making it", "loss", "film"),
    Quantity("loss_transfer", "power", "lost in charge transfer", "loss", "transfer"),
    Quantity("loss_ohmic", "power", "lost in resistances", "loss", "ohmic"),
    Quantity("power_lost", "power", "sum of all losses"),
    Quantity("energy", "energy", "free energy of particle, film and stored work", "stored"),
    Quantity("energy_rate", "power", "its rate", "stored"),
)
SPATIAL = (
    Quantity("r", "length", "distance from the middle", "coordinate", dimensions=("cell",)),
    Quantity("excess", None, "excess carriers over the product's own, c/N_p", "field", dimensions=("cell",)),
    Quantity("shell_radial_stress", "stress", "radial stress", "field", dimensions=("cell",)),
    Quantity("shell_hoop_stress", "stress", "hoop stress", "field", dimensions=("cell",)),
    Quantity("shell_mean_stress", "stress", "mean stress", "field", dimensions=("cell",)),
)
