"""Solion: a simulator of solid-state ionic devices."""

import jax

# The whole package computes in double precision; said once, here, before any array exists.
jax.config.update("jax_enable_x64", True)

__version__ = "0.1.0"
