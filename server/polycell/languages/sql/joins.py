"""What joins two tables: columns that both have, for USING, and pairs of them, for ON."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Completion
from polycell.languages.sql.offers import column as column_item
from polycell.languages.sql.offers import item, quoted
from polycell.languages.sql.relations.columns import Relations, Visible
from polycell.languages.sql.relations.sources import sources
from polycell.languages.sql.syntax.place import Place


def using(place: Place, relations: Relations) -> Iterator[Completion]:
    """Columns that both sides of the join have."""
    left, right = _sides(place, relations)
    common = {c.name.casefold() for v in left for c in v.table.columns}
    for visible in right:
        for column in visible.table.columns:
            if column.name.casefold() in common:
                yield column_item(place, column, visible.name, 10)


def _sides(place: Place, relations: Relations) -> tuple[list[Visible], list[Visible]]:
    """The sources before the join that the cursor's ON or USING belongs to, and the one it joins."""
    block = place.block
    segments = [s for s in block.segments if s.clause == "from" and s.start <= place.index]
    seen = {id(v.source): v for v in relations.visible(block, outer=False)}
    ordered = [
        seen[id(s)]
        for s in sources(place.statement, block)
        if id(s) in seen and s.named is not None and s.named.start < offset_of(place)
    ]
    return (ordered[:-1], ordered[-1:]) if segments and len(ordered) > 1 else ([], ordered)


def pairs(place: Place, relations: Relations) -> Iterator[Completion]:
    """`a.id = b.id` for columns of equal names, keys first."""
    if place.before() not in ("ON", "AND", "("):
        return
    left, right = _sides(place, relations)
    for joined in right:
        for column in joined.table.columns:
            for other in left:
                twin = other.table.column(column.name)
                if twin is None or not other.name or not joined.name:
                    continue
                name = quoted(column.name, place)
                text = f"{quoted(other.name, place)}.{quoted(twin.name, place)} = {quoted(joined.name, place)}.{name}"
                key = column.name.casefold() == "id" or column.name.casefold().endswith(
                    ("_id", "id", "key", "_sk", "_no")
                )
                yield item(place, text, "operator", documentation="columns of the same name", rank=4 if key else 6)


def offset_of(place: Place) -> int:
    """Where the word being typed begins in its statement."""
    return place.word.start - place.statement.start
