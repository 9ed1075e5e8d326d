"""Protocols: what an instrument does to a device's terminals; any device with terminals takes any of them."""

from solion.protocols.drive import Drive
from solion.protocols.protocol import Protocol, Step, Stop
from solion.protocols.steps import hold, open_circuit, ramp, resistor, rest
from solion.protocols.trains import cyclic_voltammetry, pulses, step_train, waveform

__all__ = [
    "Drive",
    "Protocol",
    "Step",
    "Stop",
    "cyclic_voltammetry",
    "hold",
    "open_circuit",
    "pulses",
    "ramp",
    "resistor",
    "rest",
    "step_train",
    "waveform",
]
