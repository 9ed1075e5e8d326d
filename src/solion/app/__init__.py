"""The explorer: a page in the browser on which a study is chosen, its numbers moved, and its run seen at once."""

from solion.app.server import Explorer, explore

__all__ = ["Explorer", "explore"]
