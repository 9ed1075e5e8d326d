"""Algebra and time stepping; no physics."""

import solion.base.backend  # noqa: F401
