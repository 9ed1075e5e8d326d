"""``solion cache``: the compiled programs on disk."""

from __future__ import annotations

from typing import Annotated

import typer

from solion.cli.app import app


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove them; the next run of each kind compiles anew.")] = False,
) -> None:
    """Say where compiled programs are kept and how much there is, or clear them."""
    from solion.base import cache

    if (named := cache.named_folder()) is None:
        print("No compiled programs are kept: SOLION_CACHE is empty.")
        return
    folder = named / cache.PROGRAMS
    found = cache.entries(folder)
    size = sum(about.st_size for _, about in found) / 1e6
    words = f"{len(found)} compiled programs, {size:.0f} MB"
    if clear:
        cache.clear(folder)
        print(f"{folder}: {words} removed.")
    else:
        print(f"{folder}: {words}; at most {cache.limit() / 1e6:.0f} MB (SOLION_CACHE_MB), the least recently used go first.")
