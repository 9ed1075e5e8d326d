"""Verdicts on lithium coatings: candidates with uncertain numbers, plating underneath or on top, ranking, maps, report."""

from solion.explore.coating.candidate import CoatingCandidate, load_candidate, read_candidate
from solion.explore.coating.checklist import CoatingChecklist, checklist, logistic_score
from solion.explore.coating.maps import PlatingMap, plating_map
from solion.explore.coating.ranking import CoatingRanking, load_folder, rank_coatings, ranking_of
from solion.explore.coating.report import write_map, write_verdicts
from solion.explore.coating.uneven import UnevenCoating, electrode_of, uneven_coating, write_uneven
from solion.explore.coating.verdict import CoatingVerdict, check_coating, threshold_indices

__all__ = [
    "CoatingCandidate",
    "CoatingChecklist",
    "CoatingRanking",
    "CoatingVerdict",
    "PlatingMap",
    "UnevenCoating",
    "check_coating",
    "checklist",
    "electrode_of",
    "load_candidate",
    "load_folder",
    "logistic_score",
    "plating_map",
    "rank_coatings",
    "ranking_of",
    "read_candidate",
    "threshold_indices",
    "uneven_coating",
    "write_map",
    "write_uneven",
    "write_verdicts",
]
