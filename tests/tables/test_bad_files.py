"""Files that cannot be read, or must not be: the answer is open, and the log says why, once a file."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from polycell.core.types import Table
from polycell.tables import data_files, files
from polycell.tables.files import FileRequest, FileSources
from polycell.tables.readers.registry import READERS

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n"
GIGABYTES = 10 * 1024**3


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n")
        file.truncate(GIGABYTES)


def long(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"a,b\n" + b"1,x\n" * 20_000)
        file.truncate(GIGABYTES)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def forbidden(path: Path) -> None:
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    path.chmod(0)


def torn_parquet(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": list(range(1000))}), path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


# (name, how it is made, reader, what the log says)
BAD: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("torn.parquet", torn_parquet, "pandas.parquet", "Parquet"),
    ("text.parquet", lambda p: p.write_text("a,b\n"), "polars.parquet", "Parquet"),
    ("text.orc", lambda p: p.write_text("a,b\n"), "pandas.orc", "ORC"),
    ("text.feather", lambda p: p.write_text("a,b\n"), "arrow.ipc", "Arrow"),
    ("text.xlsx", lambda p: p.write_text("a,b\n"), "pandas.excel", "zip"),
    ("old.xls", lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0"), "pandas.excel", ".xls"),
    ("new.xlsb", lambda p: p.write_bytes(b"PK"), "polars.excel", ".xlsb"),
    ("broken.json", lambda p: p.write_text('[{"a": 1}'), "pandas.json", "JSONDecodeError"),
    ("picture.csv", lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "pandas.csv", "NUL"),
    ("latin.csv", lambda p: p.write_bytes(b"gr\xf6\xdfe\n1\n"), "pandas.csv", "UnicodeDecodeError"),
    ("text.csv.gz", lambda p: p.write_text("a,b\n"), "pandas.csv", "BadGzipFile"),
    ("sparse.csv", sparse, "pandas.csv", "NUL"),
    ("folder.csv", lambda p: p.mkdir(), "pandas.csv", "folder"),
    ("pipe.csv", fifo, "pandas.csv", "neither a file nor a folder"),
    ("socket.csv", listening, "pandas.csv", "neither a file nor a folder"),
    ("gone.csv", lambda p: p.symlink_to(p.with_name("nowhere")), "pandas.csv", "a link to nothing"),
    ("itself.csv", lambda p: p.symlink_to(p), "pandas.csv", "link"),
    ("outside.csv", lambda p: p.symlink_to("/etc/passwd"), "pandas.csv", "outside the workspace"),
    ("none.csv", lambda p: None, "pandas.csv", "not there"),
    ("a\0b.csv", lambda p: None, "pandas.csv", "NUL"),
    ("https://example.org/a.csv", lambda p: None, "pandas.csv", "network"),
    ("wide.csv", lambda p: p.write_text(",".join(f"c{i}" for i in range(3000)) + "\n"), "pandas.csv", "3000 columns"),
    ("endless.csv", lambda p: p.write_text("a" * 3_000_000), "pandas.csv", "first line"),
    ("lfs.csv", lambda p: p.write_text(LFS), "pandas.csv", "a Git LFS pointer"),
    ("lfs.parquet", lambda p: p.write_text(LFS), "duckdb.parquet", "a Git LFS pointer"),
    ("annex.csv", lambda p: p.write_text("/annex/objects/MD5E-s4--c4.csv\n"), "polars.csv", "a git-annex pointer"),
    ("empty.csv", lambda p: p.write_text(""), "polars.csv", "no rows"),
]


@pytest.mark.parametrize(("name", "make", "reader", "why"), BAD, ids=[row[0].replace("\0", "0") for row in BAD])
def test_the_answer_is_open_and_the_log_says_why_once(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    make: Callable[[Path], object],
    reader: str,
    why: str,
) -> None:
    monkeypatch.setattr(files, "LONGEST", 600)  # a first import of a library may take long
    if "\0" not in name and "://" not in name:
        make(tmp_path / name)
    sources = FileSources([tmp_path])
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert sources.read(FileRequest(name, "", reader)) == Table(open=True)
            sources.changed([tmp_path / name.replace("\0", "")])
    said = [text for text in (record.getMessage() for record in caplog.records) if "no columns read" in text]
    assert len(said) == 1, said
    assert why in said[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_read_once_it_is_given(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "secret.csv"
    forbidden(path)
    sources = FileSources([tmp_path])
    with caplog.at_level(logging.INFO):
        assert sources.read(FileRequest("secret.csv")) == Table(open=True)
    assert "PermissionError" in caplog.text
    path.chmod(0o600)
    sources.changed([path])
    assert sources.read(FileRequest("secret.csv")) != Table(open=True)


def test_of_a_very_long_file_only_the_beginning_is_read(tmp_path: Path) -> None:
    long(tmp_path / "long.csv")
    found = FileSources([tmp_path]).read(FileRequest("long.csv"))
    assert found is not None
    assert [c.name for c in found.columns] == ["a", "b"]


def test_two_thousand_columns_are_found_in_their_places(tmp_path: Path) -> None:
    names = [f"a rather long name of a column {i}" for i in range(2000)]
    (tmp_path / "wide.csv").write_text(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n", encoding="utf-8")
    found = FileSources([tmp_path]).read(FileRequest("wide.csv"))
    assert found is not None
    assert [c.name for c in found.columns] == names
    assert all(c.origin is not None for c in found.columns[:800])


def test_of_more_files_than_are_listed_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text(f"{name}\n1\n", encoding="utf-8")
    monkeypatch.setattr(data_files, "MOST_FILES", 2)
    with caplog.at_level(logging.INFO):
        assert FileSources([tmp_path]).read(FileRequest("*.csv", "", "duckdb.csv")) == Table(open=True)
    assert "more than 2 files" in caplog.text


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with ways out of it, and a secret beside it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    secret, inside = tmp_path / "secret", tmp_path / "work"
    secret.mkdir()
    (inside / "data").mkdir(parents=True)
    for folder in (secret, inside / "data"):
        (folder / "s.csv").write_text("a\n1\n", encoding="utf-8")
        (folder / "s.json").write_text('[{"a": 1}]', encoding="utf-8")
        pq.write_table(pa.table({"a": [1]}), folder / "s.parquet")
        pq.write_table(pa.table({"a": [1]}), folder / "k.parquet")
    (inside / "link").symlink_to(secret)
    (inside / "up").symlink_to("..")
    for name in ("s.csv", "s.json", "s.parquet"):
        (inside / f"link_{name}").symlink_to(secret / name)
    return inside


WAYS_OUT = [
    "../secret/s{}", "data/../../secret/s{}", "link/s{}", "link_s{}", "up/secret/s{}", "link/*{}", "../secret/*{}",
    "up/*/s{}", "l*/s{}", "**/../../secret/s{}", "../sec*/s{}", "link", "../secret", "{{absolute}}/s{}",
    "file://{{absolute}}/s{}", "lin?/s{}",
]  # fmt: skip


@pytest.mark.parametrize("reader", sorted(READERS))
def test_no_way_leads_out_of_the_workspace(workspace: Path, reader: str) -> None:
    suffix = {"csv": ".csv", "json": ".json", "lines": ".json"}.get(reader.rpartition(".")[2], ".parquet")
    absolute = str(workspace.parent / "secret")
    for way in WAYS_OUT:
        path = way.format(suffix).replace("{absolute}", absolute)
        assert FileSources([workspace]).read(FileRequest(path, str(workspace), reader)) == Table(open=True), path
    kept = FileSources([workspace]).read(FileRequest.of(["data/s.csv", "../secret/s.csv"], "", "polars.csv", {}))
    assert kept == Table(open=True)


@pytest.mark.parametrize("reader", ["duckdb.csv", "polars.csv", "duckdb.parquet", "polars.parquet", "spark.parquet"])
def test_the_setting_opens_all_of_them(workspace: Path, reader: str) -> None:
    suffix = f".{reader.rpartition('.')[2]}"
    for way in ("../secret/s{}", "link/s{}", "link/s*{}", f"{workspace.parent}/secret/s{{}}"):
        found = FileSources([workspace], anywhere=True).read(FileRequest(way.format(suffix), str(workspace), reader))
        assert found is not None
        assert [c.name for c in found.columns] == ["a"], way


def test_a_pattern_passes_over_links_to_the_outside(workspace: Path) -> None:
    found = FileSources([workspace]).read(FileRequest("*s.csv", str(workspace), "polars.csv"))
    assert found == Table(open=True)
    (workspace / "own_s.csv").write_text("b\n1\n", encoding="utf-8")
    found = FileSources([workspace]).read(FileRequest("*s.csv", str(workspace), "polars.csv"))
    assert found is not None
    assert [c.name for c in found.columns] == ["b"]


def test_what_is_in_a_folder_is_watched(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "t").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t" / "x.parquet")
    sources = FileSources([tmp_path])
    requests = FileRequest("t", "", "polars.parquet"), FileRequest("t/*.parquet", "", "duckdb.parquet")
    for request in requests:
        before = sources.read(request)
        assert before is not None
        assert [c.name for c in before.columns] == ["a"]
    pq.write_table(pa.table({"b": [1]}), tmp_path / "t" / "a.parquet")
    pq.write_table(pa.table({"b": [1]}), tmp_path / "t" / "x.parquet")
    sources.changed([tmp_path / "t" / "a.parquet"])
    for request in requests:
        after = sources.read(request)
        assert after is not None
        assert [c.name for c in after.columns] == ["b"]
