"""What a notebook's saved outputs say was installed when it last ran: `pip freeze`, `pip list`, `conda list`.

Evidence for silence and for hovers alone: the run may be old, and may have been another machine's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from polycell.core.patterns import pattern
from polycell.core.text import has_any
from polycell.dependencies.model import Requirement, normal
from polycell.tables.outputs import digest, printed_by

_COMMAND = pattern(
    r"(?:%|!)[ \t]*(?:(?:python[\d.]*|\{sys\.executable\})[ \t]+-m[ \t]+)?"
    r"(?:pip[\d.]*[ \t]+(?:freeze|list)|(?:conda|mamba|micromamba)[ \t]+list)"
)
_LISTING = ("list", "freeze")
_FROZEN = pattern(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:==(?P<version>\d[\w.+!-]*)| @ \S+)")
_ROW = pattern(r"(?P<name>[A-Za-z0-9_][\w.-]*)\s+(?P<version>\d[\w.+!-]*)(?:\s.*)?")
# What stands above the rows of `pip list` (a line of dashes) and of `conda list` (names of columns in a comment).
_HEAD = pattern(r"-{3,}\s+-{3,}[\s-]*|#\s*Name\s+Version\b.*")


def listing_command(text: str) -> str:
    """How the output of a cell is found that does nothing but list what is installed; "" for every other cell."""
    return digest(text) if has_any(text, _LISTING) and _COMMAND.fullmatch(text.strip()) else ""


def read_saved(path: Path, digests: Iterable[str]) -> tuple[Requirement, ...]:
    """What the cells of these digests printed, each distribution once; without a version where two of them differ, or
    where it was installed from an address. Empty where the notebook cannot be read."""
    found: dict[str, Requirement] = {}
    try:
        texts = printed_by(path, frozenset(digests))
    except (OSError, ValueError, RecursionError):
        return ()
    for text in texts:
        for made in read_printed(text):
            known = found.setdefault(made.key, made)
            if known.constraint != made.constraint:
                found[made.key] = Requirement("python", known.name, style="freeze", text=known.name)
    return tuple(found.values())


def read_printed(text: str) -> tuple[Requirement, ...]:
    """The distributions of one output, in its order. Warnings and notices around the list are left out. Total."""
    found: dict[str, Requirement] = {}
    rows = False
    for line in map(str.strip, text.splitlines()):
        rows = rows or _HEAD.fullmatch(line) is not None
        read = _FROZEN.fullmatch(line) or (_ROW.fullmatch(line) if rows else None)
        if read is not None:
            version = read["version"]
            made = Requirement("python", read["name"], f"=={version}" if version else "", "freeze", line)
            found[normal(made.name)] = made
    return tuple(found.values())
