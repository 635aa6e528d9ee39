"""A process that reads one catalogue: what is asked comes on standard input, the answer goes to standard output.

Drivers are native code that may hang, crash or keep a lock; a process of its own can be ended whatever they do, and
takes their memory with it. Credentials travel by the pipe, never by the command line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from polycell.tables.databases.catalogue import Database, from_plain, to_plain
from polycell.tables.databases.places import Place
from polycell.tables.databases.secrets import masked, secrets_of

SECONDS = 20.0  # for one catalogue, the start of the process included

_START = "import sys; sys.path[:] = {path!r}; from polycell.tables.databases.worker import main; main()"


class NotRead(Exception):  # noqa: N818  (a state, not an error)
    """Why a database could not be read, in words for the user and without credentials."""


def ask(place: Place, seconds: float | None = None) -> Database:
    """Read a catalogue in a process of its own, which has `SECONDS`. Raises NotRead."""
    seconds = SECONDS if seconds is None else seconds
    # Only what our own process imports from: the working folder may be the notebook's.
    path = [p for p in sys.path if p]
    command = [sys.executable, "-c", _START.format(path=path)]
    asked = json.dumps({"kind": place.kind, "target": place.target, "label": place.label})
    try:
        run = subprocess.run(
            command, input=asked, capture_output=True, text=True, encoding="utf-8", timeout=seconds,
            cwd=os.path.dirname(sys.executable) or None, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRead(f"no answer within {seconds:g} seconds") from None
    except OSError as problem:
        raise NotRead(f"its reader could not be started: {problem}") from None
    try:
        answer = json.loads(run.stdout)
        if "problem" in answer:
            raise NotRead(masked(str(answer["problem"]), secrets_of(place.target)))
        return from_plain(answer["database"])
    except (ValueError, KeyError, TypeError):
        raise NotRead(f"its reader ended without an answer (exit code {run.returncode})") from None


def main() -> None:
    """What the process does."""
    asked = json.loads(sys.stdin.read())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a driver prints is no answer
    json.dump(_answer(Place(**asked)), answers)
    answers.close()
    os._exit(0)  # a driver's threads are not waited for


def _answer(place: Place) -> dict[str, Any]:
    try:
        if place.kind == "duckdb":
            from polycell.tables.databases.duckdb_file import read_duckdb

            found = read_duckdb(Path(place.target), place.label)
        else:
            from polycell.tables.databases.server import read_server

            found = read_server(place.target, place.label)
        return {"database": to_plain(found)}
    except ImportError as problem:
        extra = "duckdb" if place.kind == "duckdb" else "databases"
        return {"problem": f"{problem} (pip install 'polycell[{extra}]')"}
    except Exception as problem:
        said = str(getattr(problem, "orig", None) or problem).strip()
        return {"problem": next((line for line in said.splitlines() if line.strip()), type(problem).__name__)}
