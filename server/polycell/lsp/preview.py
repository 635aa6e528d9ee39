"""Pictures of charts: in hovers, where the editor shows images there, and by the command `polycell.previewChart`."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from polycell.bridge.drawing import Picture, available
from polycell.core.charts import Drawing, Refusal
from polycell.core.drawing import drawing
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.lsp.capabilities import PREVIEW_CHART
from polycell.lsp.convert import to_offset
from polycell.lsp.frame import path_of
from polycell.lsp.pictures import Pictures
from polycell.lsp.scheduler import settle
from polycell.lsp.state import State, Target
from polycell.tables.charts.files import with_files

PATIENCE = 3.0  # seconds that a hover waits; the picture is there for the next one
LARGEST_IN_HOVER = 150_000  # bytes
WIDEST_IN_HOVER = 480  # CSS pixels


async def picture(
    pictures: Pictures, snapshot: Snapshot, services: Services, cell: str, offset: int, roots: Sequence[Path], *,
    anywhere: bool = False,
) -> Picture | Refusal | None:  # fmt: skip
    """The picture of the chart at a place of a cell, why there is none, or None where there is no chart."""
    found = drawing(snapshot, services, cell, offset)
    if not isinstance(found, Drawing):
        return found
    complete = await asyncio.to_thread(with_files, found, roots, anywhere=anywhere)
    return complete if isinstance(complete, Refusal) else await pictures.of(complete)


async def _at(state: State, target: Target) -> Picture | Refusal | None:
    await settle(target.snapshot, target.index)
    roots = [Path(path) for uri in state.client.roots if (path := path_of(uri))]
    services, anywhere = state.session.services, state.settings.outside
    return await picture(
        state.pictures, target.snapshot, services, target.cell, target.offset, roots, anywhere=anywhere
    )


async def in_hover(state: State, target: Target) -> str:
    """What a hover shows of the chart, as Markdown: its picture, or why there is none."""
    if not state.client.shows_images or not available():
        return ""
    try:
        found = await asyncio.wait_for(_at(state, target), PATIENCE)
    except asyncio.TimeoutError:
        return "*The chart is being drawn: hover again for its picture.*"
    if isinstance(found, Refusal):
        return f"*No picture: {found.reason}*"
    if found is None or len(found.png) > LARGEST_IN_HOVER:
        return ""
    data = base64.b64encode(found.png).decode()
    width = min(found.width, WIDEST_IN_HOVER)
    return f"![chart](data:image/png;base64,{data}|width={width})"


async def execute_command(state: State, params: Any) -> dict[str, Any] | None:
    """`polycell.previewChart` with `{"uri", "position", "show"}`: draws the chart there, and answers the `path` of its
    picture, or the `reason` why there is none. Unless `show` is false, the client is asked to open the picture."""
    said = params if isinstance(params, Mapping) else {}
    arguments = said.get("arguments")
    asked = arguments[0] if said.get("command") == PREVIEW_CHART and isinstance(arguments, list) and arguments else None
    uri = asked.get("uri") if isinstance(asked, Mapping) else None
    found = state.asked(uri) if isinstance(uri, str) else None
    if not isinstance(asked, Mapping) or found is None:
        return None
    position = asked.get("position")
    line, character = (position.get(k, 0) if isinstance(position, Mapping) else 0 for k in ("line", "character"))
    if not isinstance(line, int) or not isinstance(character, int):
        return None
    at = types.Position(max(line, 0), max(character, 0))
    target = found.target(to_offset(found.face.lines, at, state.client.encoding))
    drawn = await _at(state, target) if target is not None else None
    if not isinstance(drawn, Picture):
        return {"reason": drawn.reason if drawn is not None else "There is no chart at this place."}
    path = await asyncio.to_thread(state.pictures.write, drawn)
    if asked.get("show") is not False and state.client.shows_documents:
        await state.show(types.ShowDocumentParams(path.as_uri(), external=True))
    return {"path": str(path), "width": drawn.width, "height": drawn.height}
