"""Cells of data that are charts: JSON or YAML whose `$schema` is one of Vega's."""

from __future__ import annotations

from polycell.core.patterns import pattern

# `$schema` stands at the top of a specification by custom; data below may be long.
LOOKED_AT = 4096

_SCHEMA = pattern(r"""["']?\$schema["']?\s*:\s*["']?https?://vega\.github\.io/schema/(vega-lite|vega)/v\d""")
_DATA = frozenset({"json", "jsonc", "yaml"})


def chart_language(language: str, text: str) -> str:
    """The language of a cell that is `language` by everything else: "vega-lite" or "vega" for a specification."""
    if language not in _DATA or "$schema" not in text:
        return language
    found = _SCHEMA.search(text, 0, LOOKED_AT) or _SCHEMA.search(text, max(0, len(text) - LOOKED_AT))
    return found[1] if found else language
