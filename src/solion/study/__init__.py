"""Study files: a device, an experiment and settings as TOML, checked key by key, with units."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
