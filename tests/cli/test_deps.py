"""`polycell deps`: the table, the formats of the tools, the exit status; and an environment made from its output."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.notebooks import polycell
from tests.dependencies.cases import ipynb, polynote
from tests.dependencies.environments import install, make_environment

BLOCK = '# /// script\n# dependencies = [\n#   "tabulate==0.9.0",\n#   "toolz",\n# ]\n# ///\n'
IMPORTS = "import tabulate\nfrom toolz import frequencies\n"


Deps = Callable[..., tuple[int, str, str]]


@pytest.fixture
def deps(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Deps:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NO_COLOR", "1")
    return lambda path, *options: polycell(capsys, "deps", path, *options)


def test_the_table(deps: Deps, tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    install(site, "tabulate", "0.8")
    path = ipynb(tmp_path / "n.ipynb", [("code", BLOCK + IMPORTS), ("code", "import yaml\nimport json")])
    code, out, _ = deps(path)
    rows = {line.split("  ")[0]: re.split(r"\s{2,}", line.strip()) for line in out.splitlines()}
    assert code == 1
    assert rows["tabulate==0.9.0"][1:] == ["other version", "0.8", "the script block, cell 1", "cell 1"]
    assert rows["toolz"][1:] == ["not installed", "the script block, cell 1", "cell 1"]
    assert rows["pyyaml"][1:] == ["missing", "cell 2"]
    assert "json" not in out


def test_a_relative_path(deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(make_environment(tmp_path / ".venv"), "toolz", "1")
    ipynb(tmp_path / "n.ipynb", [("code", "import toolz")])
    monkeypatch.chdir(tmp_path)
    code, out, _ = deps("n.ipynb")
    assert code == 0
    assert "undeclared" in out


def test_status_0_when_all_is_there(deps: Deps, tmp_path: Path) -> None:
    path = ipynb(tmp_path / "n.ipynb", [("code", BLOCK + IMPORTS)])
    assert deps(path)[0] == 0


@pytest.mark.parametrize("text", ["<html>", "", "{}"])
def test_status_2_when_unreadable(deps: Deps, tmp_path: Path, text: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text, encoding="utf-8")
    code, out, err = deps(path)
    assert (code, out) == (2, "")
    assert "n.ipynb" in err
    assert deps(tmp_path / "gone.ipynb")[0] == 2


def test_the_formats(deps: Deps, tmp_path: Path) -> None:
    path = ipynb(tmp_path / "n.ipynb", [("code", BLOCK + IMPORTS), ("code", "%conda install r=4\nimport cv2")])
    code, requirements, _ = deps(path, "--format", "requirements")
    assert code == 1
    assert requirements == "tabulate==0.9.0\ntoolz\nopencv-python  # imported, not declared\n# conda: r=4\n"
    assert '    "tabulate==0.9.0",\n    "toolz",\n    "opencv-python",\n]' in deps(path, "--format", "pyproject")[1]
    conda = deps(path, "--format", "conda")[1]
    assert conda.splitlines()[3:] == [
        '  - "r=4"',
        "  - pip:",
        '      - "tabulate==0.9.0"',
        '      - "toolz"',
        '      - "opencv-python"',
    ]
    plain = json.loads(deps(path, "--format", "json")[1])
    assert plain["wrong"] == 1
    assert [(d["ecosystem"], d["name"], d["state"], d["used"]) for d in plain["dependencies"]] == [
        ("python", "tabulate", "declared", [1]),
        ("python", "toolz", "declared", [1]),
        ("conda", "r", "declared", []),
        ("python", "opencv-python", "missing", [2]),
    ]


def test_a_polynote_notebook_with_maven(deps: Deps, tmp_path: Path) -> None:
    """Python's tools get what is theirs, with the notebook's index; a resolver of the JVM finds its in the JSON."""
    metadata = polynote(
        ["org.typelevel:cats-core_2.12:2.10.0", "com.lihaoyi:upickle_2.12:3.1.0"],
        ["tabulate==0.9.0", "file:///opt/lib?nocache"],
        scalaVersion="2.12",
        exclusions=["org.slf4j"],
        repositories=[
            {"maven": {"base": "https://maven.example/m2"}},
            {"pip": {"url": "https://index.example/simple"}},
        ],
    )
    path = ipynb(tmp_path / "n.ipynb", [("code", "val x = 1")], metadata)
    code, out, _ = deps(path, "--format", "requirements")
    maven = "# maven: org.typelevel:cats-core_2.12:2.10.0\n# maven: com.lihaoyi:upickle_2.12:3.1.0\n"
    assert (code, out) == (
        0,
        f"--extra-index-url https://index.example/simple\ntabulate==0.9.0\nfile:///opt/lib\n{maven}",
    )
    for form in ("pyproject", "conda"):
        assert deps(path, "--format", form)[1].endswith(maven)
    assert json.loads(deps(path, "--format", "json")[1])["jvm"] == {
        "scala": "2.12",
        "modules": ["org.typelevel:cats-core_2.12:2.10.0", "com.lihaoyi:upickle_2.12:3.1.0"],
        "exclusions": ["org.slf4j"],
        "repositories": ["https://maven.example/m2"],
        "plugins": [],
    }
    rows = deps(path)[1]
    assert "org.typelevel:cats-core_2.12:2.10.0 (maven)" in rows


def test_a_malformed_declaration_is_told_and_the_rest_is_printed(deps: Deps, tmp_path: Path) -> None:
    path = ipynb(tmp_path / "n.ipynb", [("code", "%pip install tabulate=1 toolz")])
    code, out, err = deps(path, "--format", "requirements")
    assert (code, out) == (1, "toolz\n")
    assert "`==`" in err


@pytest.mark.network
def test_an_environment_made_from_the_output_runs_the_imports(deps: Deps, tmp_path: Path) -> None:
    """What a scheduled job does: print, install, run."""
    path = ipynb(tmp_path / "n.ipynb", [("code", BLOCK + IMPORTS)])
    code, requirements, _ = deps(path, "--format", "requirements")
    assert code == 0
    (tmp_path / "requirements.lock.txt").write_text(requirements, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--retries", "1", "-r", str(tmp_path / "requirements.lock.txt")],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        unreachable = re.search(r"(?i)connection|timed out|no matching distribution|name resolution", made.stderr)
        if unreachable:
            pytest.skip(f"the package index does not answer: {made.stderr.strip().splitlines()[-1]}")
        pytest.fail(made.stderr)
    code = f"{IMPORTS}\nassert frequencies('aab') == {{'a': 2, 'b': 1}}\nprint(tabulate.__version__)"
    ran = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "0.9.0", "")
