"""Questions about members of values whose type we know, and the engine may not: `df["a"].mean`, `df.plot.bar`."""

from __future__ import annotations

import logging

from polycell.core.service import Context
from polycell.core.types import Table
from polycell.languages.python.engine.alone import patiently
from polycell.languages.python.engine.declarations import accessor, declared
from polycell.languages.python.engine.engine import Answer, Engine
from polycell.languages.python.engine.slices import is_vague
from polycell.languages.python.engine.typed import Declared, header, receiver_slice
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.syntax.cursor import Bracket

log = logging.getLogger(__name__)

LONGEST = 2_000  # characters of a call's arguments that are shown to the engine


def known(place: Place, receiver: str) -> Declared | None:
    """The type of the expression before a dot, where we know it: of a value, or of an accessor (`df["a"].str`)."""
    said = declared(place.type_of(receiver))
    if said is not None:
        return said
    owner, _, name = receiver.rpartition(".")
    return _accessor(place, owner, name) if owner else None


def _accessor(place: Place, owner: str, name: str) -> Declared | None:
    frame, _, labels = owner.rpartition(".")
    if labels in ("columns", "index") and name == "str" and isinstance(table := place.type_of(frame), Table):
        return accessor(f"{table.flavour} index", name)
    return accessor(place.type_of(owner), name)


async def of_member(engine: Engine, context: Context, method: str, end: int, *, vaguely: bool = True) -> Answer | None:
    """What is said of the member whose name ends at `end`, of a value whose type we know: asked about alone and kept.
    Not `vaguely`: only where the text around tells no more of it."""
    place = Place(context, end)
    site = place.site
    if not site.attribute or site.quote or site.comment or not site.word:
        return None
    said = known(place, site.receiver) if vaguely or not is_vague(place.type_of(site.receiver)) else None
    if said is None:
        return None
    behind = _accessor(place, site.receiver, site.word)  # `df.plot` is told as the class that it is
    shown = f"{header(behind.modules)}{behind.text}" if behind is not None else f"{receiver_slice(said)}{site.word}"
    text = f"{shown}\n"
    return await patiently(engine, context, f"member of {said.text}", text, method, len(text) - 1, lasting=True)


def open_call(place: Place) -> Bracket | None:
    """The call of a member that the place is in the arguments of."""
    bracket = place.site.brackets[-1] if place.site.brackets else None
    called = bracket is not None and bracket.kind == "(" and "." in bracket.receiver
    return bracket if called and not place.site.comment else None


async def of_call(engine: Engine, context: Context, method: str, place: Place) -> Answer | None:
    """What is said at a place in the arguments of such a member's call."""
    bracket = open_call(place)
    if bracket is None or place.offset - bracket.start > LONGEST:
        return None
    owner, _, name = bracket.receiver.rpartition(".")
    said = known(place, owner)
    if said is None:
        return None
    written = f"{receiver_slice(said)}{name.strip()}{context.cell.text[bracket.start : place.offset]}"
    text = f"{written}{place.site.quote})\n"
    return await patiently(engine, context, f"call of a member of {said.text}", text, method, len(written))
