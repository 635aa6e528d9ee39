"""What the README says is so: its two commands, its terminal extract, its links."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(README) if kind == language]


def test_there_are_exactly_two_commands() -> None:
    main_job, tests = blocks("sh")
    assert "polycell show --example" in main_job
    assert "polycell check --example" in main_job
    assert "pip install" in tests
    assert "pytest" in tests


def test_ci_runs_the_second_command_as_it_stands() -> None:
    assert f"tests() {{\n{blocks('sh')[1]}}}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def polycell(*arguments: str) -> str:
    environment = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "polycell", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_extract_is_what_the_command_prints() -> None:
    """Everything in the extract is in the output, in this order; a line `[…]` stands for lines left out."""
    (extract,) = [text for text in blocks("text") if text.startswith("$ polycell show --example")]
    printed = "\n".join(line.rstrip() for line in polycell("show", "--example").split("\n"))
    at = 0
    for part in extract.split("\n", 1)[1].split("[…]\n"):
        wanted = part.strip("\n")
        assert wanted in printed[at:]
        at = printed.index(wanted, at) + len(wanted)


def test_the_example_is_clean() -> None:
    assert polycell("check", "--example").strip() == "1 notebook checked, nothing found"


def test_the_settings_are_those_the_server_knows() -> None:
    from polycell.lsp.settings import _FIELDS

    (table,) = re.findall(r"^\| setting .*?\n\n", README, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == sorted(_FIELDS, key=table.index)
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(_FIELDS)


def test_the_extension_has_every_setting_of_the_server_and_its_page_tells_of_each() -> None:
    from polycell.lsp.settings import _FIELDS

    folder = ROOT / "vscode-extension"
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    names = {name.removeprefix("polycell.") for name in manifest["contributes"]["configuration"]["properties"]}
    assert {name for name in names if "." not in name} == set(_FIELDS)
    told = (folder / "README.md").read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"`polycell\.([\w.]+)`", told)) == names
