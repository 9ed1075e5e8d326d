"""Space; no physics."""

import solion.base.backend  # noqa: F401
