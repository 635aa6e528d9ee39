"""`polycell serve`: its own small command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def serve(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "polycell", "serve", *arguments],
        capture_output=True,
        text=True,
        input=said,
        timeout=300,
    )


def test_help_lists_the_options() -> None:
    done = serve("--help")
    assert done.returncode == 0
    for option in ("--tcp", "--port", "--log-file", "--log-level"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tcp", "nowhere"], "HOST:PORT"),
        (["--tcp", "localhost:99999"], "HOST:PORT"),
        (["--port", "-1"], "0 to 65535"),
        (["--tcp", "localhost:1", "--port", "2"], "not both"),
        (["--log-level", "loud"], "invalid choice"),
        (["--log-file", os.path.join("no", "such", "folder", "log")], "cannot write the log"),
    ],
)
def test_wrong_options_say_what_is_right(arguments: list[str], said: str) -> None:
    done = serve(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_closed_input_ends_the_server(tmp_path: Path) -> None:
    done = serve("--log-file", str(tmp_path / "log"))
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def message(method: str, params: object, **more: object) -> str:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more})
    return f"Content-Length: {len(body)}\r\n\r\n{body}"


def test_the_log_holds_no_notebook_unless_everything_is_asked_for(tmp_path: Path) -> None:
    document = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "# %%\nsecret_text = 1\n"}
    alone = {"pythonEngine": "off"}
    said = (
        message("initialize", {"processId": None, "capabilities": {}, "initializationOptions": alone}, id=1)
        + message("initialized", {})
        + message("textDocument/didOpen", {"textDocument": document})
        + message("textDocument/documentSymbol", {"textDocument": {"uri": document["uri"]}}, id=3)
        + message("shutdown", None, id=2)
        + message("exit", None)
    )
    for level, expected in (("info", False), ("debug", True)):
        log = tmp_path / level
        done = serve("--log-file", str(log), "--log-level", level, said=said)
        assert "secret_text" in done.stdout
        assert ("secret_text" in log.read_text(encoding="utf-8")) is expected
