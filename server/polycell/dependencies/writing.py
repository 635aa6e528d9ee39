"""Which declaration is being written at a place: told from the line as far as the cursor, or from a metadata value."""

from __future__ import annotations

import re

from msgspec import Struct

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.dependencies.install_commands import takes_value
from polycell.dependencies.metadata import listed_at
from polycell.dependencies.model import Ecosystem, Path

_INSTALL = r"\s+install\s+(?:.*\s)?[\"']?(?P<written>[^\s\"']*)$"
_INSTALLERS: tuple[tuple[Ecosystem, re.Pattern[str]], ...] = (
    ("python", pattern(r"(?:^|[!%\s/])(?:pip[\d.]*|uv\s+pip)" + _INSTALL)),
    ("conda", pattern(r"(?:^|[!%\s/])(?:conda|mamba|micromamba)" + _INSTALL)),
)
_DBUTILS = pattern(r"\bdbutils\.library\.installPyPI\(\s*[\"'](?P<written>[^\"']*)$")
_STRING = pattern(r"^#\s*(?:dependencies\s*=\s*\[.*)?[\"'](?P<written>[^\"']*)$")
_COORDINATE = pattern(
    r"import\s+\$(?:plugin\.\$)?(?:ivy|dep)\.(?:\{.*)?`(?P<ivy>[^`\s]*)$"
    r"|//>\s*using\s+(?:(?:test|compileOnly)\.)?(?:deps?|libs?|dependency|dependencies|plugins?)\s+(?:.*[\s,])?\"?"
    r"(?P<using>[^`\"\s,]*)$"
)
_ADD_DEPS = pattern(r"^\s*%AddDeps\s+(?P<written>[\w.-]*(?:\s+[\w.-]*){0,2})$")
_JARS = pattern(r'"spark\.jars\.packages"\s*:\s*"(?:[^"]*,)?\s*(?P<written>[^",\s]*)$')
_SESSION = pattern(r"[\"']spark\.jars\.packages[\"']\s*(?:,|->)\s*[\"'](?:[^\"']*,)?\s*(?P<written>[^\"',\s]*)$")
_NUGET = pattern(r'^\s*#r\s+@?"\s*nuget\s*:\s*(?P<written>[^"]*)$')
_SHELLS = frozenset({"bash", "sh", "shellscript", "shell", "zsh"})
_NUGET_LANGUAGES = frozenset({"csharp", "fsharp", "powershell"})


LONGEST = 10_000  # characters of a line that is looked at


class Writing(Struct, frozen=True):
    """`text` is what is written so far of one requirement; `parted` is what stands between the parts of a
    coordinate."""

    ecosystem: Ecosystem
    text: str
    parted: str = ":"


def being_written(cell: Cell, line: str) -> Writing | None:
    """`line` is the cursor's, as far as the cursor. None where no declaration is written."""
    if cell.kind == "markup" or len(line) > LONGEST:
        return None
    if "%%configure" in cell.text and (jars := _JARS.search(line)) is not None:
        return Writing("maven", jars["written"])
    if cell.language in ("python", "scala") and (jars := _SESSION.search(line)) is not None:
        return Writing("maven", jars["written"])
    if cell.language == "scala":
        if added := _ADD_DEPS.match(line):
            return Writing("maven", added["written"], " ")
        found = _COORDINATE.search(line)
        return Writing("maven", found["ivy"] if found["ivy"] is not None else found["using"]) if found else None
    if cell.language in _NUGET_LANGUAGES:
        found = _NUGET.match(line)
        return Writing("nuget", found["written"]) if found else None
    if cell.language == "python" or cell.language in _SHELLS or cell.language == "":
        return _python(cell, line)
    return None


def _python(cell: Cell, line: str) -> Writing | None:
    for ecosystem, installer in _INSTALLERS:
        if (found := installer.search(line)) is not None:
            before = line[: found.start("written")].rstrip("\"'").split()
            if takes_value(before[-1], ecosystem):
                return None  # a file, an address
            return Writing(ecosystem, found["written"])
    if (found := _DBUTILS.search(line)) is not None:
        return Writing("python", found["written"])
    if line.startswith("#") and "# /// script" in cell.text and (found := _STRING.search(line)) is not None:
        return Writing("python", found["written"])
    return None


def value_being_written(path: Path, before: str) -> Writing | None:
    """`before` is the text of a metadata value as far as the cursor."""
    listed = listed_at(path)
    if listed is None:
        return None
    # Only the text of Spark's packages holds several.
    return Writing(listed[0], before if isinstance(path[-1], int) else before.rpartition(",")[2].lstrip())
