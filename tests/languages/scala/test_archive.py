"""Archives of classes: which starts use one, what becomes of one that does not fit, and that a real JVM takes one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from polycell.languages.scala.host import archive, java, warm
from polycell.languages.scala.host.classpath import compiler_jars
from polycell.languages.scala.host.jars import known
from polycell.languages.scala.host.java import Java
from polycell.languages.scala.host.versions import DEFAULT


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path))
    return tmp_path


def runtime(folder: Path, version: str) -> Java:
    folder.mkdir(exist_ok=True)
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return Java(folder, folder / "libjvm.so", 17)


def test_an_archive_belongs_to_a_jvm_and_its_jars(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"1")
    first = archive.place(runtime(tmp_path / "java", "17.0.1"), [str(jar)])
    assert first == archive.place(runtime(tmp_path / "java", "17.0.1"), [str(jar)])
    newer = archive.place(runtime(tmp_path / "java", "17.0.2"), [str(jar)])
    jar.write_bytes(b"22")
    assert len({first, newer, archive.place(runtime(tmp_path / "java", "17.0.2"), [str(jar)])}) == 3


def made(folder: Path, classes: bytes) -> Path:
    """An archive as a writer leaves it whose JVM writes these bytes; none where there are no bytes."""
    found = archive.place(runtime(folder / "java", "17"), [])
    program = folder / "writes.py"
    program.write_text(
        "import json, sys\n"
        "part = json.loads(sys.stdin.readline())['part']\n"
        f"classes = {classes!r}\n"
        "classes and open(part, 'wb').write(classes)\n"
    )
    archive.write(found, "2.13.16", [], [], 512, command=(sys.executable, str(program)))
    return found


def test_one_that_was_written_is_used(tmp_path: Path) -> None:
    found = made(tmp_path, b"classes")
    assert archive.is_tried(found)
    assert archive.usable(found)
    assert f"-XX:SharedArchiveFile={found}" in archive.options(found)
    assert {path.suffix for path in found.parent.iterdir()} == {".jsa", ".sha256"}


def test_one_that_is_damaged_is_forgotten_and_made_again(tmp_path: Path) -> None:
    found = made(tmp_path, b"classes")
    found.write_bytes(b"class")
    assert not archive.usable(found)
    assert not archive.is_tried(found)
    assert archive.usable(made(tmp_path, b"classes"))


def test_a_jvm_that_makes_none_is_not_asked_at_every_start(tmp_path: Path) -> None:
    found = made(tmp_path, b"")
    assert archive.is_tried(found)
    assert not archive.usable(found)


def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    found = archive.place(runtime(tmp_path / "java", "17"), [])
    found.parent.mkdir(parents=True)
    found.with_suffix(".lock").touch()
    assert made(tmp_path, b"classes") == found
    assert not archive.is_tried(found)


class Recording:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        def ask(source: str, offset: int, token: object) -> None:
            self.asked.append((name, source[:offset].rpartition("\n")[2]))

        return ask


@pytest.mark.parametrize(("jars", "members"), [([], ["sales."]), (["spark-sql_2.13-3.5.0.jar"], ["sales.", "frame."])])
def test_a_compiler_is_asked_before_anybody_asks(jars: list[str], members: list[str]) -> None:
    pytest.importorskip("jpype")
    compiler = Recording()
    assert warm.up(compiler, lambda text: text, jars, lambda: False) == len(compiler.asked)  # type: ignore[arg-type, return-value]
    assert [line for name, line in compiler.asked if name == "complete" and line.endswith(".")] == members
    assert {name for name, _ in compiler.asked} == {"complete", "hover", "signature", "definition"}


def test_whoever_asks_meanwhile_goes_first() -> None:
    pytest.importorskip("jpype")
    compiler = Recording()
    assert warm.up(compiler, lambda text: text, [], lambda: len(compiler.asked) == 2) == 2  # type: ignore[arg-type, return-value]


_LOADED = """
import json, os, sys
from polycell.languages.scala.host import archive, java, warm
from polycell.languages.scala.host.engines import answering
jars, archived, log = json.loads(sys.argv[1])
from pathlib import Path
java.start(java.find_java(), 512, jars, [*archive.options(Path(archived)), f"-Xlog:class+load:file={log}"])
from polycell.languages.scala.host.interop import Source
from polycell.languages.scala.host.versions import DEFAULT
library = [jar for jar in jars if "scala-library" in jar]
compiler = answering(DEFAULT, library)
asked = warm.up(compiler, lambda text: Source("file:///Warm.scala", text), library, lambda: False)
os._exit(0 if asked == 5 else 1)
"""


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="two JVMs; POLYCELL_FULL=1 runs it")
def test_a_real_jvm_takes_its_classes_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLYCELL_CACHE")
    jars, found = known(compiler_jars(DEFAULT)), java.find_java()
    if jars is None or found is None:
        pytest.skip("no Scala compiler")
    library = [jar for jar in jars if "scala-library" in jar]
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path))
    place = archive.place(found, jars)
    if not archive.write(place, DEFAULT.scala, jars, library, 512):
        pytest.skip("this JVM makes no archives")
    log = tmp_path / "loaded.txt"
    told = json.dumps([list(jars), str(place), str(log)])
    subprocess.run([sys.executable, "-c", _LOADED, told], check=True, cwd=tmp_path, stdout=subprocess.DEVNULL)
    lines = log.read_text().splitlines()
    shared = [line for line in lines if "shared objects file (top)" in line]
    assert any("scala.tools.nsc.Global " in line for line in shared)
    assert len(shared) > len(lines) / 4
