"""Algebra and time stepping; no physics."""

import solion.precision  # noqa: F401
