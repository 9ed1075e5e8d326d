"""Pieces of a self-contained HTML page: frame and style, tables, badges, numbers with units; nothing that is fetched."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from solion.views.style import prefixed

_PREFIXED = {"s", "V", "A", "W", "J", "C", "S", "m", "ohm", "Hz"}
_PRACTICAL = {"S/m": (10, "mS/cm"), "ohm m2": (1e4, "Ω cm²"), "A/m2": (0.1, "mA/cm²")}  # as the field writes them
_GREEK = {
    "alpha": "α",
    "eta": "η",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "rho": "ρ",
    "tau": "τ",
    "theta": "θ",
    "Omega": "Ω",
    "sigma": "σ",
    "gamma": "γ",
    "phi": "φ",
}
_GREEK_NAMES = re.compile(rf"(?<![^\W_])({'|'.join(_GREEK)})(?![^\W_])")

RESOLUTION = 160  # dots per inch
STYLE = Path(__file__).with_name("report.css")
BREAK = r"\1<wbr>"  # a place where a line may be broken, after what was matched


class Markup(str):
    """Text that is HTML already; everything else is escaped when it enters the page."""

    __slots__ = ()


def html(value: object) -> Markup:
    """A value as HTML text, escaped unless it is :class:`Markup`."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def page(title: str, body: Iterable[Markup]) -> str:
    """A whole page."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def write_page(folder: Path, title: str, body: Iterable[Markup]) -> Path:
    """Write ``report.html`` with the pieces that are not empty; returns its path."""
    path = folder / "report.html"
    path.write_text(page(f"{title} · Solion", [part for part in body if part]), encoding="utf-8")
    return path


def header(title: str, lead: str, sections: Mapping[str, str] | None = None) -> Markup:
    """Title, a line of small print, and links to the sections, given by their names with what they are called."""
    links = "".join(f'<a href="#{escape(name)}">{html(text)}</a>' for name, text in (sections or {}).items())
    head = f'<header><h1>{html(title)}</h1><p class="lead">{html(lead)}</p></header>'
    return Markup(f"{head}\n<nav>{links}</nav>" if links else head)


def verdict(pills: Markup, *sentences: Markup) -> Markup:
    """The bar on top that says how it went."""
    return Markup(f'<section class="status">{pills}{"".join(f"<p>{text}</p>" for text in sentences)}</section>')


def warning_box(texts: Sequence[str]) -> Markup:
    """Warnings in a box, nothing where there are none."""
    items = "".join(f"<li>{html(text[:1].upper() + text[1:])}</li>" for text in texts)
    return Markup(f'<section class="warnings"><h2>Warnings</h2><ul>{items}</ul></section>' if items else "")


def tiles(entries: Iterable[tuple[object, object, object]]) -> Markup:
    """Numbers in large type: what each is, its value, and a line below."""
    found = "".join(
        f'<div class="tile"><span>{html(name)}</span><b>{html(value)}</b>{f"<span>{html(below)}</span>" if below else ""}</div>'
        for name, value, below in entries
    )
    return Markup(f'<div class="tiles">{found}</div>' if found else "")


def section(name: str, heading: str, *content: Markup) -> Markup:
    """A card with a heading that the contents can point to."""
    return Markup(f'<section id="{escape(name)}">\n<h2>{html(heading)}</h2>\n' + "\n".join(content) + "\n</section>")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], kinds: str = "") -> Markup:
    """A table; ``kinds`` has a letter for each column: n number, w one line, s small print, and t plain text."""
    classes = {"n": ' class="number"', "w": ' class="nowrap"', "s": ' class="small"', "t": ""}
    marks = [classes[kind] for kind in (kinds or "t" * len(heads))]
    head = "".join(f"<th{mark if 'number' in mark else ''}>{html(text)}</th>" for text, mark in zip(heads, marks, strict=True))
    lines = (
        "<tr>" + "".join(f"<td{mark}>{html(cell)}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>" for row in rows
    )
    body = "\n".join(lines)
    return Markup(f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>')


def side_by_side(left: Markup, right: Markup) -> Markup:
    """Two pieces beside one another, on a narrow screen one below the other."""
    return Markup(f'<div class="pairs"><div>{left}</div><div>{right}</div></div>')


def badge(text: str, tone: str) -> Markup:
    """A word on a coloured ground; tones are good, info, warn, bad, plain and violet."""
    return Markup(f'<span class="badge {tone}">{escape(text)}</span>')


def code(text: str) -> Markup:
    """Text in the typewriter face; a dotted path may be broken after its dots and underscores."""
    return Markup(f"<code>{re.sub('([._])', BREAK, escape(text))}</code>")


def drawn(canvas: Figure, folder: Path, name: str, resolution: int = RESOLUTION) -> bytes:
    """Draw a figure once: as ``folder/name.png``, and as the bytes that :func:`picture` puts into the page."""
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", dpi=resolution)
    (folder / f"{name}.png").write_bytes(buffer.getvalue())
    return buffer.getvalue()


def picture(data: bytes, name: str, caption: str) -> Markup:
    """A PNG inside the page, with its caption."""
    return framed(image(data, caption), name, caption)


def image(data: bytes, caption: str = "") -> Markup:
    """A PNG as an element that holds it; ``caption`` is what a reader of the page hears."""
    encoded = base64.b64encode(data).decode("ascii")
    return Markup(f'<img alt="{escape(caption)}" style="max-width:100%" src="data:image/png;base64,{encoded}">')


def framed(content: Markup, name: str, caption: str) -> Markup:
    """Content above its caption, found as ``#figure-name``."""
    words = html(caption)
    return Markup(
        f'<figure id="figure-{escape(name)}"><div class="scroll">{content}</div><figcaption>{words}</figcaption></figure>'
    )


