"""`polycell deps`: what a notebook declares and imports, as a table or in the form of a tool that installs it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from polycell.cli.loading import open_notebook
from polycell.cli.output import console, safe
from polycell.core.text import Span
from polycell.dependencies.formats import written
from polycell.dependencies.listing import Entry, Listing, list_dependencies

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {
    "ok": "green",
    "missing": "bold red",
    "not installed": "bold red",
    "malformed": "bold red",
    "other version": "bold yellow",
    "undeclared": "yellow",
}


def show_dependencies(path: Path, form: str = "table") -> int:
    """Print them. 0: nothing is missing; 1: something is; 2: the notebook cannot be read (said on standard error)."""
    try:
        opened = open_notebook(path)
    except OSError as problem:
        print(f"{path}: {problem.strerror or problem}", file=sys.stderr)
        return 2
    problems = opened.document.problems
    empty = not any(snapshot.notebook.cells for snapshot in opened.snapshots)
    if any(problem.span == Span(0, 0) for problem in problems) or (empty and (problems or not opened.snapshots)):
        said = next((p.message for p in problems), "this is no notebook")
        print(f"{path}: {said}", file=sys.stderr)
        return 2
    wrong = False
    for snapshot in opened.snapshots:
        listing = list_dependencies(snapshot)
        wrong = wrong or bool(listing.wrong)
        if form == "table":
            numbers = {cell.id: number for number, cell in enumerate(snapshot.notebook.cells, 1)}
            _table(listing, numbers)
        else:
            sys.stdout.write(written(listing, snapshot.notebook, form))
            for entry in listing.wrong:
                if entry.problem:
                    print(f"{path}: {entry.requirement.text!r}: {entry.problem}", file=sys.stderr)
    return 1 if wrong else 0


def _table(listing: Listing, numbers: Mapping[str, int]) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    if listing.interpreter:
        out.print(Text(f"Python: {safe(listing.interpreter)} ({safe(listing.how)})", style="dim"))
    if not listing.entries:
        out.print("This notebook declares nothing and imports nothing that must be installed.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("dependency", "state", "installed", "declared in", "used in"):
        table.add_column(heading, overflow="fold")
    for entry in listing.entries:
        table.add_row(*_row(entry, numbers))
    out.print(table)
    wrong = len(listing.wrong)
    if wrong:
        out.print(f"{wrong} of {len(listing.entries)} {'is' if wrong == 1 else 'are'} not there", style="bold")


def _row(entry: Entry, numbers: Mapping[str, int]) -> list[str | Text]:
    from rich.text import Text

    requirement = entry.requirement
    kind = "" if requirement.ecosystem == "python" else f" ({requirement.ecosystem})"
    where = "" if requirement.style == "import" else requirement.where.replace("`", "")
    if entry.cell in numbers and where:
        where += f", cell {numbers[entry.cell]}"
    used = ", ".join(f"cell {n}" for n in sorted({numbers[c] for c in entry.used if c in numbers}))
    return [
        Text(safe(requirement.text or "?") + kind),
        Text(entry.problem or entry.state, style=_STYLES.get(entry.state, "")),
        Text(entry.installed),
        Text(safe(where)),
        Text(used),
    ]
