"""Hook of mkdocs: blocks ```` ```math ```` become MathML when pages are built: a browser fetches and runs nothing."""

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

BLOCK = re.compile(r"^```math\n(.*?)\n```$", re.M | re.S)
ML = "{http://www.w3.org/1998/Math/MathML}"
ElementTree.register_namespace("", ML.strip("{}"))
PARTS = {
    f"{ML}{name}": count for name, count in (("mfrac", 2), ("msub", 2), ("msup", 2), ("msubsup", 3), ("mover", 2), ("munder", 2))
}


def on_page_markdown(markdown, page, **_):
    """Put MathML in the place of each block of a page; a formula that cannot be read ends the build."""
    try:
        return BLOCK.sub(lambda match: f'\n<div class="equation">{mathml(match[1])}</div>\n', markdown)
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error


def on_page_content(html, page, **_):
    """A block that stands in a list or another block is not found above, and must not be shown as code."""
    if "language-math" in html:
        raise PluginError(f"{page.file.src_uri}: a block of math begins with spaces; let it begin the line")
    return html


def mathml(formula):
    """MathML of a formula in LaTeX.

    latex2mathml passes on what it does not know (``\\foo``, a brace too many) as text, and environments it does not know
    (``aligned``; ``split`` is known) with their ``&``, so the outcome is looked at.

    Raises:
        ValueError: the formula cannot be read; it is named.
    """
    try:
        found = ElementTree.fromstring(convert(formula, display="block"))
        for part in found.iter():
            _space(part)
            if part.tag == f"{ML}mi" and re.search(r"[\\{}]", part.text or ""):
                raise ValueError(f"{part.text} is not known")
            if len(part) != PARTS.get(part.tag, len(part)):
                raise ValueError(f"a part of {part.tag.removeprefix(ML)} is missing")
    except Exception as error:  # each fault of a formula has a class of its own there, some are StopIteration or IndexError
        raise ValueError(f"cannot read the formula ({type(error).__name__} {error})\n{formula}") from error
    return ElementTree.tostring(found, encoding="unicode")


def _space(row):
    """No room around a slash and a ∂, nor behind the sign of what follows an opening bracket, a comma or an equals sign."""
    before = None
    for part in row:
        if part.text in ("/", "∂"):
            part.attrib |= {"lspace": "0", "rspace": "0"}
        if part.text == "−" and (before is None or before.tag == f"{ML}mspace" or before.text in {"(", "[", "=", ","}):
            part.set("form", "prefix")
        before = part if part.tag != f"{ML}mi" or part.text else before  # an empty mi only says that an operator stands between
