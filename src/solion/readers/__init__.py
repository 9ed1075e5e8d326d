"""Files of laboratories: what they hold, by name, unit and sign, in SI; nothing is guessed.

Columns of numbers from instruments and spreadsheets (:mod:`.recognise`), records and spectra out of them
(:mod:`.series`), and pictures of labels (:mod:`.images`). ``read`` recognises any of them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
