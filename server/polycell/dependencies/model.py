"""What is declared, in one form for every way of declaring it.

A `Requirement` says what is needed and holds no position: it stays equal while text moves. A `Declaration` is one
requirement at its place: a span of a cell's text, a path in the notebook's metadata, or a file beside the notebook.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from polycell.core.text import Span

Ecosystem = Literal["python", "conda", "maven", "nuget"]
Path = tuple[str | int, ...]
NOWHERE = Span(0, 0)

# How each style is called in messages, and whether a list in it claims to name all that the notebook needs.
STYLES: dict[str, tuple[str, bool]] = {
    "polynote": ("Polynote's configuration", False),
    "polyglot": ("the notebook's metadata (`polyglot.dependencies`)", True),
    "pep723": ("the script block", True),
    "uv.lock": ("the notebook's lock (`uv.lock`)", False),
    "runt": ("the notebook's metadata (`runt.uv`)", True),
    "uv": ("the notebook's metadata (`uv`)", True),
    "deepnote": ("the Deepnote project", False),
    "pip": ("`%pip install`", False),
    "conda": ("`%conda install`", False),
    "ivy": ("`import $ivy`", False),
    "using": ("`//> using dep`", False),
    "toree": ("`%AddDeps`", False),
    "nuget": ("`#r`", False),
    "configure": ("`%%configure`", False),
    "session": ("`spark.jars.packages`", False),
    "dbutils": ("`dbutils.library`", False),
    "freeze": ("the saved output of `pip freeze`", False),
    "file": ("a file beside the notebook", False),
}


class Requirement(Struct, frozen=True):
    """`name` as written; for Maven `group:artifact`. `constraint` as written: `>=1,<2` (Python), `1.2.3` (Maven).

    `text` is the whole declaration as written. `name` is empty where a file or an address is named that does not say
    what it brings. `cross`: a Maven coordinate with `::`, whose Scala suffix the tool adds. `flags`: what else the
    style says: `nocache`; `full` (the suffix is the full Scala version, `:::`), `plugin` (of the compiler).
    """

    ecosystem: Ecosystem
    name: str
    constraint: str = ""
    style: str = "pip"
    text: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    cross: bool = False
    flags: tuple[str, ...] = ()
    file: str = ""  # the file beside the notebook that declares it

    @property
    def key(self) -> str:
        """Equal for equal things: Python's names by PEP 503, all others as they are."""
        return normal(self.name) if self.ecosystem in ("python", "conda") else self.name

    @property
    def pinned(self) -> bool:
        """Whether it means one version."""
        if self.ecosystem == "python":
            return bool(re.fullmatch(r"\s*(?:===?\s*[^\s,*]+|@.*)\s*", self.constraint))
        if self.ecosystem == "conda":
            return bool(re.fullmatch(r"=.*|\d[\w.]*", self.constraint.strip()))
        return bool(self.constraint) and not re.search(r"[*+\[\](),]|latest|^_$", self.constraint)

    @property
    def where(self) -> str:
        return self.file or STYLES.get(self.style, (self.style, False))[0]


class Declaration(Struct, frozen=True):
    """`span` of the cell's text, or with `path` a value of the notebook's metadata. With `problem` the text is
    malformed, and `span` (in a metadata value: `inner`) is where."""

    requirement: Requirement
    span: Span
    path: Path = ()
    problem: str = ""
    inner: Span | None = None


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
