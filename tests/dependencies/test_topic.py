"""Hover on imports and declarations, and completion inside of declarations."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polycell.core import features
from polycell.dependencies.artifacts import Coordinates
from polycell.dependencies.index import Index
from polycell.dependencies.model import Requirement
from polycell.dependencies.topic import Declarations
from tests.dependencies.cases import case
from tests.dependencies.environments import install, make_environment


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = make_environment(tmp_path / ".venv", "3.12")
    install(made, "PyYAML", "6.0.2", ["yaml"], summary="YAML for Python", licence="MIT")
    install(made, "pandas", "2.2.3", summary="Data structures", licence="BSD-3-Clause")
    return made


def hovered(text: str, folder: Path, metadata: dict[str, Any] | None = None) -> str:
    made = case(text, metadata, folder)
    found = asyncio.run(features.hover(made.snapshot, made.session.services, made.cell, made.offset))
    return found.markdown if found is not None else ""


def offered(text: str, folder: Path, topic: Declarations | None = None) -> list[str] | None:
    made = case(text, None, folder)
    made.snapshot.analysis.settle()
    index = made.notebook.index(made.cell)
    assert index is not None
    context = made.snapshot.analysis.context(index)
    answer = asyncio.run((topic or Declarations()).complete(context, made.offset))
    if answer is None:
        return None
    for item in answer.items:
        assert item.replace.of(context.cell.text) == context.cell.text[item.replace.start : made.offset]
    return [item.label for item in sorted(answer.items, key=lambda i: (i.rank, i.label))]


def test_hover_on_an_import_tells_the_distribution(tmp_path: Path, site: Path) -> None:
    told = hovered("%pip install pyyaml>=6\nimport ya<|>ml", tmp_path)
    for words in ("**pyyaml**", "`pyyaml>=6` in `%pip install`", "6.0.2 is installed, MIT", "YAML for Python"):
        assert words in told
    assert "not declared" in hovered("import ya<|>ml", tmp_path)
    assert "**pyyaml**" not in hovered("import o<|>s", tmp_path)


def test_hover_on_a_declaration(tmp_path: Path, site: Path) -> None:
    told = hovered("# %%\n%pip install pan<|>das==2.2.3 nothing\n# %%\nimport pandas\n# %%\nimport pandas.io", tmp_path)
    for words in ("`==2.2.3`", "2.2.3 is installed, BSD-3-Clause", "Data structures", "Imported in cells 2, 3."):
        assert words in told
    assert "Not installed in" in hovered("%pip install noth<|>ing", tmp_path)
    assert "No cell imports it." in hovered("# /// script\n# dependencies = ['pan<|>das']\n# ///", tmp_path)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("%pip install <|>", ["PyYAML", "ipykernel", "pandas"]),
        ("%pip install -q pan<|>", ["PyYAML", "ipykernel", "pandas"]),
        ("!pip install 'pan<|>", ["PyYAML", "ipykernel", "pandas"]),
        ("# /// script\n# dependencies = [\n#   'pan<|>\n# ]\n# ///", ["PyYAML", "ipykernel", "pandas"]),
        ("%pip install pandas==<|>", ["2.2.3"]),
        ("%pip install pandas>=2<|>", ["2.2.3"]),
        ("%pip install nothing==<|>", []),
    ],
)
def test_names_and_versions(tmp_path: Path, site: Path, text: str, first: list[str]) -> None:
    got = offered(text, tmp_path)
    assert got is not None
    assert got[: len(first)] == first
    assert ("scikit-learn" in got) is not ("==" in text or ">=" in text)


@pytest.mark.parametrize(
    "text", ["import pan<|>", "x = 'pip install <|>'.x", "%pip install -<|>", "%pip install ./<|>", "# 'a<|>", "pan<|>"]
)
def test_elsewhere_the_language_answers(tmp_path: Path, site: Path, text: str) -> None:
    assert offered(text, tmp_path) is None or text.startswith("x = ")


# -- the index, on a server of the test's own

SIMPLE = {
    "/simple/pandas/": ("application/vnd.pypi.simple.v1+json", '{"versions": ["1.5", "2.10", "2.9", "3.0rc1", "x"]}'),
    "/simple/old/": ("text/html", "<a href='f'>old-1.0.tar.gz</a> <a>old-1.10-py3-none-any.whl</a>"),
    "/simple/files/": ("application/json", '{"files": [{"filename": "files-2.0.zip"}, 7]}'),
    "/simple/broken/": ("application/json", "{"),
}


@pytest.fixture
def index() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = SIMPLE.get(self.path, ("", ""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple", asked
    server.shutdown()
    server.server_close()


def test_versions_of_an_index(tmp_path: Path, site: Path, index: tuple[str, list[str]]) -> None:
    address, asked = index
    versions = Index(address).versions
    assert offered("%pip install pandas==<|>", tmp_path, Declarations(versions)) == [
        "2.2.3",
        "2.10",
        "2.9",
        "1.5",
        "3.0rc1",
    ]
    assert versions("Pandas") == ("2.10", "2.9", "1.5", "3.0rc1")
    assert asked == ["/simple/pandas/"], "an answer is kept"
    assert versions("old") == ("1.10", "1.0")
    assert versions("files") == ("2.0",)
    assert versions("broken") == versions("gone") == ()


def test_nobody_is_asked_without_the_setting(tmp_path: Path, site: Path, index: tuple[str, list[str]]) -> None:
    assert offered("%pip install pandas==<|>", tmp_path) == ["2.2.3"]
    assert index[1] == []
    assert Index("http://127.0.0.1:9/simple").versions("pandas") == ()


# -- artifacts of the local caches


@pytest.fixture
def maven(tmp_path: Path) -> Coordinates:
    for name, version in (("cats-core_2.13", "2.9.0"), ("cats-core_2.13", "2.10.0"), ("cats-core_3", "2.10.0")):
        folder = tmp_path / "m2/org/typelevel" / name / version
        folder.mkdir(parents=True)
        (folder / f"{name}-{version}.jar").touch()
    return Coordinates((tmp_path / "m2",))


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("", ["org"]),
        ("org.ty", ["org.typelevel"]),
        ("org.typelevel:", ["cats-core_2.13", "cats-core_3"]),
        ("org.typelevel::", ["cats-core"]),
        ("org.typelevel:cats-core_2.13:", ["2.10.0", "2.9.0"]),
        ("org.typelevel::cats-core:", ["2.10.0", "2.9.0"]),
        ("org.typelevel:nothing:", []),
        ("../..:", []),
    ],
)
def test_coordinates(tmp_path: Path, maven: Coordinates, written: str, parts: list[str]) -> None:
    assert maven.continuations(written) == parts
    got = offered(f"language: scala\n# %%\nimport $ivy.`{written}<|>", tmp_path, Declarations(coordinates=maven))
    assert got == parts


def test_the_cached_artifact(maven: Coordinates) -> None:
    def cached(text: str) -> str:
        return maven.cached(Requirement("maven", "", text=text))

    assert cached("org.typelevel:cats-core_2.13:2.9.0") == "cats-core_2.13-2.9.0.jar"
    assert cached("org.typelevel::cats-core:2.9.0") == "cats-core_2.13-2.9.0.jar"
    assert cached("org.typelevel:cats-core_2.13:1.0") == cached("nonsense") == ""
