"""Sources answer when they have read, and again when something was installed or declared."""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable
from pathlib import Path

from polycell.dependencies.installed import Installed
from polycell.dependencies.sources import NO_INTERPRETER, DependencySources, InstalledRequest, Project, ProjectRequest
from tests.dependencies.environments import install, make_environment


class Told:
    def __init__(self) -> None:
        self.keys: list[Hashable] = []
        self.event = threading.Event()

    def __call__(self, keys: tuple[Hashable, ...]) -> None:
        self.keys += keys
        self.event.set()

    def wait(self) -> None:
        assert self.event.wait(300)
        self.event.clear()


def test_nothing_blocks_and_changes_are_told(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    told = Told()
    sources = DependencySources([tmp_path], told)
    key = InstalledRequest("", str(tmp_path))
    assert sources.read(key) is None
    told.wait()
    first = sources.read(key)
    assert isinstance(first, Installed)
    assert set(first.distributions) == {"ipykernel"}
    install(site, "pandas", "2.2")
    os.utime(site, ns=(1, 1))  # the clock of files may stand still between two looks: another time than before
    sources.changed([site / "pandas-2.2.dist-info/RECORD"])
    told.wait()
    second = sources.read(key)
    assert isinstance(second, Installed)
    assert set(second.distributions) == {"ipykernel", "pandas"}
    assert told.keys == [key, key]
    sources.close()


def test_files_beside_the_notebook(tmp_path: Path) -> None:
    told = Told()
    sources = DependencySources([tmp_path], told)
    key = ProjectRequest(str(tmp_path))
    sources.read(key)
    told.wait()
    (tmp_path / "requirements.txt").write_text("pandas\n", encoding="utf-8")
    sources.changed([tmp_path / "requirements.txt"])
    told.wait()
    found = sources.read(key)
    assert isinstance(found, Project)
    assert [r.name for r in found.requirements] == ["pandas"]
    sources.close()


def test_without_an_interpreter_the_answer_says_so(tmp_path: Path) -> None:
    assert DependencySources().read(InstalledRequest("", str(tmp_path))) is NO_INTERPRETER
    assert DependencySources().read("another room's key") is None


def test_included_files_stay_in_the_workspace(tmp_path: Path) -> None:
    inside = tmp_path / "nb"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("outside\n", encoding="utf-8")
    (inside / "a.txt").write_text("one\n-r b.txt\n", encoding="utf-8")
    (inside / "b.txt").write_text("two\n-r ../secret.txt\n", encoding="utf-8")
    (inside / "c.txt").write_text("three\n", encoding="utf-8")
    found = DependencySources([inside]).read(
        ProjectRequest(str(inside), ("c.txt", "../secret.txt", "gone.txt", "a.txt"))
    )
    assert isinstance(found, Project)
    assert [r.name for r in found.requirements] == ["three"]
    assert found.unread == ("../secret.txt", "gone.txt", "a.txt")


def test_files_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n-r b.txt\n-r a.txt\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("-r ./a.txt\ntwo\n", encoding="utf-8")
    found = DependencySources([tmp_path]).read(ProjectRequest(str(tmp_path), ("a.txt",)))
    assert isinstance(found, Project)
    assert [r.name for r in found.requirements] == ["one", "two"]
    assert found.unread == ()


def test_a_circle_with_a_missing_file_is_still_unread(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n-r b.txt\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("-r a.txt\n-r gone.txt\n", encoding="utf-8")
    found = DependencySources([tmp_path]).read(ProjectRequest(str(tmp_path), ("a.txt",)))
    assert isinstance(found, Project)
    assert found.unread == ("a.txt",)
