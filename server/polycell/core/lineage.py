"""Where a column comes from, step by step over cells and languages: what each step makes it of, back to a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct

from polycell.core.columns import Occurrence
from polycell.core.guard import guard, listed
from polycell.core.places import file_name, quoted
from polycell.core.results import Mention
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import site
from polycell.core.text import Span
from polycell.core.types import Anchor, Column, Evidence

DEEPEST = 8  # steps from a column to what it comes from
MOST = 16  # steps that are shown
LONGEST = 60  # characters of code in a step

_LANGUAGES = {"python": "Python", "sql": "SQL", "vega-lite": "chart", "vega": "chart"}


class Step(Struct, frozen=True):
    """One place that gave the column its name or its values, in Markdown, and what it was made of there."""

    text: str
    made_of: tuple[Step, ...] = ()


def lineage(snapshot: Snapshot, services: Services, found: Occurrence) -> tuple[Step, ...]:
    """The places that the column comes from; more than one where columns became one."""
    seen: set[Anchor] = set()
    column = found.mention.column
    return tuple(_steps(snapshot, services, column, seen, DEEPEST)) if column is not None else ()


def _steps(
    snapshot: Snapshot, services: Services, column: Column, seen: set[Anchor], deep: int
) -> Iterator[Step]:  # fmt: skip
    for origin in column.origins:
        if origin in seen or not deep or len(seen) >= MOST:
            continue
        seen.add(origin)
        if origin.uri:
            yield Step(f"`{origin.token}` of `{_file(column, origin)}`")
            continue
        index = snapshot.notebook.index(origin.cell)
        cell = snapshot.notebook.cells[index] if index is not None else None
        place = origin.find(cell.text) if cell is not None else None
        if cell is None or index is None or place is None:
            continue
        made = column.source if origin == column.origin and column.evidence is Evidence.DERIVED else ""
        shown = f"`{made.replace('`', chr(39))}`" if made else quoted(cell.text, Span(*place), LONGEST)
        here = site(snapshot, services, cell.id, place[0])
        if here is None:
            continue
        language = _LANGUAGES.get(here.context.cell.language, here.context.cell.language)
        nothing: Sequence[Mention] = ()
        span = Span(*place).shift(-here.shift)
        inputs = guard("lineage", cell, nothing, partial(listed, here.service.inputs, here.context, span))
        inner = [
            step
            for mention in inputs
            if mention.column is not None
            for step in _steps(snapshot, services, mention.column, seen, deep - 1)
        ]
        # Columns that one call makes together are told by the same line: once is enough.
        yield Step(f"cell {index + 1}, {language}: {shown}", tuple(dict.fromkeys(inner)))


def _file(column: Column, origin: Anchor) -> str:
    if column.evidence is Evidence.FILE and column.source and origin == column.origin:
        return column.source
    return file_name(origin.uri)


def markdown(steps: Sequence[Step]) -> str:
    """A line where each step comes from one other, else a list; empty for a single step, which every hover tells."""
    chain: list[str] = []
    here = steps
    while len(here) == 1:
        chain.append(here[0].text)
        here = here[0].made_of
    if not here:
        return f"Lineage: {' ← '.join(chain)}" if len(chain) > 1 else ""
    return "\n".join(["Lineage:", "", *_listed(steps, "")])


def _listed(steps: Sequence[Step], indent: str) -> Iterator[str]:
    for step in steps:
        yield f"{indent}- {'← ' if indent else ''}{step.text}"
        yield from _listed(step.made_of, f"{indent}  ")
