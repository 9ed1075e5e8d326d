"""What a run shows, as pure functions: switching, resistance, hysteresis, spectra, hot spots, extremes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
