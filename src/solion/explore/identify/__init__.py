"""What limits a moving front: its length in time fitted by laws, ranked, with a verdict, a posterior and the next experiment."""

from solion.explore.identify.front_series import FrontSeries, Noise, front_series, read_series
from solion.explore.identify.identification import Identification, identify
from solion.explore.identify.movie import FrontMovie, contours, read_movie
from solion.explore.identify.report import write_identification
from solion.explore.identify.specimen import MEANINGS, Meaning, Specimen

__all__ = [
    "MEANINGS",
    "FrontMovie",
    "FrontSeries",
    "Identification",
    "Meaning",
    "Noise",
    "Specimen",
    "contours",
    "front_series",
    "identify",
    "read_movie",
    "read_series",
    "write_identification",
]
