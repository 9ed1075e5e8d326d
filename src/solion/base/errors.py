"""The errors a user can meet; each message is one sentence that names part, value, allowed range and remedy."""


class SolionError(Exception):
    """Base of all errors raised on purpose. ``exit_code`` is what the command line returns."""

    exit_code = 1


class InputError(SolionError, ValueError):
    """Something the user wrote cannot be: an unknown key, a wrong unit, a value outside its range."""

    exit_code = 2


class RunError(SolionError, RuntimeError):
    """A run ended without a result; the message says what happened, where, when and what to try."""


def nearest(word: str, known) -> str:
    """`` (did you mean 'thickness'?)``, or nothing where no known word is close."""
    from difflib import get_close_matches

    match = get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.6)
    return f" (did you mean {match[0]!r}?)" if match else ""
