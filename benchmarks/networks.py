"""Exported maps inside aihwkit itself: single pulses beside the laws in NumPy, retention through its hook, digits learned.

``python benchmarks/networks.py [--seeds 3] [--epochs 25] [--rates 0.1 0.4]``, where aihwkit and torch are a pair that fits
(``solion.export.networks.TOGETHER``) and scikit-learn. The network is 64, 32 (sigmoid), 10 on a quarter and three quarters of
scikit-learn's digits, plain stochastic gradient descent in batches of ten, aihwkit's own noise of the forward pass.
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import jax.numpy as jnp
import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from aihwkit.nn import AnalogLinear, AnalogSequential  # pyright: ignore[reportMissingImports]
from aihwkit.optim import AnalogSGD  # pyright: ignore[reportMissingImports]
from aihwkit.simulator.configs import FloatingPointRPUConfig, InferenceRPUConfig, SingleRPUConfig, UpdateParameters  # pyright: ignore[reportMissingImports]
from aihwkit.simulator.presets import EcRamMOPreset, EcRamPreset, GokmenVlasovPreset, IdealizedPreset  # pyright: ignore[reportMissingImports]
from aihwkit.simulator.tiles import AnalogTile  # pyright: ignore[reportMissingImports]
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import solion as so
from solion.compact import CompactCell, Segment, current_drive, sequence
from solion.export.inference import read_weights, to_aihwkit_inference
from solion.export.network_laws import PRESETS, replay
from solion.export.networks import to_aihwkit

RESTS = (60.0, 3600.0, 86400.0)  # s


def exported() -> tuple[dict, dict]:
    """The map of the synapse of the studies with a reservoir without end, as piecewise steps, and its retention."""
    device = so.study.load("magnesium-synapse").device
    cell = dataclasses.replace(CompactCell.of(device), share=0.0, supply=0.0136155)

    def period(current):
        return sequence(Segment(current_drive(current, 6e-5), jnp.asarray(0.5)), Segment(current_drive(0.0), jnp.asarray(10.0)))

    nodes = so.export.pulse_nodes(cell, period(10e-6), period(-10e-6), (2.5e-6, 334e-6))
    after = so.export.retention_map(cell, nodes.conductance, RESTS)
    table = {"times": list(RESTS), "conductance": nodes.conductance.tolist(), "after": after.tolist()}
    return so.export.piecewise_step(nodes), {"retention": table}


def pulses_of_aihwkit(configuration: dict, order: np.ndarray, start: float) -> np.ndarray:
    """The weight after every pulse of ``order`` (0 up, 1 down), by aihwkit's own compiled law."""
    # one slot of x and d, both at their ends, and a rate of one step: exactly one pulse coincides in each update
    once = UpdateParameters(desired_bl=1, update_management=False, update_bl_management=False)
    tile = AnalogTile(1, 1, SingleRPUConfig(device=to_aihwkit(configuration), update=once), bias=False)
    tile.set_learning_rate(configuration["dw_min"])
    tile.set_weights(torch.full((1, 1), start))
    found = []
    for way in order:
        tile.update(torch.ones(1, 1), torch.full((1, 1), 1.0 if way else -1.0))
        found.append(float(tile.get_weights()[0]))
    return np.array(found)


def retention(exported: dict, times: tuple[float, ...]) -> list[float]:
    """Largest difference of a weight after times at rest, by aihwkit's hook and by hand, over the largest weight."""
    configuration = InferenceRPUConfig()
    configuration.noise_model, configuration.drift_compensation = to_aihwkit_inference(exported), None
    layer = AnalogLinear(30, 20, bias=False, rpu_config=configuration).eval()
    low, high = (end(exported["retention"]["conductance"]) for end in (min, max))
    found = []
    for time_ in times:
        layer.drift_analog_weights(time_)
        tile = next(layer.analog_tiles())
        written = tile.programmed_weights.numpy().astype(float)
        scale = (high - low) / np.abs(written).max()
        pair = [read_weights(exported, np.clip(sign * written * scale, 0, None) + low, time_) for sign in (1, -1)]
        theirs = np.asarray(tile.tile.get_weights(), float).reshape(written.shape)
        found.append(float(np.abs(theirs - (pair[0] - pair[1]) / scale).max() / np.abs(written).max()))
    return found


