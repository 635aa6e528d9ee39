"""Functions of SQL in our own words: those that nearly every database has, and the usual ones of each dialect.

The words are data (`functions.txt`). What else there is DuckDB's own catalogue tells (`duckdb_functions`), or sqlglot's
(`more_functions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

from msgspec import Struct


class _Section(Struct, frozen=True):
    """`lines`: name → line, of `dialects`, or of all but these."""

    dialects: frozenset[str]
    others: bool
    lines: Mapping[str, str]

    def holds(self, dialect: str) -> bool:
        return (dialect in self.dialects) is not self.others


@lru_cache(maxsize=1)
def _sections() -> tuple[_Section, ...]:
    text = resources.files("polycell.languages.sql").joinpath("functions.txt").read_text(encoding="utf-8")
    return tuple(_read(text))


def _read(text: str) -> Iterator[_Section]:
    made: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("["):
            made = {}
            words = line.strip("[]").split()
            yield _Section(frozenset(words) - {"all", "but"}, words[0] == "all", made)
        elif line and not line.startswith("#"):
            made[line.partition("(")[0].partition(":")[0].split()[0]] = line


def line_of(dialect: str, name: str) -> str:
    """The line of a function, whatever the case of its name; "" for one that is not here."""
    known = functions(dialect)
    return known.get(name) or known.get(name.lower()) or _folded(dialect).get(name.lower(), "")


@lru_cache(maxsize=64)
def _folded(dialect: str) -> Mapping[str, str]:
    return {name.lower(): line for name, line in functions(dialect).items()}


@lru_cache(maxsize=64)
def functions(dialect: str) -> Mapping[str, str]:
    """Function names of a dialect with a line of documentation each."""
    made: dict[str, str] = {}
    for section in _sections():
        if section.holds(dialect):
            made.update(section.lines)
    return made
