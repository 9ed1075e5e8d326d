"""Extension of griffe: the numbers of a part, declared by ``parameter(...)``, document themselves in the reference."""

import ast

import griffe

DECLARED = ("parameter", "positive_parameter")


class Numbers(griffe.Extension):
    """Gives each such attribute its meaning, unit and default as a docstring."""

    def on_attribute_instance(self, *, attr, **_):
        """Called for each attribute that griffe reads."""
        value = attr.value
        if attr.docstring is not None or not isinstance(value, griffe.ExprCall) or str(value.function) not in DECLARED:
            return
        call = ast.parse(str(value), mode="eval").body
        given = {word.arg: ast.unparse(word.value) for word in call.keywords}
        text = ast.literal_eval(given.get("doc", "''"))
        unit = ast.literal_eval(given.get("unit", "'1'"))
        text += f"; in {unit}" if unit != "1" else ""
        text += f"; {ast.unparse(call.args[0])} unless given" if call.args else ""
        if str(value.function) == "positive_parameter":
            given |= {"low": "0", "open_low": "True"}
        left = "(" if "open_low" in given or "low" not in given else "["
        right = ")" if "open_high" in given or "high" not in given else "]"
        if "low" in given or "high" in given:
            text += f"; within {left}{given.get('low', '-inf')}, {given.get('high', 'inf')}{right}"
        attr.docstring = griffe.Docstring(f"{text}.", parent=attr)
