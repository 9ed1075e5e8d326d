"""Hooks of mkdocs: references of docstrings, :class:`Surface`, appear as code without their role; tables of verdicts; the
gallery; and the reference of whatever is public and stands on no other page."""

import ast
import json
import re
import tomllib
from pathlib import Path

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr):<code>~?([^<]*)</code>")
MARK = re.compile(r"^<!-- (?P<what>verdicts|choices|summary) (?P<paper>[\w-]+)(?: (?P<case>[\w-]+))? -->$", re.M)
GALLERY = re.compile(r"^<!-- gallery (?P<kind>[\w-]+) -->$", re.M)
SOURCES = re.compile(r"^<!-- sources of the gallery -->$", re.M)
REST = re.compile(r"^<!-- other modules (?P<room>[\w-]+) -->$", re.M)
INDEX = re.compile(r"\b(Da|[^\W\d_])_(\w+)")
WORDS = {"holds": "holds", "FAILS": "**fails**", "input": "input", "calibrated": "calibrated"}  # others are missed


def on_page_content(html, **_):
    """Strip the roles from a rendered page."""
    return ROLE.sub(r"<code>\1</code>", html)


def on_page_markdown(markdown, config, **_):
    """Put the tables of ``solion reproduce`` in the place of ``<!-- verdicts film 2a -->`` and its like."""
    docs = Path(config["docs_dir"])
    markdown = MARK.sub(lambda match: _table(docs, **match.groupdict()), markdown)
    markdown = GALLERY.sub(lambda match: _cards(docs, match["kind"]), markdown)
    markdown = SOURCES.sub(lambda _: _sources(docs), markdown)
    return REST.sub(lambda match: _modules(docs, match["room"]), markdown)


def _table(docs, what, paper, case):
    kept = json.loads((docs / paper / "verdicts.json").read_text(encoding="utf-8"))
    cases = kept["cases"]
    if what == "summary":
        rows = [(entry["name"], entry["title"], entry["place"], entry["counts"]) for entry in cases]
        table = _rows(("case", "what", "in the paper", "claims"), rows)
        sorts = _rows(("a claim is", "if it"), kept["sorts"].items())
        return f"**{kept['counts'][0].upper()}{kept['counts'][1:]}.**\n\n{sorts}\n\n{table}"
    (entry,) = (entry for entry in cases if entry["name"] == case)  # a page that names another case must not be built
    if what == "choices":
        rows = [[choice[key] for key in ("what", "chosen", "why", "range")] for choice in entry["choices"]]
        return _rows(("not in the text", "chosen", "why", "range over which the claims hold"), rows)
    rows = []
    for verdict in entry["verdicts"]:
        cells = [
            verdict[large] + (f"<br><small>{verdict[small]}</small>" if verdict[small] else "")
            for large, small in (("found", "note"), ("band", "reason"), ("sort", "basis"))
        ]
        word = verdict["verdict"]
        rows.append((verdict["claim"], *cells, WORDS.get(word, f"*{word}*")))
    says = INDEX.sub(r"\1<sub>\2</sub>", f"{entry['says']} ({entry['place']}.)\n\nRun: {entry['runs']}.\n\n")
    return says + _rows(("claim", "found", "band, and why", "is, by", "verdict"), rows)


def _rows(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[INDEX.sub(r"\1<sub>\2</sub>", str(cell).replace("|", "\\|")) for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def _pictures(docs):
    return tomllib.loads((docs / "gallery.toml").read_text(encoding="utf-8"))["picture"]


def _source(entry):
    """What a picture is drawn from: how to call it, and the file that is shown, if any."""
    if "study" in entry:
        return f"solion run {entry['study']}", f"src/solion/study/builtin/{entry['study']}.toml"
    if "script" in entry:
        return f"python {entry['script']}", entry["script"]
    return entry["command"].replace("OUT", "runs/out"), None


def _anchor(path):
    return re.sub(r"[^a-z0-9]+", "-", Path(path).name.lower()).strip("-")


def _cards(docs, kind):
    """The pictures of one kind, each with what it shows, the page that explains it and what draws it."""
    cards = []
    for entry in _pictures(docs):
        if entry["kind"] != kind:
            continue
        call, path = _source(entry)
        drawn = f"[`{call}`](#{_anchor(path)})" if path else f"`{call}`"
        alt = f"{entry['title']}: {entry['words']}".replace('"', "'")
        cards.append(
            f'<figure markdown="1">\n\n[![{alt}]({entry["file"]}){{ loading=lazy }}]({entry["file"]})\n\n'
            f"**{entry['title']}.** {entry['words']} [More]({entry['page']}) · {drawn}\n\n</figure>"
        )
    return '<div class="gallery" markdown="1">\n\n' + "\n\n".join(cards) + "\n\n</div>"


def _sources(docs):
    """The study or script of each picture, folded."""
    parts = []
    for path in dict.fromkeys(path for entry in _pictures(docs) if (path := _source(entry)[1])):
        language = "toml" if path.endswith(".toml") else "{ .python }"
        head = f"### {Path(path).name} {{ #{_anchor(path)} }}"
        parts.append(f'{head}\n\n??? example "{path}"\n    ```{language}\n    --8<-- "{path}"\n    ```')
    return "\n\n".join(parts)


def _modules(docs, room):
    """Directives for the modules that a room of the package exports names from and no page of the reference holds."""
    source = docs.parent / "src" / "solion"
    told = {
        line.removeprefix("::: ").strip()
        for page in (docs / "reference").glob("*.md")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("::: ")
    }
    modules = {}
    for name, module in exported(source, room).items():
        modules.setdefault(module, []).append(name.rpartition(".")[2])
    options = "\n    options:\n      show_root_heading: true\n      show_root_full_path: true"
    found = []
    for module, names in modules.items():
        if any(module == page or module.startswith(f"{page}.") for page in told):
            continue
        if any(page.startswith(f"{module}.") for page in told):  # some of its names stand elsewhere
            found += [f"::: {module}.{name}{options}" for name in names if f"{module}.{name}" not in told]
        else:
            found.append(f"::: {module}{options}")
    return "\n\n".join(found) or "All of it stands on the pages above."


def exported(source, room):
    """Public names of a room, with the module that each comes from."""
    stub = source / room / "__init__.pyi"
    path = stub if stub.exists() else source / room / "__init__.py"
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            module = f"solion.{room}.{node.module}" if node.level else node.module
            found |= {alias.asname or alias.name: module for alias in node.names if module.startswith("solion.")}
        elif isinstance(node, ast.ImportFrom) and node.level:
            for alias in node.names:
                if (source / room / alias.name / "__init__.py").exists():
                    inner = exported(source, f"{room}/{alias.name}")
                    found |= {f"{alias.name}.{name}": module.replace("/", ".") for name, module in inner.items()}
                elif (source / room / f"{alias.name}.py").exists():
                    found[alias.name] = f"solion.{room}.{alias.name}"
    return {name: module.replace("/", ".") for name, module in found.items()}
