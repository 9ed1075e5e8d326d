"""A stranger's paper in one file: Neumann's solution of the Stefan problem against the device beside it."""

import numpy as np
from front_device import AlloyingFilm
from scipy.optimize import brentq
from scipy.special import erf

import solion as so
from solion.papers import CHECKED, Case, Claim, Found, Paper, PaperFigure, around

FRONT, SURFACE, START, CELLS = 2.0, 3.0, 0.05, 20


def growth():
    """lambda of s = 2 lambda sqrt(D t)."""
    return brentq(lambda g: np.sqrt(np.pi) * g * np.exp(g * g) * erf(g) - (SURFACE - FRONT) / FRONT, 1e-3, 3)


def work(run_pool):
    """The front under a constant content of the surface."""
    share = (np.arange(CELLS) + 0.5) / CELLS
    content = SURFACE - (SURFACE - FRONT) * erf(share * growth()) / erf(growth())
    device = AlloyingFilm(
        thickness=1e-6,
        diffusivity=1e-14,
        concentration=1e4,
        front_content=FRONT,
        surface_content=float(content.mean()),
        start=START,
    )
    scales = device.scales()
    held = so.protocols.hold(voltage=np.log(SURFACE) * scales.voltage, duration=0.25 * scales.time, samples=10)
    return so.simulate(device, held, cells=CELLS, initial=so.Profile(tuple(share), tuple(content))).dataset


def final(data):
    """lambda from the front at the end."""
    begun = (START / (2 * growth())) ** 2
    return Found(float(data["front"][-1]) / 1e-6 / (2 * np.sqrt(begun + float(data["scaled_time"][-1]))))


def draw(figure, data):
    axes = figure.subplots()
    axes.plot(data["time"], data["front"])
    axes.set_xlabel("time (s)")
    axes.set_ylabel("front (m)")


PAPER = Paper(
    "neumann",
    "Neumann's solution",
    "F. Neumann",
    "Lectures of 1860",
    (
        Case(
            "front",
            "The front against the square root of time",
            "s = 2 lambda sqrt(D t).",
            "closed form",
            "one hold",
            work,
            (Claim("lambda", final, around(growth(), 0.002, "20 cells leave some 0.1 %"), CHECKED, "theory"),),
            draw,
        ),
    ),
    (PaperFigure("figure-1", "Front", (("front",),), (5.0, 3.0)),),
)
