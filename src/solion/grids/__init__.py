"""Space; no physics."""

import solion.backend  # noqa: F401
