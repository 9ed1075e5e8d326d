"""Ionic synapses of the literature as devices, each number with its source; and the start of a channel at a conductance.

The paper gives geometry, materials and pulses. What it does not give (exchange current, thickness of the electrolyte,
filling of the reservoir) is calibrated to what it reports, and each number says to what.
"""

from __future__ import annotations

import dataclasses

from solion.base.constants import ELEMENTARY_CHARGE
from solion.base.errors import InputError
from solion.base.parameters import Sourced, assumed, build, calibrated, derived, literature, stated
from solion.devices.ionic_synapse import PAPER, ElectrolyteFilm, Gap, InsertionFilm, IonicSynapse, PinnedReservoir
from solion.devices.synapse_start import at_conductance
from solion.laws.charge_transfer import InsertionButlerVolmer
from solion.materials.electrolytes import (
    EFFECTIVE_THICKNESS,
    ElectrolyteMaterial,
    proton_glass,
    solid_magnesium_electrolyte,
    succinonitrile_magnesium,
)
from solion.materials.insertion_host import InsertionHost
from solion.materials.tungsten_oxide import hydrogen_tungsten_oxide, magnesium_tungsten_oxide, magnesium_tungsten_oxide_thin

RESERVOIR = 0.0136155  # x_r, at which the channel of 80 nm conducts 40 uS: no voltage there, Fig. 8
ONEN = "Onen et al. (2022), doi:10.1126/science.abp8064"
PULSE = 5e-9  # s, the pulse that the scaled cells are made for


def magnesium_synapse(
    conductance: float | None = None, *, leak: float = 1.0, pinned: bool = False, reservoir: float = RESERVOIR
) -> IonicSynapse:
    """The magnesium synapse of 0.6 cm2 with films of 80 nm (Figs. 1, 3d, 3e, 4, 5, 7, 8), as it rests: 40 uS unless given.

    ``leak``: part of the electronic conductivity that chronoamperometry gave; 0 blocks electrons. ``pinned``: a reservoir
    that never changes, in place of a film like the channel. ``reservoir``: its composition x_r, which the paper does not
    give; with the default no voltage is left where the channel conducts 40 uS.
    """
    host, area, kinetics = magnesium_tungsten_oxide(), _films_area(), _kinetics()
    loading = calibrated(RESERVOIR, f"no voltage where the channel conducts 40 uS, Fig. 8a; {PAPER}")
    loading = loading if reservoir == RESERVOIR else reservoir
    thickness = stated(80e-9, f"section 2; {PAPER}")
    if pinned:
        source = build(PinnedReservoir, host=host, area=area, composition=loading, kinetics=kinetics)
    else:
        source = build(InsertionFilm, host=host, thickness=thickness, area=area, composition=loading, kinetics=kinetics)
    channel = build(
        InsertionFilm,
        host=host,
        thickness=thickness,
        area=area,
        kinetics=kinetics,
        composition=derived(RESERVOIR, f"at rest with its reservoir, 40 uS, Fig. 8; {PAPER}"),
    )
    device = IonicSynapse(source, _plastic(leak), channel, _gap())
    return device if conductance is None else at_conductance(device, conductance)


def magnesium_synapse_thin(*, leak: float = 0.0) -> IonicSynapse:
    """The cell of Fig. 3a to 3c: a channel of 1.2 mm x 0.6 mm x 15 nm, empty, and a reservoir 444 times its volume.

    ``leak`` as in :func:`magnesium_synapse`; 0 unless given, since with the stated electronic conductivity 1 nA could not
    hold the voltage that Fig. 3a shows.
    """
    host = magnesium_tungsten_oxide_thin()
    return IonicSynapse(
        build(
            InsertionFilm,
            host=magnesium_tungsten_oxide(),
            kinetics=_kinetics(),
            area=_films_area(),
            thickness=stated(80e-9, f"section 2; {PAPER}"),
            composition=calibrated(RESERVOIR, f"-0.13 V at the start of Fig. 3a; {PAPER}"),
        ),
        _plastic(leak),
        build(
            InsertionFilm,
            host=host,
            kinetics=_kinetics(),
            area=stated(0.72e-6, f"1.2 mm x 0.6 mm, section 3; {PAPER}"),
            thickness=stated(15e-9, f"section 3; {PAPER}"),
            composition=calibrated(float(host.offset), f"x at nominal zero, Fig. 3a; {PAPER}"),
        ),
        _gap(),
    )


def hydrogen_synapse(electrons: float = 0.1, *, air: bool = True) -> IonicSynapse:
    """A hydrogen synapse like the one compared in Figs. 7 and 8b, at ``electrons`` = gamma, at rest with its reservoir.

    The paper gives its pulses, 0.5 uA for 5 ms, and that they change gamma as much as those of the magnesium synapse do,
    not its size; what else it leaves open is assumed. ``air``: ions leave the channel; False is an inert gas.
    """
    host, kinetics = (
        hydrogen_tungsten_oxide(),
        build(InsertionButlerVolmer, exchange_current=assumed(10.0, "an overpotential of 0.04 V at either interface in a pulse")),
    )
    area = derived(3e-8, f"2.5 nC change gamma as 5 uC do in 0.6 cm2 of the same thickness, section 5; {PAPER}")
    x = electrons / float(host.charge)
    electrolyte = build(
        ElectrolyteFilm, material=proton_glass(), thickness=assumed(1e-6, "drops 3 mV in a pulse, which then hardly counts")
    )
    return build(
        IonicSynapse,
        reservoir=build(
            PinnedReservoir, host=host, area=area, composition=assumed(x, "at rest with the channel"), kinetics=kinetics
        ),
        electrolyte=electrolyte,
        channel=build(
            InsertionFilm,
            host=host,
            thickness=assumed(80e-9, "as of the magnesium synapse"),
            area=area,
            kinetics=kinetics,
            composition=assumed(x, "gamma near 0.1 as in Fig. 7a"),
        ),
        gap=build(Gap, width=assumed(100e-6, "w/l as of the magnesium synapse"), length=assumed(20e-6, "w/l as there")),
        oxygen_pressure=stated(21278.0 if air else 0.0, f"{'air' if air else 'argon'}, Fig. 8b; {PAPER}"),
    )


