"""Tables written in random dialects: read as they were meant or refused, never anything else."""

import random

import numpy as np
import pytest

import solion as so
from solion.base.errors import InputError

NAMES = {
    "time": (("time", "Time", "t", "Elapsed Time"), {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}),
    "voltage": (("voltage", "Voltage", "V", "Ewe", "potential"), {"V": 1.0, "mV": 1e-3}),
    "current": (("current", "Current", "I", "<I>"), {"A": 1.0, "mA": 1e-3, "µA": 1e-6, "nA": 1e-9}),
}
FORMS = (
    "{name} [{unit}]",
    "{name} ({unit})",
    "{name}/{unit}",
    "{name} / {unit}",
    "{name} {unit}",
    "{name}_{unit}",
    "{name} in {unit}",
)


def written(draw: random.Random, path):
    """A table of three quantities in a random order, dialect and encoding; what it holds in SI."""
    rows = draw.randrange(3, 40)
    values = {
        "time": np.cumsum([draw.uniform(0.01, 2) for _ in range(rows)]),
        "voltage": np.array([draw.uniform(-3, 3) for _ in range(rows)]),
        "current": np.array([draw.uniform(-1, 1) * 10 ** draw.uniform(-9, -3) for _ in range(rows)]),
    }
    order = draw.sample(list(values), 3)
    if draw.random() < 0.3:
        order.insert(draw.randrange(4), "index")
    separator, decimal = draw.choice([(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), (", ", "."), (" ", ".")])
    form, factors, headings, columns = draw.choice(FORMS), {}, [], []
    digits = draw.choice(["{:.9g}", "{:.9e}", "{:.12f}"])
    for name in order:
        if name == "index":
            headings.append(draw.choice(["", "index", "Pt", "#"]) if separator != " " else "index")
            columns.append([str(k) for k in range(rows)])
            continue
        unit, factors[name] = draw.choice(list(NAMES[name][1].items()))
        title = draw.choice([n for n in NAMES[name][0] if separator != " " or " " not in n])
        headings.append(form.format(name=title, unit=unit))
        columns.append([digits.format(v / factors[name]).replace(".", decimal) for v in values[name]])
    top = separator.join(f'"{text}"' if draw.random() < 0.1 and separator == "," else text for text in headings)
    above = draw.choice([[], ["# a remark"], ["  # a remark", ""], ["Instrument: SMU 7", "Operator: nobody"]])
    if draw.random() < 0.2:
        above, top = [], "# " + top
    lines = [*above, top, *(separator.join(row) for row in zip(*columns, strict=True))]
    lines += draw.choice([[], [""], ["END OF DATA"]])
    newline = draw.choice(["\n", "\r\n", "\r"])
    encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    path.write_bytes((newline.join(lines) + draw.choice(["", newline])).encode(encoding))
    return values, digits


@pytest.mark.parametrize("seed", range(6))
def test_random_dialects(seed, tmp_path):
    draw, opened = random.Random(seed), 0
    for _ in range(60):
        path = tmp_path / "table.txt"
        values, digits = written(draw, path)
        try:
            found = so.read(path)
        except InputError:
            continue
        opened += 1
        for name, expected in values.items():
            close = 2e-8 if digits != "{:.12f}" else 1e-3
            np.testing.assert_allclose(
                found[name], expected, rtol=close, atol=1e-10, err_msg=path.read_bytes().decode("latin-1")[:400]
            )
    assert opened >= 50  # refused: words for units between spaces, and "#" as the first heading
