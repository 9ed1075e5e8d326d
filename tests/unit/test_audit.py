"""Numbers that never lose a run."""

from solion.analysis.data import Data
from solion.analysis.metric import pure
from solion.views import numbers_of


class Breaking:
    """A view of which the second number cannot be worked out."""

    name = "breaking"

    def metrics(self, data):
        yield pure("first", 1.0, "known")
        raise ZeroDivisionError("a conductance of zero")


def test_a_number_that_cannot_be_had_loses_no_other():
    first, second = numbers_of(Breaking(), Data(None))
    assert first.name == "first"
    assert second.value == "not available"
    assert "a conductance of zero" in second.meaning
