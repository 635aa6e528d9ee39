"""The pictures that have been drawn, and those that are being drawn."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from polycell.core.charts import Drawing, Refusal

if TYPE_CHECKING:
    import tempfile

    from polycell.bridge.drawing import Picture

KEPT = 16


class Pictures:
    """Pictures by what they show. One is drawn at a time: each takes a processor for a second."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[str, Picture | Refusal] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Picture | Refusal]] = {}
        self._turn = asyncio.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def of(self, drawn: Drawing) -> Picture | Refusal:
        """The picture of a chart without gaps; whoever stops waiting leaves the drawing to go on."""
        said = json.dumps([drawn.library, drawn.version, drawn.content], sort_keys=True, default=str)
        key = hashlib.sha256(said.encode()).hexdigest()
        found = self._drawn.get(key)
        if found is not None:
            self._drawn.move_to_end(key)
            return found
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(self._draw(key, drawn))
        return await asyncio.shield(task)

    async def _draw(self, key: str, drawn: Drawing) -> Picture | Refusal:
        from polycell.bridge.drawing import draw

        try:
            async with self._turn:
                made = await draw(drawn)
            self._drawn[key] = made
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
            return made
        finally:
            del self._under_way[key]

    def write(self, picture: Picture) -> Path:
        """The picture as a file that lives as long as we do."""
        import tempfile

        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="polycell-charts-", ignore_cleanup_errors=True)
        name = hashlib.sha256(picture.png).hexdigest()[:12]
        path = Path(self._folder.name) / f"chart-{name}.png"
        path.write_bytes(picture.png)
        return path
