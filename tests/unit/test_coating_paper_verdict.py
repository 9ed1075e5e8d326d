"""`solion reproduce coatings` on the cheapest case of every section: exit code, verdicts, page and figures."""

import json

from typer.testing import CliRunner

from solion.cli.app import app

CASES = ("sign", "healing", "misprints", "coating-ranking", "plating-maps", "coating-verdict", "closed-forms")


def test_a_case_of_every_section(tmp_path):
    answer = CliRunner().invoke(app, ["reproduce", "coatings", *CASES, "--quick", "--quiet", "--out", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    kept = json.loads((tmp_path / "verdicts.json").read_text())
    assert kept["reproduced"]
    assert {entry["name"] for entry in kept["cases"]} == set(CASES)
    assert (tmp_path / "report.html").stat().st_size > 10_000
    drawn = {image.stem for image in (tmp_path / "figures").glob("*.png")}
    assert drawn == {"signs", "misprints", "electrode", "maps", "verdict", "closed-forms"}
