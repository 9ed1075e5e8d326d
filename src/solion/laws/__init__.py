"""Pointwise physics: state in, rate or energy out, sign stated; no grid, no solver, no configuration."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
