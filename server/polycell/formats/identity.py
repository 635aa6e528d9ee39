"""Keeping the ids of cells from one reading of a text document to the next.

A text format has no ids of its own, yet everything that is derived is kept by cell id: a cell inserted above must not
rename the cells below. Cells are matched by their texts, as a diff does: the longest common beginning and end first,
then equal texts in between, and what is left by position.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.values import replace
from polycell.core.virtual import Segment, SegmentMap
from polycell.formats.model import Document

# Pairs of changed cells that are compared; beyond, a whole document was replaced and position is as good.
MOST_COMPARED = 2500

# What `lines.Sheet` gives where the format has no ids. Ids that come from the document itself are kept as they are.
_POSITIONAL = pattern(r"(?:n\d+)?c\d+\Z")


def match_ids(old: Sequence[Cell], new: Sequence[Cell]) -> tuple[str, ...]:
    """For each new cell the id of the old cell that it continues, or a fresh one. All ids are different."""
    matched: list[str] = [""] * len(new)
    head = 0
    shorter = min(len(old), len(new))
    while head < shorter and _same(old[head], new[head]):
        matched[head] = old[head].id
        head += 1
    tail = 0
    while tail < shorter - head and _same(old[-1 - tail], new[-1 - tail]):
        matched[-1 - tail] = old[-1 - tail].id
        tail += 1
    old_left = list(range(head, len(old) - tail))
    new_left = list(range(head, len(new) - tail))
    for gone, came in _middle(old, new, old_left, new_left):
        matched[came] = old[gone].id
    fresh = _fresh({cell.id for cell in old}, new)
    return tuple(found or next(fresh) for found in matched)


def keep_ids(old: Document | None, new: Document) -> Document:
    """The new reading under the ids of the old one, its map renamed with it. Notebooks are matched by their order."""
    if old is None or not all(_POSITIONAL.match(cell.id) for n in new.notebooks for cell in n.cells):
        return new
    renamed: dict[str, str] = {}
    notebooks = []
    taken: set[str] = set()
    for index, notebook in enumerate(new.notebooks):
        before = old.notebooks[index].cells if index < len(old.notebooks) else ()
        ids = match_ids(before, notebook.cells)
        if taken and not taken.isdisjoint(ids):
            return new
        taken.update(ids)
        if all(cell.id == cell_id for cell, cell_id in zip(notebook.cells, ids, strict=True)):
            notebooks.append(notebook)
            continue
        renamed.update((c.id, cell_id) for c, cell_id in zip(notebook.cells, ids, strict=True) if c.id != cell_id)
        cells = tuple(
            cell if cell.id == cell_id else replace(cell, id=cell_id)
            for cell, cell_id in zip(notebook.cells, ids, strict=True)
        )
        notebooks.append(replace(notebook, cells=cells))
    if not renamed:
        return new
    segments = [
        Segment(renamed.get(s.cell, s.cell), s.start, s.cell_length, s.document, s.document_length)
        for s in new.map.segments
    ]
    return replace(new, notebooks=tuple(notebooks), map=SegmentMap(segments))


def _same(a: Cell, b: Cell) -> bool:
    return a.kind == b.kind and a.text == b.text


def _middle(
    old: Sequence[Cell], new: Sequence[Cell], old_left: list[int], new_left: list[int]
) -> Iterator[tuple[int, int]]:
    """Pairs for the changed middle: equal texts in their order (moved cells too), then neighbours by position."""
    by_text: dict[tuple[str, str], list[int]] = {}
    for index in reversed(old_left):
        by_text.setdefault((old[index].kind, old[index].text), []).append(index)
    pairs: dict[int, int] = {}
    for index in new_left:
        found = by_text.get((new[index].kind, new[index].text))
        if found and new[index].text.strip():
            pairs[index] = found.pop()
    yield from ((index, other) for other, index in pairs.items())
    # Between two matched cells, what was changed stands where it stood: pair from the front, run by run.
    used = set(pairs.values())
    runs_old = _runs(old_left, used)
    runs_new = _runs(new_left, set(pairs))
    paired: list[tuple[int, int]] = []
    if len(runs_old) == len(runs_new):
        for olds, news in zip(runs_old, runs_new, strict=True):
            paired += zip(*_align(old, new, olds, news), strict=True)
        yield from paired
    gone, came = {pair[0] for pair in paired}, {pair[1] for pair in paired}
    rest_old = [i for run in runs_old for i in run if i not in gone]
    rest_new = [i for run in runs_new for i in run if i not in came]
    yield from zip(*_align(old, new, rest_old, rest_new), strict=True)


def _align(old: Sequence[Cell], new: Sequence[Cell], olds: list[int], news: list[int]) -> tuple[list[int], list[int]]:
    """Equally many of both. A cell typed into while another came above or went is told by its beginning."""
    if len(olds) == len(news):
        return olds, news
    if len(olds) * len(news) > MOST_COMPARED:
        least = min(len(olds), len(news))
        return olds[:least], news[:least]
    few, many = (olds, news) if len(olds) < len(news) else (news, olds)
    short, long = (old, new) if few is olds else (new, old)
    chosen: list[int] = []
    at = 0
    for position, index in enumerate(few):
        last = len(many) - (len(few) - position)
        best = max(range(at, last + 1), key=lambda i, own=index: (_likeness(short[own], long[many[i]]), -i))  # type: ignore[misc]
        chosen.append(many[best])
        at = best + 1
    return (few, chosen) if few is olds else (chosen, few)


def _likeness(a: Cell, b: Cell) -> int:
    """How many characters two cells share at both ends; 0 across kinds. Bounded, so that huge cells cost nothing."""
    if a.kind != b.kind:
        return 0
    left, right = a.text, b.text
    limit = min(len(left), len(right), 400)
    head = 0
    while head < limit and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < limit - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    return head + tail


def _runs(left: list[int], used: set[int]) -> list[list[int]]:
    """Runs of unused indices between used ones; runs may be empty, so that both sides count alike."""
    runs: list[list[int]] = [[]]
    for index in left:
        if index in used:
            runs.append([])
        else:
            runs[-1].append(index)
    return runs


def _fresh(taken: set[str], new: Sequence[Cell]) -> Iterator[str]:
    """Ids that no old cell has; the new reading's own where they are free."""
    for cell in new:
        if cell.id not in taken:
            taken.add(cell.id)
            yield cell.id
    number = len(taken)
    while True:
        number += 1
        if (made := f"c{number}") not in taken:
            taken.add(made)
            yield made
