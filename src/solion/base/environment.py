"""Variables of the environment that the package heeds."""

CACHE = "SOLION_CACHE"  # folder of compiled programs; empty: none is kept on disk
CACHE_MB = "SOLION_CACHE_MB"  # how large it may grow
FORBID = "SOLION_NO_CODE"  # anything but empty: no Python file that a study names is executed
