"""How the package uses JAX, said once: double precision, and compiled code kept on disk between processes.

Importing this module switches both on, before any array exists and anything is compiled. Compiled code goes to the
user's cache folder, or to ``$SOLION_CACHE``; an empty ``SOLION_CACHE`` keeps none, and a JAX cache that is already
configured is left alone.
"""

import os
from pathlib import Path

import jax


def cache_folder() -> Path | None:
    """Folder for compiled code, or None where none is wanted."""
    named = os.environ.get("SOLION_CACHE")
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "solion"


jax.config.update("jax_enable_x64", True)
if jax.config.values["jax_compilation_cache_dir"] is None and (folder := cache_folder()) is not None:
    jax.config.update("jax_compilation_cache_dir", str(folder / "xla"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
