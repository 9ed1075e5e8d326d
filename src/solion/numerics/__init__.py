"""Algebra and time stepping; no physics."""

import solion.backend  # noqa: F401
