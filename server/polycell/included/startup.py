"""What IPython's start-up files give every notebook of this user: the files are read, never run.

Source: IPython's documentation, "Startup Files": `*.py` and `*.ipy` in `profile_default/startup` of `IPYTHONDIR` or of
`~/.ipython` run in the name space of the user, in the order of their names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct

from polycell.core.facts import NO_FACTS
from polycell.core.guard import guard
from polycell.core.hosts import Host, host
from polycell.core.notebook import Cell
from polycell.core.service import LanguageService
from polycell.core.values import replace
from polycell.formats import read_text

MOST = 32  # files that are read
LARGEST = 200_000  # bytes of one
# Hosts whose Python is an IPython of this machine, with this user's profile.
LOCAL = frozenset({"jupyter", "percent"})


class Given(Struct, frozen=True):
    """`names` that are there before the first cell, and the reasons why there may be more."""

    names: frozenset[str] = frozenset()
    opens: tuple[str, ...] = ()


def startup_folder(environment: Mapping[str, str] = os.environ) -> Path:
    place = environment.get("IPYTHONDIR") or "~/.ipython"
    return Path(place).expanduser() / "profile_default" / "startup"


def given_by(folder: Path, python: LanguageService) -> Given:
    """What the files of a start-up folder bind at their top level. What cannot be read gives nothing."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in (".py", ".ipy"))[:MOST]
    except OSError:
        return Given()
    names: set[str] = set()
    opens: list[str] = []
    for file in files:
        try:
            text = read_text(file) if file.stat().st_size <= LARGEST else ""
        except OSError:
            continue
        cell = Cell(str(file), "python", text)
        facts = guard("facts", cell, NO_FACTS, partial(python.facts, cell, host("jupyter")))
        names |= {d.name for d in facts.definitions if not d.container}
        opens += (f"{reason} in {file.name}" for reason in facts.opens)
    return Given(frozenset(names), tuple(opens))


def hosts_with(known: frozenset[str], startup: Given) -> Callable[[str], Host]:
    """The rows of hosts, with names that are known in every Python cell, and what start-up files give."""

    def with_names(name: str) -> Host:
        row = host(name)
        here = startup if row.name in LOCAL else Given()
        names = known | here.names
        if not names and not here.opens:
            return row
        ambient = {**row.ambient, "python": row.ambient.get("python", frozenset()) | names}
        return replace(row, ambient=ambient, opens=row.opens + here.opens)

    return with_names
