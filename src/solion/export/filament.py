"""A filament memristor as a circuit element: the rates of its run, with the events between them as a latch.

    dm/dt = 10 k [(1 - m) C(gap) - m B(stripped) + 10 m (1 - m)(m - 1/2)]

m is 1 while the filament is metallic and 0 while it has a gap; C and B are logistic steps where the gap closes and where the
neck is stripped through, k = 1/``SWITCH``. While one of the states says nothing (the gap of a metallic filament, the neck of an
open one) it goes to where its next phase begins at the rate k (2m - 1) or k (1 - 2m), zero until the latch is past its middle.
Growth, opening, stripping and thickening are the rates that :func:`solion.experiments.run_filament` steps. What it draws for
each cycle is here a number of the device.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solion.base.parameters import as_arrays, table, without_sources
from solion.base.quantity import Quantity
from solion.base.scaling import Scales
from solion.devices.filament_memristor import FilamentMemristor
from solion.experiments.filament_cycling import run_filament
from solion.experiments.filament_rates import OPENED, RATIOS, FilamentState, head_table, numbers_of, rates_of
from solion.export.expression import Graph
from solion.export.measure import Signal
from solion.export.model import CompactModel, Parameter, StateEquation, TerminalEquation, identifier
from solion.export.numeric import right_sides
from solion.export.tracing import Tracer, nodes_of
from solion.protocols.protocol import Protocol

SWITCH = 1e-4  # s that an event takes, at any rate short against what leads to it
CLOSED = 3e-10  # m, gap at which a head touches: below that with which a gap begins, and a hundredth of the widest
NEAR = 0.01  # of a radius, over which what cannot fall below a bound stops falling
THROUGH = 2e-3  # of its radius that is left of a neck as it parts
SHARP = 1e-3  # V, over which the instrument's floor changes its sign
TERMS = 10  # of the polynomial of the head's resistance; its relative error is 7e-6
CYCLES = 2  # of a protocol that are compared: without what is drawn for each, later ones repeat them
REFINE = 20  # parts of each step of the run that a model is judged by
LIVE = ("threshold", "radius", "gap", "contact_resistance", "dissolution")
STATES = ("metallic", "gap", "opened", "body", "neck", "stripped")
OUTPUTS = (
    Quantity("metallic", None, "1 while the filament is metallic, 0 while it has a gap"),
    Quantity("gap_share", None, "gap over its widest", "surface"),
    Quantity("radius_share", None, "radius over that of a fresh filament", "surface"),
)


@dataclasses.dataclass(frozen=True)
class FilamentElement:
    """What netlists and headers ask of a device, of a filament memristor and its lithium as ground."""

    device: FilamentMemristor
    formed: bool
    terminals: tuple[str, ...] = ("electrode",)

    @property
    def sign_convention(self) -> str:
        """That of the device."""
        return self.device.sign_convention

    def scales(self) -> Scales:
        """The radius, 1 s, V_T and V_T over the metallic resistance."""
        volt, radius = self.device.electrode.thermal_voltage, float(self.device.radius)
        return Scales(radius, 1.0, volt, volt / self.device.metallic_resistance() / radius**2, 1.0, radius**2)

    def idle(self) -> dict[str, float]:
        """No terminal is held unasked."""
        return {}


@functools.cache
def _polynomial(terms: int) -> tuple[float, ...]:
    """Of ln(R sigma a) in 2 t/t_1 - 1, t = ratio/(1 + ratio)."""
    t = RATIOS / (1 + RATIOS)
    return tuple(np.polynomial.chebyshev.cheb2poly(np.polynomial.chebyshev.chebfit(2 * t / t[-1] - 1, head_table(), terms)))


def _shape(ratio, _):
    share = jnp.minimum(ratio, RATIOS[-1]) / (1 + jnp.minimum(ratio, RATIOS[-1]))
    place = 2 * share * (1 + RATIOS[-1]) / RATIOS[-1] - 1
    log = functools.reduce(lambda held, term: held * place + term, reversed(_polynomial(TERMS)))
    return jnp.exp(log) * jnp.minimum(RATIOS[-1] / ratio, 1.0)


def settled(device: FilamentMemristor) -> FilamentMemristor:
    """The device as its later cycles are on average: nothing is drawn."""
    still = dict.fromkeys(("jitter", "spread", "radius_jitter", "gap_jitter"), 0.0)
    return dataclasses.replace(device, forming=float(device.threshold), **still)


def filament_model(device: FilamentMemristor, *, formed: bool = True, name: str = "filament") -> CompactModel:
    """The compact model of a filament memristor, from a metallic start or the pristine electrolyte."""
    plain, numbers, unit = without_sources(device), numbers_of(device), float(device.radius)
    electrode, volt = plain.electrode, float(device.electrode.thermal_voltage)
    kinetics, resistance = as_arrays(electrode.kinetics), float(device.electrode.spreading_resistance * device.electrode.area)
    rate = 1 / SWITCH

    def told(given, y, w, volts):
        live, voltage = dict(zip(LIVE, given, strict=True)), volts[0]
        n = numbers._replace(contact=live["contact_resistance"], dissolution=live["dissolution"])
        metal, gap, opened, body, neck, stripped = y * jnp.array([1.0, unit, unit, unit**2, unit**2, unit])
        body, neck = jnp.maximum(body, (NEAR * unit) ** 2), jnp.maximum(neck, (NEAR * unit) ** 2)  # searches begin at 0
        fresh, open_ = live["radius"], 1 - metal
        to_metal, to_open = rate * jnp.maximum(2 * metal - 1, 0.0), rate * jnp.maximum(1 - 2 * metal, 0.0)
        density = kinetics.current(w[0] * volt, n.surface)
        ionic = density * electrode.area
        head = jnp.sqrt(metal * neck + open_ * fresh**2)
        now = FilamentState(jnp.maximum(gap, 0.0), opened, body, neck, stripped)
        rates = rates_of(now, head, live["threshold"], live["gap"], voltage, voltage, ionic, n, _shape)
        touch = jax.nn.sigmoid((CLOSED - gap) / (0.1 * CLOSED))
        through = jax.nn.sigmoid((stripped / jnp.sqrt(neck) - 1 + THROUGH) / (0.2 * THROUGH))
        latch = 10 * rate * (open_ * touch - metal * through + 10 * metal * open_ * (metal - 0.5))
        closing = rates.closing * jnp.clip(gap / CLOSED, 0.0, 1.0)
        mend = rates.mend * jnp.clip(stripped / (NEAR * fresh), 0.0, 1.0)
        thinner = jnp.clip((body / fresh**2 - 1) / NEAR, 0.0, 1.0)
        moved = [
            latch,
            (open_ * (rates.opening - closing) + to_metal * (OPENED - gap)) / unit,
            (to_open * jax.nn.sigmoid(voltage / SHARP) * (gap - opened) + to_metal * (OPENED - opened)) / unit,
            metal * jnp.where(rates.added > 0, rates.added, rates.added * thinner) / unit**2,
            (metal * jnp.maximum(rates.added, 0.0) + to_open * (fresh**2 - neck)) / unit**2,
            (metal * (rates.strip - mend) - to_open * stripped) / unit,
        ]
        wire = n.metal * (1 + n.path / jnp.sqrt(body)) + n.contact * body
        current = metal * voltage * body / wire + open_ * n.floor * jnp.tanh(voltage / SHARP) + ionic
        lack = w[0] + (resistance * density - voltage) / volt
        return jnp.stack(moved), lack[None], current, jnp.stack([metal, gap / live["gap"], jnp.sqrt(body) / fresh])

    graph = Graph()
    tracer = Tracer(graph)
    symbols = (LIVE, [f"q{k}" for k in range(6)], ["w0"], ["v_electrode"])
    rates, lack, current, seen = tracer.follow(told, *(tracer.symbols(np.array(group, object)) for group in symbols))
    gap = 0.0 if formed else float(device.electrode.thickness) / unit
    starts = [float(formed), OPENED / unit if formed else gap, OPENED / unit if formed else gap, 1.0, 1.0, 0.0]
    used: list[str] = []
    parameters = []
    for row in table(device):
        used.append(identifier(row.path, used))
        parameters.append(Parameter(used[-1], row, row.path in LIVE, row.path not in ("forming", "settling", "jitter", "spread")))
    start = "a metallic filament" if formed else "the pristine electrolyte"
    return CompactModel(
        identifier(name),
        graph,
        tuple(parameters),
        tuple(StateEquation(f"q{k}", value, node) for k, (value, node) in enumerate(zip(starts, nodes_of(rates), strict=True))),
        (StateEquation("w0", 0.0, nodes_of(lack)[0]),),
        (TerminalEquation("electrode", "v_electrode", nodes_of(current)[0]),),
        tuple(zip(OUTPUTS, nodes_of(seen), strict=True)),
        1,
        FilamentElement(device, formed),  # pyright: ignore[reportArgumentType]
        start,  # pyright: ignore[reportArgumentType]
        1.0,
        volt,
        (
            f"start: {start}; q0 whether metallic, q1 gap, q2 largest gap since it opened, q3 squared radius, q4 that of the"
            f" neck, q5 depth stripped off the neck, in radii of {unit:.6g} m and their squares, rates per second",
            "one cycle is like another: thresholds, radii and gaps that are drawn for each cycle are the parameters threshold,"
            " radius and gap, to be drawn for each instance; the compliance is the circuit's",
        ),
    )


def first_cycles(protocol: Protocol) -> Protocol:
    """The first cycles of a protocol."""
    kept = sorted({step.cycle for step in protocol.steps})[:CYCLES]
    return Protocol(tuple(step for step in protocol.steps if step.cycle in kept))


def device_signal(device: FilamentMemristor, protocol: Protocol, formed: bool) -> Signal:
    """Current of the device's own run, nothing drawn, in fine steps."""
    data = run_filament(settled(device), protocol, formed=formed, refine=REFINE).dataset
    time, metal = data["time"].values, data["metallic_trace"].values.ravel()
    radius = data["radius"].values.ravel() / float(device.radius)
    return _signal(time, data["current"].values.ravel(), metal.astype(float), radius)


