"""Completion, language-neutral: of the cell's language, or that of the fragment under the cursor (`x = %sql select …`).

Apart from the other features (`features`), since a start waits for this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import TypeVar

from polycell.core.fragments import Site
from polycell.core.guard import answered
from polycell.core.results import NO_COMPLETIONS, Completion, Completions
from polycell.core.service import Context, Services, Topic
from polycell.core.session import Snapshot
from polycell.core.site import outermost, site, unread
from polycell.core.values import replace

T = TypeVar("T")
ValuePath = tuple[str | int, ...]


async def complete(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, ready: bool = False
) -> Completions:
    """With `ready`, what can be offered before all cells above have been read."""
    found = site(snapshot, services, cell_id, offset, ready=ready)
    if found is None:
        return NO_COMPLETIONS
    whole = outermost(snapshot, services, found, offset)
    for topic in services.topics:
        told = await answered_at("completion", whole, topic.complete(whole.context, whole.offset), None)
        if told is not None:
            return told
    answer = await answered_at("completion", found, _files(services, found), NO_COMPLETIONS)
    if not answer.items:
        own = found.service.complete(found.context, found.offset)
        answer = await answered_at("completion", found, own, NO_COMPLETIONS)
    if found.fragment is None:
        return answer
    items = tuple(_values(found, answer.items)) if found.fragment.values else answer.items
    return replace(answer, items=tuple(_shifted(item, found.shift) for item in items))


_NO_VALUES = frozenset({"keyword", "module", "function", "class"})


def _values(found: Site, items: tuple[Completion, ...]) -> Iterator[Completion]:
    """Without what is no value, but for members, and with tables behind the others."""
    text = found.context.cell.text
    for item in items:
        if text[: item.replace.start].endswith("."):
            yield item
        elif item.kind not in _NO_VALUES:
            yield item._replace(rank=item.rank + 1) if item.kind == "table" else item


async def complete_early(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Completions | None:
    """What can be offered whatever the cells above give, before any of them has been read; None for most places."""
    place = unread(snapshot, cell_id, offset)
    if place is None:
        return None
    context, offset = place
    asking = services.of(context.cell.language).complete_early(context, offset)
    return await answered("completion", context.cell, None, asking)


async def _files(services: Services, found: Site) -> Completions:
    """The files and folders that a path may go on with."""
    if services.listing is None or (written := found.service.path(found.context, found.offset)) is None:
        return NO_COMPLETIONS
    begun = found.context.cell.text[written.name.start : found.offset]
    names = await services.listing(found.context.notebook, written.folder)
    shown = (name for name in names if begun.startswith(".") or not name.startswith("."))
    return Completions(
        tuple(
            # Without its slash: that is a trigger, behind which what is in the folder is offered.
            Completion(name, "folder" if name.endswith("/") else "file", written.name, name.rstrip("/"), rank=rank)
            for rank, name in enumerate(shown)
        )
    )


async def complete_value(snapshot: Snapshot, services: Services, path: ValuePath, before: str) -> Completions:
    """In a text of the notebook's metadata; spans are offsets in the text."""
    for topic, context in value_topics(snapshot, services):
        told = await answered("completion", context.cell, None, topic.complete_value(context, path, before))
        if told is not None:
            return told
    return NO_COMPLETIONS


async def answered_at(what: str, found: Site, answer: Awaitable[T], default: T) -> T:
    return await answered(what, found.context.cell, default, answer)


def value_topics(snapshot: Snapshot, services: Services) -> Iterator[tuple[Topic, Context]]:
    """Who knows about values of the notebook's metadata, each with the context of its first cell."""
    if snapshot.notebook.cells:
        snapshot.analysis.settle()
        yield from ((topic, snapshot.analysis.context(0)) for topic in services.topics)


def _shifted(item: Completion, by: int) -> Completion:
    edits = tuple(replace(edit, span=edit.span.shift(by)) for edit in item.edits)
    return item._replace(replace=item.replace.shift(by), edits=edits)
