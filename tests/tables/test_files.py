"""File sources: what is read, what is refused, what is told when."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polycell.core.types import INT64, STRING, DataType, Table
from polycell.tables import files
from polycell.tables.arrow import from_arrow, from_schema, to_arrow, to_schema
from polycell.tables.files import FileRequest, FileSources, freeze, resolve, thaw
from polycell.tables.readers.registry import READERS
from tests.shared import examples


def read(folder: Path, name: str, reader: str, **options: object) -> Table:
    found = FileSources([folder]).read(FileRequest.of(name, "", reader, options))
    assert found is not None
    return found


def names(table: Table) -> list[str]:
    return [c.name for c in table.columns]


def test_parquet_feather_and_json_lines(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.parquet as pq

    table = pa.table({"a": [1], "b": ["x"]})
    pq.write_table(table, tmp_path / "t.parquet")
    feather.write_feather(table, tmp_path / "t.feather")
    (tmp_path / "t.jsonl").write_text('{"a": 1, "b": [1]}\n{"c": 2}\n', encoding="utf-8")
    assert names(read(tmp_path, "t.parquet", "pandas.parquet")) == ["a", "b"]
    assert names(read(tmp_path, "t.parquet", "pandas.parquet", columns=["b"])) == ["b"]
    assert read(tmp_path, "t.feather", "arrow.ipc").columns[0].type == INT64
    assert names(read(tmp_path, "t.jsonl", "pandas.json", lines=True)) == ["a", "b", "c"]


def test_a_parquet_file_of_pandas_brings_its_index_back(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"k": ["x"], "v": [1]}).set_index("k")
    frame.to_parquet(tmp_path / "t.parquet")
    found = read(tmp_path, "t.parquet", "pandas.parquet")
    assert (names(found), [c.name for c in found.index]) == (["v"], ["k"])


def test_paths_are_the_notebooks_then_the_roots(tmp_path: Path) -> None:
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "a.csv").write_text("inner\n1\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("outer\n1\n", encoding="utf-8")
    sources = FileSources([tmp_path])
    inner = sources.read(FileRequest("a.csv", str(tmp_path / "nb")))
    assert inner is not None
    assert names(inner) == ["inner"]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "/etc/passwd",
        "https://example.org/a.csv",
        "s3://bucket/a.csv",
        "a\0b",
        "",
        "~/x.csv",
        "link.csv",
    ],
)
def test_nothing_outside_the_workspace_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert resolve(FileRequest(path, str(inside)), [inside]) is None
    assert FileSources([inside]).read(FileRequest(path, str(inside))) == Table(open=True)


def test_answers_come_later_and_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    told: list[object] = []
    ready = threading.Event()

    def on_ready(keys: tuple[object, ...]) -> None:
        told.extend(keys)
        ready.set()

    sources = FileSources([tmp_path], on_ready)
    key = FileRequest("a.csv")
    assert sources.read(key) is None
    assert ready.wait(300)
    found = sources.read(key)
    assert found is not None
    assert (told, names(found)) == ([key], ["a"])
    ready.clear()
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    sources.changed([path])
    assert ready.wait(300)
    again = sources.read(key)
    assert again is not None
    assert names(again) == ["a", "b"]
    sources.close()


def test_a_read_that_comes_late_is_no_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    told: queue.SimpleQueue[None] = queue.SimpleQueue()
    goes_on = threading.Event()
    real = READERS["pandas.csv"]
    times = []

    def slow(*arguments: Any) -> Table:
        times.append(arguments)
        goes_on.wait(300)
        return real(*arguments)

    monkeypatch.setattr(files, "LONGEST", 0.05)
    monkeypatch.setitem(READERS, "pandas.csv", slow)
    sources = FileSources([tmp_path], lambda keys: told.put(None))
    request = FileRequest("t.csv")
    assert sources.read(request) is None
    told.get(timeout=300)
    assert sources.read(request) == Table(open=True)
    goes_on.set()
    told.get(timeout=300)
    found = sources.read(request)
    assert found is not None
    assert names(found) == ["a", "b"]
    assert len(times) == 1
    sources.close()


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(sorted(READERS)))
def test_hostile_files_are_open(tmp_path: Path, content: bytes, reader: str) -> None:
    (tmp_path / "x").write_bytes(content)
    assert isinstance(read(tmp_path, "x", reader), Table)


def test_a_file_of_many_columns_is_open(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(",".join(f"c{i}" for i in range(3000)) + "\n", encoding="utf-8")
    assert read(tmp_path, "wide.csv", "pandas.csv").open


def test_options_freeze_and_thaw() -> None:
    value = {"a": [1, "x", None], "b": {"c": 1.5}}
    assert thaw(freeze(value)) == value
    with pytest.raises(TypeError):
        freeze(object())


def test_options_that_are_equal_to_python_alone_are_others(tmp_path: Path) -> None:
    """`index_col=False` and `index_col=0`, one after the other."""
    (tmp_path / "x.csv").write_text("id,price\n1,2.5\n", encoding="utf-8")
    sources = FileSources([tmp_path])
    for index_col, names in ((0, ["price"]), (False, ["id", "price"])):
        request = FileRequest.of("x.csv", str(tmp_path), "pandas.csv", {"index_col": index_col})
        found = sources.read(request)
        assert found is not None
        assert [c.name for c in found.columns] == names


def test_types_go_to_arrow_and_back() -> None:
    import pyarrow as pa

    types = [
        pa.int64(), pa.float64(), pa.string(), pa.large_string(), pa.bool_(), pa.date32(), pa.timestamp("us", "UTC"),
        pa.timestamp("ns"), pa.duration("ms"), pa.time64("ns"), pa.decimal128(10, 2), pa.list_(pa.int8()), pa.binary(),
        pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]), pa.map_(pa.string(), pa.float32()), pa.float16(),
        pa.dictionary(pa.int32(), pa.string()), pa.binary(4), pa.list_(pa.int64(), 3), pa.null(), pa.uint8(),
    ]  # fmt: skip
    for type_ in types:
        assert to_arrow(from_arrow(type_)) == type_
    schema = pa.schema([pa.field("a", pa.int64(), nullable=False), pa.field("b", pa.string())])
    assert to_schema(from_schema(schema)) == schema
    assert to_arrow(DataType("no such type")) == pa.null()
    assert to_arrow(None) == pa.null()


def test_polars_reads_the_same_columns(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    from tests.languages.python.oracle import problems_of

    for text in ("a,b,c\n1,x,1.5\n2,y,2\n", "a\tb\n1\t2\n", "when,x\n2024-01-01,1\n"):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        for options in ({}, {"separator": "\t"}, {"try_parse_dates": True}, {"has_header": False}, {"columns": ["a"]}):
            try:
                real = pl.read_csv(path, **options)
            except Exception:
                continue
            assert not problems_of(read(tmp_path, "t.csv", "polars.csv", **options).with_flavour("polars"), real), (
                options
            )


def test_a_json_document_of_records(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps([{"a": 1, "b": True}, {"a": 2.5}]), encoding="utf-8")
    found = read(tmp_path, "t.json", "pandas.json")
    assert names(found) == ["a", "b"]
    assert STRING not in [c.type for c in found.columns]
