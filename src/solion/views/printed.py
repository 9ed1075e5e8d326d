"""What the source of a study prints against what is found: calibrated, predicted, contradicted or assumed."""

from __future__ import annotations

from solion.analysis.data import Data
from solion.views.page import Markup, badge, html, practical, symbols, table
from solion.views.view import AbstractView

STANDINGS = {"calibrated": "violet", "predicted": "good", "contradicted": "bad", "assumed": "warn"}


class PrintedView(AbstractView):
    """A table of printed and found numbers."""

    name = "printed"
    title = "Printed and found"
    rank = 90.0

    def draws(self, data: Data) -> bool:
        return False

    def applies(self, data: Data) -> bool:
        return bool(data.attribute("printed", []))

    def table(self, data: Data) -> Markup:
        from solion.views import metrics

        known, rows = {metric.name: metric for metric in metrics(data)}, []
        for entry in data.attribute("printed", []):
            metric = known.get(entry["metric"])
            text = practical(metric.value, metric.unit) if metric else html(entry["found"] or "not in this run")
            standing = badge(entry["standing"], STANDINGS.get(entry["standing"], "plain"))
            rows.append((entry["name"], entry["printed"], text, standing, symbols(entry["why"])))
        return table(("number", "printed", "found", "standing", "why"), rows, "tttts")