def magnesium_synapse_100nm(
    *, ionic_conductivity: float = 0.1, exchange_current: float = 1e5, diffusivity: float = 1e-11
) -> IonicSynapse:
    """A magnesium synapse of 100 nm x 100 nm with 10 nm of channel and of electrolyte: the size the paper aims at.

    The defaults are what a pulse of 5 ns at 0.5 V needs, far beyond what the paper's materials have (2.8e-3 S/m, 0.1 A/m2,
    1e-15 m2/s); give those for pulses of milliseconds.
    """
    return _scaled(
        100e-9,
        100e-9,
        stated(1e-14, f"100 x 100 nm2, the target of section 3; {PAPER}"),
        ionic_conductivity,
        exchange_current,
        diffusivity,
    )


def magnesium_synapse_60nm(
    *, ionic_conductivity: float = 0.1, exchange_current: float = 1e5, diffusivity: float = 1e-11
) -> IonicSynapse:
    """A magnesium synapse of 30 nm x 60 nm, the size of the smallest proton synapse; as :func:`magnesium_synapse_100nm`."""
    return _scaled(30e-9, 60e-9, literature(1.8e-15, f"30 nm x 60 nm; {ONEN}"), ionic_conductivity, exchange_current, diffusivity)


def _scaled(width, length, area, ionic_conductivity, exchange_current, diffusivity) -> IonicSynapse:
    host: InsertionHost = dataclasses.replace(magnesium_tungsten_oxide(), diffusivity=diffusivity)
    needed = f"what 0.5 V need to program in {PULSE * 1e9:g} ns"
    if diffusivity == 1e-11:
        host = dataclasses.replace(host, sources=(*host.sources, ("diffusivity", assumed(1e-11, needed))))
    kinetics = build(
        InsertionButlerVolmer, exchange_current=assumed(1e5, needed) if exchange_current == 1e5 else exchange_current
    )
    material: ElectrolyteMaterial = dataclasses.replace(solid_magnesium_electrolyte(), ionic_conductivity=ionic_conductivity)
    if ionic_conductivity == 0.1:
        material = dataclasses.replace(material, sources=(*material.sources, ("ionic_conductivity", assumed(0.1, needed))))
    return IonicSynapse(
        build(
            PinnedReservoir,
            host=host,
            area=area,
            kinetics=kinetics,
            composition=calibrated(RESERVOIR, f"as of the device of 0.6 cm2; {PAPER}"),
        ),
        build(ElectrolyteFilm, material=material, thickness=assumed(10e-9, "a thin film that still blocks electrons")),
        build(
            InsertionFilm,
            host=host,
            area=area,
            kinetics=kinetics,
            thickness=assumed(10e-9, "between 4 nm and 20 nm films"),
            composition=assumed(0.0126, "steep conductance, open-circuit voltage near zero"),
        ),
        build(Gap, width=assumed(width, "the whole film is read"), length=assumed(length, "the whole film is read")),
    )


def with_leak(device: IonicSynapse, electronic_conductivity: float) -> IonicSynapse:
    """The same device with another electronic conductivity of its electrolyte (S/m)."""
    material = dataclasses.replace(device.electrolyte.material, electronic_conductivity=electronic_conductivity)
    return dataclasses.replace(device, electrolyte=dataclasses.replace(device.electrolyte, material=material))


def charge_per_electron(device: IonicSynapse) -> float:
    """Charge that changes gamma of the whole channel by one, C: e n_W t_c A_c."""
    film = device.channel
    return float(ELEMENTARY_CHARGE * film.host.formula_density * film.thickness * film.area)


def _films_area() -> Sourced:
    return stated(0.6e-4, f"1 cm x 0.6 cm, section 2; {PAPER}")


def _kinetics() -> InsertionButlerVolmer:
    return build(
        InsertionButlerVolmer,
        exchange_current=calibrated(0.1, f"0.2 V at 10 uA on 0.6 cm2, for 90 aJ/um2/nS, section 5; {PAPER}"),
    )


def _plastic(leak: float) -> ElectrolyteFilm:
    """The succinonitrile electrolyte with a part of its electronic conductivity."""
    if not leak >= 0:
        raise InputError(f"leak = {leak:g} is outside its allowed range [0, inf): a part of the stated conductivity.")
    material = succinonitrile_magnesium()
    if leak != 1.0:
        part = assumed(
            leak * material.electronic_conductivity, f"{leak:g} of what chronoamperometry gave, an upper bound; {PAPER}"
        )
        sources = (*material.sources, ("electronic_conductivity", part))
        material = dataclasses.replace(material, electronic_conductivity=part.value, sources=sources)
    return build(ElectrolyteFilm, material=material, thickness=EFFECTIVE_THICKNESS)


def _gap() -> Gap:
    return build(
        Gap,
        width=stated(500e-6, f"section 2; {PAPER}"),
        length=stated(100e-6, f"section 2; {PAPER}"),
        voltage=stated(0.1, f"section 2; {PAPER}"),
    )
