"""Space; no physics."""

import solion.precision  # noqa: F401
