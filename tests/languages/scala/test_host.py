"""What stands around the compiler: finding Java, the jars that are remembered, versions, configurations."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from polycell.core.notebook import Cell, Notebook
from polycell.languages.scala.config import Config, config_of
from polycell.languages.scala.host import java
from polycell.languages.scala.host.jars import MissingError, Wanted, jars_of, known, remember
from polycell.languages.scala.host.versions import DEFAULT, release_for

needs_platformdirs = pytest.mark.skipif(importlib.util.find_spec("platformdirs") is None, reason="needs platformdirs")


def runtime(folder: Path, version: str) -> Path:
    library = folder / "lib" / "server" / "libjvm.so"
    library.parent.mkdir(parents=True)
    library.touch()
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


def test_java_home_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(runtime(tmp_path / "a", "21.0.1")))
    found = java.find_java()
    assert found is not None
    assert (found.home, found.version) == (tmp_path / "a", 21)


def test_an_old_java_home_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(runtime(tmp_path / "old", "1.8.0_392")))
    program = runtime(tmp_path / "new", "17.0.15") / "bin" / "java"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    found = java.find_java()
    assert found is not None
    assert found.home.name == "new"


def test_no_java_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(java, "_bundled", lambda: "")
    assert java.find_java() is None


def test_versions() -> None:
    assert release_for("") == (DEFAULT, "")
    assert release_for("2.13") == (DEFAULT, "")
    assert release_for("2.13.8") == (DEFAULT, "")
    release, note = release_for("2.12")
    assert release == DEFAULT
    assert "Scala 2.12" in note


@needs_platformdirs
def test_what_was_resolved_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path / "cache"))
    wanted = Wanted(("a:b:1",))
    with pytest.raises(MissingError, match="polycell scala fetch"):
        jars_of(wanted, download=False, progress=print)
    jar = tmp_path / "b-1.jar"
    jar.touch()
    remember(wanted, [str(jar)])
    assert jars_of(wanted, download=False, progress=print) == (str(jar),)
    assert known(Wanted(("a:b:2",))) is None
    jar.unlink()
    assert known(wanted) is None


def notebook(*texts: str, config: object = None) -> Notebook:
    cells = tuple(Cell(str(i), "scala", text) for i, text in enumerate(texts))
    return Notebook("n", cells, metadata={"config": config} if config is not None else {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (notebook(), Config()),
        (
            notebook(
                config={"dependencies": {"scala": ["org.typelevel:cats-core_2.12:2.10.0", "file:///x/lib.jar?nocache"]}}
            ),
            Config(modules=("org.typelevel:cats-core_2.12:2.10.0",)),
        ),
        (
            notebook(
                config={
                    "scalaVersion": "2.12",
                    "exclusions": ["a:b"],
                    "repositories": [{"maven": {"base": "https://r/m"}}],
                }
            ),
            Config("2.12", (), ("a:b",), ("https://r/m",)),
        ),
        (
            notebook("import $ivy.`org.typelevel::cats-core:2.10.0`, $ivy.`a:b:1`"),
            Config(modules=("org.typelevel:cats-core_2.13:2.10.0",)),
        ),
        (notebook("import $ivy.{`a::b:1`, `c:d:2`}"), Config(modules=("a:b_2.13:1", "c:d:2"))),
        (
            notebook('//> using scala "2.13.10"\n//> using dep com.lihaoyi::upickle:3.1.0'),
            Config("2.13.10", ("com.lihaoyi:upickle_2.13:3.1.0",)),
        ),
        (notebook("import $ivy.`sh.almond::almond-spark:_`"), Config()),
        (notebook(config="nonsense"), Config()),
        (notebook(config={"dependencies": [1], "exclusions": {}, "repositories": [1, {"maven": 2}]}), Config()),
    ],
)
def test_configurations(found: Notebook, expected: Config) -> None:
    assert config_of(found) == expected
