"""What our texts for engines have around the cells: all of it begins with `_polycell`, so that it can be told from the
user's names and taken out of what an engine says."""

from __future__ import annotations

from polycell.core.patterns import pattern

MARK = "_polycell"
_GLUE = pattern(rf"\b{MARK}_(?:m_\w+?\.|(?P<class>[A-Za-z]+)_\d+\b)")


def without_glue(text: str) -> str:
    """What an engine says, with the names that we gave to its classes replaced by those that people know."""
    return _GLUE.sub(lambda found: found["class"] or "", text) if MARK in text else text
