"""Solion: a simulator of solid-state ionic devices.

Its public names are listed in ``__init__.pyi`` and loaded on first use, so that ``solion --help`` costs nothing; the first
one switches JAX to double precision, which the whole package computes in.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
