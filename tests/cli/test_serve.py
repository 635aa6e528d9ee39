"""`polycell serve`: its own small command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "polycell", "serve", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
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
