"""A server that has just started has not paid for what it does not need yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from polycell.compose import default_services

ROOT = Path(__file__).resolve().parents[2]

HEAVY = ("pyarrow", "sqlglot", "rich", "typer", "jedi", "yaml", "pandas", "polars", "duckdb")


def loaded(statement: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint('loaded:', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    "statement",
    [
        "import polycell.lsp.server",
        "import polycell.compose; polycell.compose.default_services()",
        "import polycell.formats",
        "from polycell.cli import main\ntry:\n    main(['serve', '--help'])\nexcept SystemExit:\n    pass",
    ],
    ids=["server", "compose", "formats", "serve --help"],
)
def test_nothing_heavy_is_imported(statement: str) -> None:
    assert loaded(statement) == set()


ANSWERED = """
import asyncio
from polycell.core.values import replace
from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at

async def first_completion(language, text):
    client = Client(default_parts, idle=3600.0)
    client.server.state.settings = replace(client.server.state.settings, scala_engine="compiler")
    await client.start()
    client.open_notebook("file:///book.ipynb", (language, text))
    assert await client.complete("cell:file:///book.ipynb#0", 0, len(text))
    client.end()
"""
ROOMS = ("languages.sql", "languages.vega", "languages.scala", "dependencies.actions", "tables.readers.registry")


def loaded_by(statement: str) -> set[str]:
    """Which of our modules that not every notebook needs a fresh interpreter has loaded after a statement."""
    program = f"{ANSWERED}\n{statement}\nimport sys\nprint('loaded:', *sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    ours = {name.removeprefix("polycell.") for name in run.stdout.rpartition("loaded:")[2].split()}
    return {name for name in ours if name.startswith(ROOMS)}


def test_the_first_completion_of_a_python_notebook_waits_for_no_other_language() -> None:
    loaded = loaded_by("asyncio.run(first_completion('python', 'ran'))")
    assert loaded == {"languages.sql", "languages.sql.makers", "languages.vega"}


def test_a_cell_brings_its_own_language() -> None:
    loaded = loaded_by("asyncio.run(first_completion('sql', 'sel'))")
    assert "languages.sql.service" in loaded
    assert not {"languages.vega.service", "languages.scala.service"} & loaded


EARLY = """
import json, sys
from polycell.cli.serve import import_asyncio_without_tls
import_asyncio_without_tls()
import asyncio
from polycell.languages.python.engine import members
from polycell.lsp import scheduler
from polycell.lsp.server import Inbox

# However slow the machine is, the question goes first, and is answered.
scheduler.BUSY, members.ALONE = sys.maxsize, 300.0

BOOK, CELL = "file:///nowhere/book.ipynb", "cell:1"
MESSAGES = (
    {"id": 1, "method": "initialize", "params": {"capabilities": {"general": {}}, "rootUri": "file:///nowhere"}},
    {"method": "initialized", "params": {}},
    {
        "method": "notebookDocument/didOpen",
        "params": {
            "notebookDocument": {"uri": BOOK, "version": 1, "cells": [{"kind": 2, "document": CELL}]},
            "cellTextDocuments": [
                {"uri": CELL, "languageId": "python", "version": 1, "text": "import json\\njson.dumps"},
            ],
        },
    },
    {
        "id": 2,
        "method": "textDocument/METHOD",
        "params": {"textDocument": {"uri": CELL}, "position": {"line": 1, "character": 5}},
    },
)

async def answered():
    done = asyncio.Event()

    class Writer:
        def write(self, data):
            if json.loads(data.partition(b"\\r\\n\\r\\n")[2]).get("id") == 2:
                print("dumps" if b"dumps" in data else data, "loaded:", *sorted(sys.modules))
                done.set()

    inbox = Inbox(Writer(), done)
    for message in MESSAGES:
        inbox.receive({"jsonrpc": "2.0", **message})
    await done.wait()
    await inbox.finish()

asyncio.run(answered())
"""
# What a start does not wait for: who needs one of these before the first answer makes everybody wait for it.
BEHIND_THE_FIRST_ANSWER = {
    *("attrs", "cattrs", "lsprotocol", "pygls", "sqlglot", "pyarrow", "tomli", "yaml"),
    *("argparse", "configparser", "csv", "difflib", "html.parser", "http.client", "random", "shutil", "sqlite3", "ssl"),
    *("tempfile", "tomllib"),
    *("polycell.dependencies.checks", "polycell.rules.undefined_name", "polycell.tables", "polycell.core.references"),
    *("polycell.languages.python.flow", "polycell.languages.python.frames", "polycell.languages.sql.service"),
}
MOST_OF_OURS = {"completion": 130, "hover": 133}  # modules; a hover has three of its own


@pytest.mark.parametrize("method", MOST_OF_OURS)
def test_what_is_said_first_of_the_members_of_a_module_waits_for_nothing_else(method: str) -> None:
    program = EARLY.replace("METHOD", method)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=300)
    said, _, modules = run.stdout.partition("loaded:")
    assert said.strip() == "dumps", run.stderr
    assert BEHIND_THE_FIRST_ANSWER & set(modules.split()) == set()
    assert sum(name.startswith("polycell") for name in modules.split()) <= MOST_OF_OURS[method]


def test_every_late_service_serves_what_it_is_loaded_for() -> None:
    services = default_services()
    assert {"python", "sql", "scala", "vega-lite"} <= set(services.languages)
    assert all(language in services.of(language).languages for language in services.languages)
    assert set(services.languages) == {language for service in services.all for language in service.languages}


def test_the_check_would_notice() -> None:
    assert loaded("import yaml") == {"yaml"}