def _signal(time: np.ndarray, current: np.ndarray, metal: np.ndarray, radius: np.ndarray) -> Signal:
    above = np.diff((metal > 0.5).astype(int))
    flips = {f"metallic crosses 0.5 {way}": time[1:][sign * above > 0] for way, sign in (("up", 1), ("down", -1))}
    time, order = np.unique(time, return_index=True)
    return Signal("current into electrode", "A", time, current[order], flips, {"radius_share": float(radius[-1])})


def model_signal(model: CompactModel, protocol: Protocol) -> Signal:
    """Current of the compact model, integrated by SciPy; a compliance holds it as a source-measure unit does."""
    from scipy.integrate import solve_ivp
    from scipy.interpolate import CubicSpline

    electrode: Any = model.device.device.electrode  # pyright: ignore[reportAttributeAccessIssue]
    program, _ = right_sides(model)
    most = 1.01 * max(max(abs(float(step.start)), abs(float(step.end))) for step in protocol.steps)
    volts = np.linspace(-most, most, 1001)
    eta = CubicSpline(volts, np.asarray(electrode.overpotential(volts)) / model.voltage)

    def at(q, source, limit):
        volt = source
        for _ in range(4):
            found = program(np.array([*q, eta(volt), volt]))
            if abs(found[7]) <= limit * (1 + 1e-9):
                break
            volt = volt * limit / abs(found[7])
        return found

    q, now, rows = np.array([item.start for item in model.states]), 0.0, []
    for step in protocol.steps:
        span, limit = float(step.duration), float(step.current_compliance)

        def source(t, step=step, span=span):
            return float(step.start) + (float(step.end) - float(step.start)) * t / span

        done: Any = solve_ivp(
            lambda t, q, source=source, limit=limit: at(q, source(t), limit)[:6],
            (0.0, span),
            q,
            method="LSODA",
            rtol=1e-6,
            atol=1e-9,
            max_step=span / 200,
        )
        rows += [(now + t, *at(state, source(t), limit)[[7, 8, 10]]) for t, state in zip(done.t, done.y.T, strict=True)]
        q, now = done.y[:, -1], now + span
    return _signal(*np.array(rows).T)
