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
from polycell.dependencies.artifacts import Coordinates, continuations
from polycell.dependencies.completing import Catalogue
from polycell.dependencies.index import Index
from polycell.dependencies.model import Requirement
from polycell.dependencies.nuget import Packages
from polycell.dependencies.repository import WebRepository
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
    assert offered("%pip install pandas==<|>", tmp_path, Declarations(Catalogue(versions))) == [
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
    assert continuations(written, [maven]) == parts
    got = offered(
        f"language: scala\n# %%\nimport $ivy.`{written}<|>", tmp_path, Declarations(Catalogue(coordinates=maven))
    )
    assert got == parts


def test_the_cached_artifact(maven: Coordinates) -> None:
    def cached(text: str) -> str:
        return maven.cached(Requirement("maven", "", text=text))

    assert cached("org.typelevel:cats-core_2.13:2.9.0") == "cats-core_2.13-2.9.0.jar"
    assert cached("org.typelevel::cats-core:2.9.0") == "cats-core_2.13-2.9.0.jar"
    assert cached("org.typelevel:cats-core_2.13:1.0") == cached("nonsense") == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("//> using dep org.typelevel::<|>", ["cats-core"]),
        ('//> using deps "org.typelevel:cats-core_3:<|>', ["2.10.0"]),
        ("//> using dep a:b:1 org.typelevel:cats-core_3:<|>", ["2.10.0"]),
        ("import $ivy.{`a:b:1`, `org.typelevel:<|>", ["cats-core_2.13", "cats-core_3"]),
        ("import $plugin.$ivy.`org.typelevel::<|>", ["cats-core"]),
        ("%AddDeps org.typelevel cats-core_2.13 2.9<|>", ["2.10.0", "2.9.0"]),
        ("%AddDeps org.typelevel <|>", ["cats-core_2.13", "cats-core_3"]),
        ("%AddDeps org.typelevel cats-core_3 2.10.0 <|>", None),
        ("val x = `org.typelevel:<|>", None),
    ],
)
def test_coordinates_in_every_form(tmp_path: Path, maven: Coordinates, text: str, parts: list[str] | None) -> None:
    catalogue = Catalogue(coordinates=maven)
    assert offered(f"language: scala\n# %%\n{text}", tmp_path, Declarations(catalogue)) == parts


def test_coordinates_in_a_session_s_configuration(tmp_path: Path, maven: Coordinates) -> None:
    text = '%%configure\n{"conf": {"spark.jars.packages": "a:b:1,org.typelevel:cats-core_3:<|>'
    assert offered(text, tmp_path, Declarations(Catalogue(coordinates=maven))) == ["2.10.0"]
    text = 'SparkSession.builder.config("spark.jars.packages", "a:b:1,org.typelevel:cats-core_3:<|>'
    assert offered(text, tmp_path, Declarations(Catalogue(coordinates=maven))) == ["2.10.0"]


def test_newest_first_and_candidates_behind_their_release() -> None:
    class Told:
        def groups(self, prefix: str) -> list[str]:
            return []

        artifacts = groups

        def versions(self, group: str, artifact: str) -> list[str]:
            return ["2.0", "2.0-RC1", "2.0.1", "10.0", "2.0-M2"]

    assert continuations("a:b:", [Told()]) == ["10.0", "2.0.1", "2.0", "2.0-RC1", "2.0-M2"]


LISTED = """<html><a href="../">../</a><a href="cats-core_2.13/" title="x">cats-core_2.13/</a>
<a href='{here}cats-effect_3/'>f</a><a href="/maven2/">up</a><a href="https://elsewhere.example/x/">x</a>
<a href="a.pom">a.pom</a><a href="?sort=1/">s</a><a href="kittens_2.13/">kittens</a></html>"""
VERSIONS = (
    "<metadata><versioning><latest>2.9</latest><versions><version>2.9</version>"
    "<version> 2.10 </version></versions></versioning></metadata>"
)
REPOSITORY = {
    "/maven2/org/typelevel/": ("text/html", LISTED),
    "/maven2/org/": ("text/html", '<a href="typelevel/">t</a>'),
    "/maven2/org/typelevel/cats-core_2.13/maven-metadata.xml": ("text/xml", VERSIONS),
    "/maven2/org/typelevel/broken/maven-metadata.xml": ("text/xml", "<version"),
}


