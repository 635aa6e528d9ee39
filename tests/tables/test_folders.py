"""What is told of a folder to whoever writes a path, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.tables.folders import MOST, names


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    inside = tmp_path / "book"
    (inside / "data" / "raw").mkdir(parents=True)
    (inside / "data" / "b.csv").touch()
    (inside / "data" / "A.csv").touch()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").touch()
    return inside


def test_names_are_sorted_and_folders_have_a_slash(workspace: Path) -> None:
    assert names("data/", str(workspace), ()) == ("A.csv", "b.csv", "raw/")
    assert names("", str(workspace), ()) == ("data/",)
    assert names(f"file://{workspace}/data", str(workspace), ()) == ("A.csv", "b.csv", "raw/")


def test_roots_are_looked_into_where_the_notebooks_folder_has_no_such_folder(workspace: Path) -> None:
    assert names("data", str(workspace / "data" / "raw"), [workspace]) == ("A.csv", "b.csv", "raw/")
    assert names("data", "", [workspace]) == ("A.csv", "b.csv", "raw/")


@pytest.mark.parametrize(
    "path", ["../", "../secret", "data/../../secret", "s3://bucket/", "a\0b/", "data/b.csv", "~/", "no/"]
)
def test_nothing_is_told_of_what_lies_outside_or_is_no_folder(workspace: Path, path: str) -> None:
    assert names(path, str(workspace), ()) == ()


def test_links_are_no_way_out(workspace: Path) -> None:
    (workspace / "out").symlink_to(workspace.parent / "secret")
    (workspace / "in").symlink_to(workspace / "data")
    assert names("out/", str(workspace), ()) == ()
    assert names("", str(workspace), ()) == ("data/", "in/")
    assert names("out/", str(workspace), (), anywhere=True) == ("key",)


def test_of_very_many_names_some_are_told(workspace: Path) -> None:
    for at in range(MOST + 5):
        (workspace / "data" / "raw" / f"{at}.csv").touch()
    assert len(names("data/raw", str(workspace), ())) == MOST
