"""Questions that take many runs: sweeps, fits, derivatives, critical currents, sizing, layers, plasticity."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
