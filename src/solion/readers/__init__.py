"""Files of laboratories: what they hold, by name, unit and sign, in SI; nothing is guessed.

Columns of numbers from instruments and spreadsheets (:mod:`.recognise`), records and spectra out of them
(:mod:`.series`), and pictures of labels (:mod:`.images`). ``read`` recognises any of them.
"""

from solion.readers.opened import LaboratoryFile, read
from solion.readers.recognise import read_table
from solion.readers.series import MeasuredSpectrum, TimeRecord, record_of, spectrum_of
from solion.readers.table import Column, Table

__all__ = [
    "Column",
    "LaboratoryFile",
    "MeasuredSpectrum",
    "Table",
    "TimeRecord",
    "read",
    "read_table",
    "record_of",
    "spectrum_of",
]
