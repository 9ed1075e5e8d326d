"""What is done with a device: a protocol in time, a stationary current, a spectrum, cycles of a filament, a cell test."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
