"""Pictures of charts, drawn by `vl-convert` in a process of its own.

A specification is a program: it may ask for data without end, for files and for addresses. So it is drawn by a child
that reads no file and opens no connection (`drawing_worker`), may take only so much memory and time, and is killed
after that.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from typing import Any

from msgspec import Struct

from polycell.bridge.process import spawn
from polycell.core.charts import Drawing, Refusal

SECONDS = 10.0
LARGEST = 2 * 1024 * 1024  # bytes of a picture
MISSING = 'Pictures of charts need vl-convert: `pip install "polycell[preview]"`.'


class Picture(Struct, frozen=True):
    png: bytes
    width: int  # in CSS pixels; the picture itself has twice as many
    height: int


def available() -> bool:
    return importlib.util.find_spec("vl_convert") is not None


async def draw(drawing: Drawing) -> Picture | Refusal:
    """The picture of a chart that has no gaps left. Never takes longer than `SECONDS`."""
    if drawing.gaps:
        return Refusal("The chart's data are not there.")
    if not available():
        return Refusal(MISSING)
    try:
        asked = json.dumps({"library": drawing.library, "version": drawing.version, "content": drawing.content})
    except (TypeError, ValueError):
        return Refusal("Only a run can tell a part of the specification.")
    command = [sys.executable, "-I", "-c", _START, *sys.path]
    try:
        child = await spawn("drawing", command, {})
    except OSError as failed:
        return Refusal(f"The drawing process cannot be started: {failed.strerror or failed}.")
    try:
        answer = await asyncio.wait_for(_talk(child.reader, child.writer, asked.encode()), SECONDS)
    except asyncio.TimeoutError:
        return Refusal(f"Drawing it takes more than {SECONDS:g} seconds.")
    except (OSError, asyncio.IncompleteReadError):
        return Refusal("Drawing it takes more memory than a preview may.")
    finally:
        child.kill()
        await child.wait(1.0)  # a loop that ends before its child speaks of it on the terminal
    return _picture(answer)


# `-I` keeps the folder of the notebook and the user's settings out of the child's search path.
_START = "import sys; sys.path[:] = sys.argv[1:]; from polycell.bridge.drawing_worker import main; main()"


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes) -> bytes:
    writer.write(asked)
    await writer.drain()
    writer.close()
    return await reader.read(-1)


def _picture(answer: bytes) -> Picture | Refusal:
    head, newline, body = answer.partition(b"\n")
    said: Any = {}
    if newline:
        try:
            said = json.loads(head)
        except ValueError:
            said = {}
    if not isinstance(said, dict) or not said:
        return Refusal("Drawing it takes more memory than a preview may.")
    if "refusal" in said:
        return Refusal(str(said["refusal"]))
    if len(body) > LARGEST:
        return Refusal("The picture is too large.")
    return Picture(body, int(said.get("width", 0)), int(said.get("height", 0)))
