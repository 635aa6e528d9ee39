"""What is said to and by other servers, written to a file on request: one line of JSON a message."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

log = logging.getLogger(__name__)

Way = Literal["to", "from"]
Trace: TypeAlias = Callable[[str, Way, Any], None]
"""(name of the server, which way it went, the message)"""


def trace_to(path: Path) -> Trace:
    """Append to that file, which several processes may do at once: a line is written whole. One that cannot be written
    is a line in the log, once."""
    told = False

    def trace(name: str, way: Way, message: Any) -> None:
        nonlocal told
        line = json.dumps({"time": round(time.time(), 3), way: name, "message": message})
        try:
            with path.open("a", encoding="ascii") as file:
                file.write(f"{line}\n")
        except OSError as error:
            if not told:
                log.warning("messages are not traced: %s", error)
            told = True

    return trace
