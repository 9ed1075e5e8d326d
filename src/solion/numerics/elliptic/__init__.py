"""Large sparse linear systems of elliptic equations."""
