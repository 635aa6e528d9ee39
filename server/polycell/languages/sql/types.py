"""The types of each dialect by their names, as data (`types.txt`), the most usual first."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _types() -> dict[str, tuple[str, ...]]:
    text = resources.files("polycell.languages.sql").joinpath("types.txt").read_text(encoding="utf-8")
    lines = [line.partition(":") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: tuple(word.replace("|", " ") for word in words.split()) for name, _, words in lines}


def types(dialect: str, *, cast: bool = False) -> tuple[str, ...]:
    """Names of types, of several words where they have several (`DOUBLE PRECISION`); with `cast`, those of a CAST."""
    known = _types()
    return (known.get(f"{dialect} cast") if cast else None) or known.get(dialect, known[""])
