"""Hover, language-neutral: of the cell's language, or that of the fragment under the mouse, and of topics beside it.

Apart from the other features (`features`), since a start waits for this one too.
"""

from __future__ import annotations

from polycell.core.completing import ValuePath, answered_at, value_topics
from polycell.core.fragments import Site
from polycell.core.guard import answered, guard
from polycell.core.results import Hover
from polycell.core.service import Services, Topic
from polycell.core.session import Snapshot
from polycell.core.site import outermost, site, unread
from polycell.core.values import replace


async def hover(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Hover | None:
    found = site(snapshot, services, cell_id, offset)
    if found is None:
        return None
    answer = await answered_at("hover", found, found.service.hover(found.context, found.offset), None)
    if answer is not None:
        made_of = _lineage(snapshot, services, found)
        text = f"{answer.markdown}\n\n{made_of}" if made_of else answer.markdown
        answer = replace(answer, markdown=text, span=answer.span.shift(found.shift))
    whole = outermost(snapshot, services, found, offset)
    for topic in services.topics:
        if not _concerns(topic, whole):
            continue
        snapshot.analysis.settle()
        more = await answered_at("hover", whole, topic.hover(whole.context, whole.offset), None)
        if more is not None:
            answer = replace(answer, markdown=f"{answer.markdown}\n\n---\n\n{more.markdown}") if answer else more
    return answer


async def hover_early(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Hover | None:
    """What is known whatever the cells above give, before any of them has been read; None for most places."""
    place = unread(snapshot, cell_id, offset)
    if place is None:
        return None
    context, offset = place
    asking = services.of(context.cell.language).hover_early(context, offset)
    return await answered("hover", context.cell, None, asking)


async def hover_value(snapshot: Snapshot, services: Services, path: ValuePath) -> Hover | None:
    for topic, context in value_topics(snapshot, services):
        told = await answered("hover", context.cell, None, topic.hover_value(context, path))
        if told is not None:
            return told
    return None


def _lineage(snapshot: Snapshot, services: Services, found: Site) -> str:
    """Where the column at a place comes from, in Markdown; empty where there is no column, or nothing to tell."""
    from polycell.core import columns, lineage

    here = columns.mention_in(found)
    return lineage.markdown(lineage.lineage(snapshot, services, here)) if here is not None else ""


def _concerns(topic: Topic, whole: Site) -> bool:
    return guard("hover", whole.context.cell, False, lambda: topic.concerns(whole.context, whole.offset))