def accuracy(configuration, rate: float, seed: int, epochs: int) -> float:
    """Share of the test's digits that are told after some epochs."""
    torch.manual_seed(seed)
    images, digits = load_digits(return_X_y=True)
    x, test, y, test_y = train_test_split(images / 16, digits, test_size=0.25, random_state=0, stratify=digits)
    x, test = torch.as_tensor(x, dtype=torch.float32), torch.as_tensor(test, dtype=torch.float32)
    y, test_y = torch.as_tensor(y), torch.as_tensor(test_y)
    network = AnalogSequential(
        AnalogLinear(64, 32, rpu_config=configuration), torch.nn.Sigmoid(), AnalogLinear(32, 10, rpu_config=configuration)
    )
    descent = AnalogSGD(network.parameters(), lr=rate)
    descent.regroup_param_groups(network)
    loss = torch.nn.CrossEntropyLoss()
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(10):
            descent.zero_grad()
            loss(network(x[batch]), y[batch]).backward()
            descent.step()
    network.eval()
    with torch.no_grad():
        return float((network(test).argmax(1) == test_y).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.02, 0.05, 0.1, 0.2, 0.4])
    chosen = parser.parse_args()
    spreads = ("dw_min_dtod", "up_down_dtod", "w_max_dtod", "w_min_dtod", "gamma_up_dtod", "gamma_down_dtod", "dw_min_std")
    silent = dict.fromkeys(spreads, 0.0)  # aihwkit takes a third of spread where nothing is said
    own_map, held = exported()
    worst = ", ".join(f"{off:.2g} after {time_:g} s" for off, time_ in zip(retention(held, RESTS), RESTS, strict=True))
    print(f"retention through the hook against the table by hand, of the largest weight: {worst}")
    maps = {"41 nodes": own_map} | {name: each | silent for name, each in PRESETS.items() if "Linear" in each["device"]}
    order = np.concatenate([np.random.default_rng(0).integers(0, 2, 400), np.repeat([0, 1, 0], 40)])
    for name, configuration in maps.items():
        own = replay(configuration, order, 0.1)[:, 0]
        theirs = pulses_of_aihwkit(configuration, order, 0.1)
        print(f"{name}: {order.size} pulses, largest difference of a weight {np.abs(own - theirs).max():.2g} of half the range")
    fine = maps["41 nodes"] | {"dw_min": maps["41 nodes"]["dw_min"] / 10}
    devices = {
        "floating point": FloatingPointRPUConfig(),
        "IdealizedPreset": IdealizedPreset(),
        "GokmenVlasovPreset": GokmenVlasovPreset(),
        "EcRamPreset": EcRamPreset(),
        "EcRamMOPreset": EcRamMOPreset(),
        "synapse, 41 nodes": SingleRPUConfig(device=to_aihwkit(maps["41 nodes"])),
        "synapse, a tenth of the step": SingleRPUConfig(device=to_aihwkit(fine)),
    }
    print(f"accuracy in %, means of {chosen.seeds} seeds after {chosen.epochs} epochs, by the learning rate")
    print(f"{'device':30s}" + "".join(f"{rate:8g}" for rate in chosen.rates) + "    s each")
    for name, configuration in devices.items():
        began, row = time.perf_counter(), []
        for rate in chosen.rates:
            row.append([100 * accuracy(configuration, rate, seed, chosen.epochs) for seed in range(chosen.seeds)])
        took = (time.perf_counter() - began) / len(chosen.rates) / chosen.seeds
        shown = "".join(f"{np.mean(each):8.1f}" for each in row)
        print(
            f"{name:30s}{shown}{took:8.1f}   " + "; ".join(" ".join(f"{value:.1f}" for value in each) for each in row), flush=True
        )


if __name__ == "__main__":
    main()