def test_a_repository_on_the_web(tmp_path: Path, index: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    address, asked = index
    here = address.removesuffix("simple") + "maven2/org/typelevel/"
    for path, (kind, body) in REPOSITORY.items():
        monkeypatch.setitem(SIMPLE, path, (kind, body.replace("{here}", here)))
    topic = Declarations(Catalogue(repository=WebRepository(address.replace("simple", "maven2/"))))
    for written, parts in (
        ("org.", ["org.typelevel"]),
        ("org.typelevel:", ["cats-core_2.13", "cats-effect_3", "kittens_2.13"]),
        ("org.typelevel::", ["cats-core", "cats-effect", "kittens"]),
        ("org.typelevel:cats-core_2.13:", ["2.10", "2.9"]),
        ("org.typelevel::cats-core:", ["2.10", "2.9"]),
        ("org.typelevel:broken:", []),
        ("org.typelevel:../..:", []),
        ("org/../x:", []),
    ):
        assert offered(f"language: scala\n# %%\nimport $ivy.`{written}<|>", tmp_path, topic) == parts, written
    assert asked.count("/maven2/org/typelevel/") == 1, "a listing is kept"
    assert not any(".." in path for path in asked)


def test_a_server_that_does_not_answer_is_left_alone() -> None:
    def none(written: str) -> list[str]:
        return continuations(written, [gone])

    gone = WebRepository("http://127.0.0.1:9/maven2")
    assert none("org") == none("org.typelevel::") == none("org.typelevel::cats-core:") == []


# -- the other ecosystems


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("%conda install -y -c conda-forge pan<|>", ["PyYAML", "scikit-learn"]),
        ("!mamba install conda-forge::pan<|>", ["PyYAML", "scikit-learn"]),
        ("%conda install pandas=<|>", ["2.2.3"]),
        ("!conda install 'pandas>=1,<<|>", ["2.2.3"]),
        ("%uv pip install pan<|>", ["PyYAML", "scikit-learn"]),
        ("!{sys.executable} -m pip install pan<|>", ["PyYAML", "scikit-learn"]),
        ("dbutils.library.installPyPI('pan<|>", ["PyYAML", "scikit-learn"]),
        ("%pip install pandas>=2,<<|>", ["2.2.3"]),
    ],
)
def test_names_and_versions_of_other_installers(tmp_path: Path, site: Path, text: str, some: list[str]) -> None:
    got = offered(text, tmp_path)
    assert got is not None
    assert set(some) <= set(got)
    assert len(got) == 1 or len(some) > 1


@pytest.mark.parametrize(
    "text", ["%pip install -r <|>", "%pip install -q --index-url <|>", "%conda install -c <|>", "%conda install -<|>"]
)
def test_the_value_of_an_option_is_no_requirement(tmp_path: Path, site: Path, text: str) -> None:
    assert offered(text, tmp_path) is None


def test_nothing_is_offered_as_an_extra(tmp_path: Path, site: Path) -> None:
    assert offered("%pip install pandas[<|>", tmp_path) == []


def test_packages_of_nuget(tmp_path: Path) -> None:
    for version in ("13.0.1", "9.0.1", "13.0.1-beta2"):
        folder = tmp_path / "packages/newtonsoft.json.bson" / version
        folder.mkdir(parents=True)
        (folder / "newtonsoft.json.bson.nuspec").write_text("<package><id>Newtonsoft.Json.Bson</id></package>")
    topic = Declarations(Catalogue(packages=Packages(tmp_path / "packages")))
    got = offered('language: csharp\n# %%\n#r "nuget: New<|>', tmp_path, topic)
    assert got is not None
    assert {"Newtonsoft.Json", "Newtonsoft.Json.Bson", "Plotly.NET"} <= set(got)
    assert offered('language: fsharp\n# %%\n#r "nuget:Newtonsoft.Json.Bson, 1<|>', tmp_path, topic) == [
        "13.0.1",
        "13.0.1-beta2",
        "9.0.1",
    ]
    assert offered('language: csharp\n# %%\n#r "nuget: ../x, <|>', tmp_path, topic) == []
    assert offered('language: csharp\n# %%\n#r "./a<|>', tmp_path, topic) is None
