"""The call hierarchy outside of the notebook, as an engine knows it: functions of libraries, and what those call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polycell.core.results import Call, Caller
from polycell.core.service import Context
from polycell.core.values import replace
from polycell.languages.python.engine.alone import PATIENCE
from polycell.languages.python.engine.engine import Engine
from polycell.languages.python.engine.features import ask, in_file, location, word_at

log = logging.getLogger(__name__)

_MAKING = frozenset({"__init__", "__new__"})  # what is called where a class is
_KINDS: Mapping[int, str] = {5: "class", 6: "method", 9: "method"}


async def callees(engine: Engine, context: Context, offset: int) -> Sequence[Caller]:
    """What the name at an offset calls, in cells (then only the place is right) and in files."""
    found = await ask(engine, context, "textDocument/prepareCallHierarchy", offset)
    if found is None or not isinstance(found[1].result, list):
        return ()
    cut, answer = found
    made: dict[object, Caller] = {}
    for said in answer.result:
        if not isinstance(said, Mapping):
            continue
        if said.get("uri") == answer.text.uri:
            place = location(cut, answer, {"uri": said["uri"], "range": said.get("selectionRange")})
            one = Caller(str(said.get("name")), "function", place, place) if place is not None else None
        else:
            one = _outside(said)
            if one is not None and one.name in _MAKING:
                called = word_at(context.cell.text, offset).of(context.cell.text)
                one = replace(one, name=called, kind="class") if called else one
        if one is not None:
            # Of a function's overloads and its body, each an item of its own, the last one stands for all.
            made[(one.name, one.place.uri) if one.place.uri else one.place] = one
    return tuple(made.values())


async def calls(engine: Engine, context: Context, caller: Caller, *, incoming: bool) -> Sequence[Call]:
    """What a function of a library calls, or who calls it there."""
    method, end = ("incomingCalls", "from") if incoming else ("outgoingCalls", "to")
    asking = engine.about(context.notebook, f"callHierarchy/{method}", {"item": caller.token})
    try:
        result = await asyncio.wait_for(asking, PATIENCE)
    except asyncio.TimeoutError:
        log.info("the engine is late for the calls of %s", caller.name)
        return ()
    return tuple(_calls(result, end, caller)) if isinstance(result, list) else ()


def _calls(result: Sequence[Any], end: str, asked: Caller) -> Iterator[Call]:
    seen = set()
    for said in result:
        other = _outside(said.get(end)) if isinstance(said, Mapping) else None
        if other is None:
            continue
        uri = other.place.uri if end == "from" else asked.place.uri
        ranges = said.get("fromRanges")
        found = (in_file(uri, one) for one in (ranges if isinstance(ranges, list) else ()))
        places = tuple(place for place in found if place is not None)
        overloads = other.name, other.place.uri, places
        if overloads not in seen:
            seen.add(overloads)
            yield Call(other, places)


def _outside(said: Any) -> Caller | None:
    """An item in a file; None for one in a text that we made."""
    if not isinstance(said, Mapping) or not isinstance(said.get("uri"), str) or not isinstance(said.get("name"), str):
        return None
    uri, kind = said["uri"], said.get("kind")
    place, extent = in_file(uri, said.get("selectionRange")), in_file(uri, said.get("range"))
    if place is None or extent is None:
        return None
    detail = said.get("detail")
    named = _KINDS.get(kind, "function") if isinstance(kind, int) else "function"
    return Caller(said["name"], named, place, extent, detail if isinstance(detail, str) else "", dict(said))