def number(value: float, digits: int = 4) -> Markup:
    """A number with so many digits, its power of ten written out: 3 × 10⁻¹⁵."""
    if value != value:
        return Markup("&mdash;")
    if math.isinf(value):
        return Markup("&infin;" if value > 0 else "&minus;&infin;")
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        plain = f"{value:.{digits}g}"
        plain = f"{value:.0f}" if "e" in plain else plain
        return Markup(plain.replace("-", "&minus;"))
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    times = f"{mantissa} &times; " if mantissa not in ("1", "-1") else mantissa[:-1]
    return Markup(f"{times}10<sup>{int(exponent)}</sup>".replace("-", "&minus;"))


def quantity(value: float, unit: str) -> Markup:
    """A number in its SI unit, with a prefix where the unit takes one."""
    if unit in _PREFIXED and math.isfinite(value) and value != 0:
        factor, prefix = prefixed([value], "")
        return Markup(f"{number(value * factor)} {prefix}{unit_text(unit)}")
    return Markup(f"{number(value)} {unit_text(unit)}".strip())


def practical(value: float | str, unit: str) -> Markup:
    """A value as the field writes it, conductivities in mS/cm; a word as it is, nan as what never happened."""
    if isinstance(value, str):
        return html(value)
    if value != value:
        return Markup("never")
    factor, name = _PRACTICAL.get(unit, (1.0, ""))
    return Markup(f"{number(value * factor)} {html(name)}") if name else quantity(value, unit)


def unit_text(unit: str) -> Markup:
    """A unit as HTML, nothing for a pure number."""
    return Markup("") if unit in ("", "1") else symbols(re.sub(r"(?<=[a-zA-Z])(?=\d)", "^", unit).replace("ohm", "Ω"))


def symbols(text: str) -> Markup:
    """Plain text as HTML, with names of Greek letters as letters, indices (D_p0) lowered and powers (h^2) raised."""
    greek = _GREEK_NAMES.sub(lambda match: _GREEK[match[0]], escape(text, quote=False))
    lowered = re.sub(r"(?<![^\W_])([^\W_])_(\w+)", _lowered, greek)
    return Markup(re.sub(r"\^(-?\d+)", r"<sup>\1</sup>", lowered).replace("<sup>-", "<sup>&minus;"))


def _lowered(match: re.Match) -> str:
    return f"{match[1]}<sub>{match[2].replace('_', ',')}</sub>"
