"""Ion diffusivities of the hosts that Tian and Bazant compare in Fig. 5.

Only the text of the paper was at hand: it names the hosts, their paths (1D, 2D) and a reference for each, but the values
are in the figure alone. So no range below is read from the figure. ``literature`` marks a number read in the abstract of
the work that is named; ``assumed`` one whose order of magnitude is that of the named work, which could not be read.
Phases, energies and electrons of these hosts are not given by the paper and none are made up here.
"""

from __future__ import annotations

from solion.base.parameters import assumed, build, derived, literature, stated
from solion.materials.diffusivity import Diffusivity
from solion.materials.lithium_titanate import DIMENSIONAL

FIGURE = "Tian and Bazant, Fig. 5"
NITTA = f"Nitta et al. (2015), doi:10.1016/j.mattod.2014.10.040, named by {FIGURE}"
NMR = "Wilkening et al. (2007), doi:10.1039/b616269j"
PERSSON = "Persson et al. (2010), doi:10.1021/jz100188d"
MUONS = "muon spin relaxation; Umegaki et al. (2017), doi:10.1039/C7CP02047C"
KUEHNE = f"Kuehne et al. (2017), doi:10.1038/nnano.2017.108, named by {FIGURE}"
UNREAD = "order of magnitude; the work could not be read when this entry was made"


def lithium_titanate_host() -> Diffusivity:
    """Lithium in lithium titanate, Li4Ti5O12 to Li7Ti5O12."""
    return build(
        Diffusivity,
        label="LTO",
        ion="Li",
        paths=3,
        low=stated(1e-16, f"D_p0; {DIMENSIONAL}"),
        high=assumed(1e-15, f"{NITTA}; {UNREAD}"),
        activation_low=literature(0.74, f"spin-lattice relaxation in the rotating frame, Li4Ti5O12; {NMR}"),
        activation_high=literature(0.94, f"conductivity, quoted for Li4Ti5O12; {NMR}"),
    )


def lithium_iron_phosphate() -> Diffusivity:
    """Lithium in lithium iron phosphate, along its channels."""
    return build(
        Diffusivity,
        label="LFP",
        ion="Li",
        paths=1,
        low=literature(1e-17, "GITT in the lithium-poor phase of particles; Zhu and Wang (2010), J. Phys. Chem. C 114, 2830"),
        high=assumed(
            1e-12,
            f"channels without defects; Malik et al. (2010), doi:10.1021/nl1023595, named by {FIGURE}, and Morgan et al. "
            f"(2004), doi:10.1149/1.1633511; {UNREAD}",
        ),
        activation_low=assumed(0.1, f"muon spin relaxation; Baker et al. (2011), arXiv:1108.1946; {UNREAD}"),
        activation_high=literature(0.6, "calculated for LiFePO4; Ouyang et al. (2004), doi:10.1103/PhysRevB.69.104303"),
        remark="defects block channels, so that D falls with the length of the channel: a thick film is slower than h^2/D",
    )


def molybdenum_disulfide() -> Diffusivity:
    """Lithium between the layers of bulk molybdenum disulfide."""
    return build(
        Diffusivity,
        label="MoS₂, bulk",
        ion="Li",
        paths=2,
        low=assumed(1e-17, f"Santa-Ana et al. (1995), Electrochim. Acta 40, 1773, named by {FIGURE}; {UNREAD}"),
        high=assumed(1e-13, f"Hu et al. (2016), Inorg. Chem. Front. 3, 532, named by {FIGURE}; {UNREAD}"),
        activation_low=literature(
            0.23, "calculated on a single layer, no field; Shi et al. (2016), Mater. Chem. Phys., MoS2 in an electric field"
        ),
        activation_high=assumed(0.5, "calculated barriers between bulk layers are about twice those on a single layer"),
        remark="both ends of the range are assumed",
    )


def expanded_molybdenum_disulfide() -> Diffusivity:
    """Sodium between the layers of molybdenum disulfide held apart by a polymer."""
    reference = f"Li et al. (2015), Nano Energy 15, 453, named by {FIGURE}"
    return build(
        Diffusivity,
        label="MoS₂, expanded",
        ion="Na",
        paths=2,
        low=assumed(1e-15, f"{reference}; {UNREAD}"),
        high=assumed(1e-12, f"{reference}; {UNREAD}"),
        activation_low=assumed(0.1, "sodium on a single layer, 0.11 eV calculated; Su et al. (2014), RSC Adv., c4ra06557c"),
        activation_high=assumed(0.3, "above the calculated 0.11 eV of a single layer, below the 0.7 eV of the bulk"),
        remark="the work that the paper names measures sodium, not lithium; both ends of the range are assumed",
    )


def lithium_cobalt_oxide() -> Diffusivity:
    """Lithium between the layers of lithium cobalt oxide."""
    return build(
        Diffusivity,
        label="LCO",
        ion="Li",
        paths=2,
        low=literature(
            2e-17,
            "cyclic voltammetry of a (003)-oriented film, through its layers; 'Li-ion diffusion in highly (003) "
            "oriented LiCoO2 thin film cathode prepared by pulsed laser deposition'",
        ),
        high=assumed(
            1e-12, f"along the layers; Park et al. (2010), doi:10.1016/j.jpowsour.2010.06.060, named by {FIGURE}; {UNREAD}"
        ),
        activation_low=assumed(0.2, f"Van der Ven and Ceder (2000), Electrochem. Solid-State Lett. 3, 301; {UNREAD}"),
        activation_high=assumed(0.4, "as above: the calculated barrier depends strongly on the lithium content"),
        remark="the slow end is that of a film whose layers lie across the current",
    )


def graphite() -> Diffusivity:
    """Lithium between the layers of graphite."""
    return build(
        Diffusivity,
        label="graphite",
        ion="Li",
        paths=2,
        low=literature(1e-15, f"along grain boundaries; {PERSSON}; the lower end also of {NITTA}"),
        high=literature(1e-10, f"along the layers; {PERSSON}"),
        activation_low=literature(0.17, f"C12Li; {MUONS}"),
        activation_high=literature(0.27, f"C6Li; {MUONS}"),
        remark="the slow end is that of grain boundaries",
    )


def bilayer_graphene() -> Diffusivity:
    """Lithium between two layers of graphene."""
    return build(
        Diffusivity,
        label="bilayer graphene",
        ion="Li",
        paths=2,
        low=derived(1.6e-9, f"above the diffusivity of NaCl in water, 1.6e-9 m^2/s, by the abstract of {KUEHNE}"),
        high=assumed(7e-9, f"{KUEHNE}; {UNREAD}"),
        activation_low=assumed(0.17, f"as in C12Li; {MUONS}"),
        activation_high=assumed(0.27, f"as in C6Li; {MUONS}"),
        remark="one sheet lying between the electrodes, so that h is its length; the work named calls it a single phase, "
        "in which nothing would switch by phase change",
    )
