"""Labels of Matplotlib as plain text: what stands between dollar signs is its notation for formulas."""

from __future__ import annotations

import re

_COMMANDS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Lambda": "Λ",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Omega": "Ω",
    "partial": "∂",
    "times": "×",
    "cdot": "·",
    "pm": "±",
    "leq": "≤",
    "geq": "≥",
    "le": "≤",
    "ge": "≥",
    "approx": "≈",
    "infty": "∞",
    "sqrt": "√",
    "propto": "∝",
    "rightarrow": "→",
    "to": "→",
    "circ": "°",
    "langle": "⟨",
    "rangle": "⟩",
    "ell": "ℓ",
}
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


def plain_text(label: str) -> str:
    """A label without formulas: "current $i$ (µA)" is "current i (µA)", "$i/i_\\mathrm{D}$" is "i/i_D"."""
    parts = re.split(r"(?<!\\)\$", label)
    return "".join(_formula(part) if k % 2 else part for k, part in enumerate(parts)).replace(r"\$", "$").strip()


def _formula(text: str) -> str:
    text = re.sub(r"\\(?:mathrm|mathit|mathbf|bf|rm|it|text|operatorname)\s*\{([^{}]*)\}", r"{\1}", text)
    text = re.sub(r"\\bar\s*\{?(\w)\}?", "\\1\u0304", text)
    text = re.sub(r"\\(?:left|right|quad|[,;! ])", " ", text)
    text = re.sub(r"\\([A-Za-z]+)\s?", lambda found: _COMMANDS.get(found[1], found[1]), text)
    text = re.sub(r"\^(?:\{([^{}]*)\}|(.))", lambda found: _shifted(found[1] or found[2] or "", "^", _RAISED), text)
    text = re.sub(r"_(?:\{([^{}]*)\}|(.))", lambda found: _shifted(found[1] or found[2] or "", "_", _LOWERED), text)
    return re.sub(r"[{}]", "", text)


def _shifted(text: str, mark: str, letters: dict[int, int]) -> str:
    """A raised or lowered piece in letters of that kind where all of them exist, else after its mark."""
    return text.translate(letters) if text and all(ord(letter) in letters for letter in text) else mark + text
