"""Study files: a device, a protocol and settings as TOML, checked key by key, with units."""

from solion.study.catalogue import builtin_studies, listing
from solion.study.folder import complete, execute
from solion.study.study import Study, interpret, load, schema

__all__ = ["Study", "builtin_studies", "complete", "execute", "interpret", "listing", "load", "schema"]
