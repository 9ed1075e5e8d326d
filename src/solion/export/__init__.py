"""From physics to circuits and networks: compact models with an error that was measured, written for other simulators."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
