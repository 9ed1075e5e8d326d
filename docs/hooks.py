"""Hook of mkdocs: references of docstrings, :class:`Surface`, appear as code without their role."""

import re

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr):<code>~?([^<]*)</code>")


def on_page_content(html, **_):
    """Strip the roles from a rendered page."""
    return ROLE.sub(r"<code>\1</code>", html)
