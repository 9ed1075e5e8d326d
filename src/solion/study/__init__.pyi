from . import files as files
from .catalogue import builtin_studies as builtin_studies
from .catalogue import listing as listing
from .folder import execute as execute
from .study import Study as Study
from .study import interpret as interpret
from .study import load as load
from .study import schema as schema
