"""``python -m solion`` is the command ``solion``."""

from solion.cli import main

if __name__ == "__main__":
    main()
