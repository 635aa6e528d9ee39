"""What an engine says of a word in a text of its own. Import light: a start may wait for it.

ty looks again at everything that a text needs whenever the text changes, pandas too, so what is the same in every cell
is asked about by itself, and kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.results import Hover
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.engine.engine import Answer, Engine
from polycell.languages.python.engine.items import markdown
from polycell.languages.python.engine.members import member_slice
from polycell.languages.python.syntax.imported import Member

log = logging.getLogger(__name__)

PATIENCE = 4.0  # seconds that a user waits for something that only the engine knows
# All that is said of a value, or of a name (`head: Unknown`), where nothing is known.
_NOTHING = pattern(r"```python\n(?:\(\w+\) )?(?:\w+: )?(?:Unknown|Any|Never|Todo)\n```\s*\Z")


async def hover_of_module_member(engine: Engine, context: Context, member: Member | None) -> Hover | None:
    """What is said of a name behind a module; None where that is nothing."""
    if member is None:
        return None
    return of_word(await of_module_member(engine, context, "textDocument/hover", member), member.span)


async def of_module_member(engine: Engine, context: Context, method: str, member: Member) -> Answer | None:
    """What is said of the member of a module: asked about alone, since the engine looks again at all that a text needs
    whenever the text changes, and kept."""
    text = member_slice(member)
    name = f"member of {text.rpartition('.')[0]}"
    return await patiently(engine, context, name, f"{text}\n", method, len(text), lasting=True)


def of_word(answer: Answer | None, word: Span) -> Hover | None:
    """What is said of a word by itself."""
    result = answer.result if answer is not None else None
    shown = markdown(result.get("contents")) if isinstance(result, Mapping) else ""
    return Hover(shown, word) if shown and not is_nothing(shown) else None


def is_nothing(shown: str) -> bool:
    """Whether what is shown says that nothing is known."""
    return _NOTHING.match(shown) is not None


async def patiently(
    engine: Engine, context: Context, name: str, text: str, method: str, offset: int | None, **more: Any
) -> Answer | None:
    """What the engine says of a text, `name` as in `Engine.ask`; None when it is late."""
    try:
        return await asyncio.wait_for(engine.ask(context.notebook, name, text, method, offset, **more), PATIENCE)
    except asyncio.TimeoutError:
        log.info("the engine is late for %s in cell %s", method, context.cell.id)
        return None
