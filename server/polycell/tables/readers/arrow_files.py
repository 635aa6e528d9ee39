"""Parquet, ORC and Arrow's own files: the schema that they carry, through pyarrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from polycell.core.types import Anchor, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError, partitioned
from polycell.tables.readers.chosen import only, select, with_extras
from polycell.tables.readers.partitions import (
    Typed,
    as_arrow,
    as_category,
    as_polars,
    as_spark,
    partition_values,
    with_partitions,
)

COMPARED = 50  # files of a folder whose columns are compared

SchemaOf = Callable[[Path], Any]  # a pyarrow.Schema

_PANDAS = frozenset({"columns", "engine", "dtype_backend", "use_threads", "memory_map", "filters", "partitioning"})
_POLARS = frozenset({
    "columns", "n_rows", "parallel", "use_statistics", "hive_partitioning", "try_parse_hive_dates", "rechunk",
    "low_memory", "cache", "row_index_name", "row_index_offset", "include_file_paths", "memory_map", "glob",
    "use_pyarrow", "storage_options", "retries", "row_count_name", "row_count_offset",
})  # fmt: skip


def _parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_schema(path)


def _orc(path: Path) -> Any:
    from pyarrow import orc

    return orc.ORCFile(str(path)).schema


def _ipc(path: Path) -> Any:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).schema


def _stream(path: Path) -> Any:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_stream(file).schema


# -- libraries


def arrow(schema_of: SchemaOf, suffix: str, found: DataFiles, options: Mapping[str, Any], *, pandas: bool) -> Table:
    """pyarrow's reader of a file or a folder, and pandas', which makes stored indexes from it."""
    only(options, _PANDAS)
    if options.get("partitioning", "hive") not in (None, "hive"):
        raise UnreadableError("folders that are named otherwise")
    table = _table(schema_of, found, data_of(found, suffix), pandas=pandas)
    table = _with_folders(table, found, suffix, as_category, options.get("partitioning", "hive") is not None)
    if not pandas:
        # An index that pandas stored comes along in the schema, whatever columns are asked for.
        return select(table, options.get("columns"))
    columns = options.get("columns")
    return select(table, [n for n in columns if all(c.name != n for c in table.index)] if columns else columns)


def dataset(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """`pyarrow.dataset.dataset(path, format=…, partitioning=…)`, whose folders mean nothing unless it is said."""
    only(options, frozenset({"format", "partitioning", "exclude_invalid_files", "ignore_prefixes"}))
    kind = options.get("format") or "parquet"
    readers: Mapping[str, SchemaOf] = {"parquet": _parquet, "orc": _orc, "ipc": _ipc, "arrow": _ipc, "feather": _ipc}
    if kind not in readers or options.get("partitioning") not in (None, "hive"):
        raise UnreadableError("a data set of another format or partitioning")
    table = _table(readers[str(kind)], found, data_of(found), pandas=False)
    return _with_folders(table, found, "", as_arrow, options.get("partitioning") == "hive")


def polars(schema_of: SchemaOf, suffix: str, found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, _POLARS)
    if options.get("glob", True) is not True or options.get("use_pyarrow"):
        raise UnreadableError("a path that is read otherwise")
    files = data_of(found, suffix)
    if len(files) != len(found.files):
        raise UnreadableError("files that look hidden")
    table = _table(schema_of, found, files, pandas=False)
    hive = options.get("hive_partitioning")
    if hive is None:
        hive = found.kind == "folder"
    if hive is True:
        typed = partial(as_polars, dates=options.get("try_parse_hive_dates", True) is not False)
        base = found.base if found.kind == "folder" else Path(found.base.anchor)
        table = with_partitions(table, partition_values(_below(base, files)), typed, found.label)
    elif hive is not False:
        raise UnreadableError("its partitions")
    table = select(table, options.get("columns"))
    return with_extras(table, options)


def spark(schema_of: SchemaOf, suffix: str, found: DataFiles, options: Mapping[str, Any]) -> Table:
    given = {name.lower(): value for name, value in options.items()}
    only(given, frozenset({"mergeschema", "header", "inferschema"}))
    files = data_of(found)
    if len(files) > COMPARED and str(given.get("mergeschema", False)).lower() != "false":
        raise UnreadableError("the columns of many files together")
    table = _table(schema_of, found, files, pandas=False)
    return replace(spark_partitions(table, found), case_sensitive=False)


def spark_partitions(table: Table, found: DataFiles) -> Table:
    """Folders below a path are columns to Spark; those of a pattern, and of a list, are paths of their own."""
    if found.kind != "folder":
        return replace(table, open=True) if found.kind != "file" else table
    return with_partitions(table, partition_values(_below(found.base, data_of(found))), as_spark, found.label)


def folders(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """The columns alone that Spark takes from folders."""
    return spark_partitions(Table(case_sensitive=False), found)


def ipc(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """Arrow's file format, which is Feather version 2, as pandas and pyarrow read it."""
    only(options, frozenset({"columns", "use_threads", "memory_map", "dtype_backend"}))
    return select(_table(_ipc, found, [found.one()], pandas=True), options.get("columns"))


def feather(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """The same as a table of pyarrow, where an index that pandas stored is a column."""
    only(options, frozenset({"columns", "use_threads", "memory_map"}))
    return select(_table(_ipc, found, [found.one()], pandas=False), options.get("columns"))


# -- what they share


def data_of(found: DataFiles, suffix: str = "") -> list[Path]:
    """The files that hold data: none that is hidden, or a marker (`_SUCCESS`)."""
    if found.kind == "file":
        return [found.base]
    kept = [f for f in found.files if not any(p.startswith((".", "_")) for p in f.relative_to(_top(found)).parts)]
    if suffix and any(f.suffix != suffix for f in kept):
        raise UnreadableError("files of several kinds")
    if not kept:
        raise UnreadableError("a folder without data files")
    return kept


def _top(found: DataFiles) -> Path:
    return found.base if found.kind != "list" else Path(found.base.anchor)


def _below(base: Path, files: Sequence[Path]) -> list[PurePath]:
    return [file.relative_to(base) for file in files]


def _with_folders(table: Table, found: DataFiles, suffix: str, typed: Typed, hive: bool) -> Table:
    """pyarrow's folders: columns of what lies below a folder; versions differ about a single file."""
    if found.kind == "file":
        return replace(table, open=table.open or (hive and partitioned(found.label)))
    if found.kind != "folder":
        raise UnreadableError(f"a {found.kind} of files")
    if not hive:
        return table
    return with_partitions(table, partition_values(_below(found.base, data_of(found, suffix))), typed, found.label)


def _table(schema_of: SchemaOf, found: DataFiles, files: Sequence[Path], *, pandas: bool) -> Table:
    """The columns of the first file. Raises UnreadableError where other files have others."""
    first = schema_of(files[0])
    for other in files[1:COMPARED]:
        if schema_of(other).names != first.names:
            raise UnreadableError("its files have different columns")
    return _of_schema(first, files[0] if found.kind == "file" else None, found.label, pandas=pandas)


def _of_schema(schema: Any, path: Path | None, label: str, *, pandas: bool) -> Table:
    from polycell.tables.arrow import from_schema

    uri = path.as_uri() if path is not None and path.is_absolute() else ""
    if len(set(schema.names)) != len(schema.names):
        raise UnreadableError("columns of one name")
    table = from_schema(
        schema, evidence=Evidence.FILE, source=label, origin=lambda name: Anchor(name, uri=uri) if uri else None
    )
    metadata = (schema.metadata or {}).get(b"pandas")
    if metadata is None or not pandas:
        return table
    try:
        stored = [c for c in json.loads(metadata).get("index_columns", ()) if isinstance(c, str)]
    except (ValueError, AttributeError):
        raise UnreadableError("what pandas wrote of its index is not understood") from None
    index = tuple(
        replace(c, name="") if c.name.startswith("__index_level_") else c for c in table.columns if c.name in stored
    )
    return replace(table, columns=tuple(c for c in table.columns if c.name not in stored), index=index)


def arrow_orc(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """Its columns stay in the order of the file, however they are asked for."""
    whole = arrow(_orc, "", found, {n: v for n, v in options.items() if n != "columns"}, pandas=False)
    wanted = select(whole, options.get("columns")).columns
    return replace(whole, columns=tuple(c for c in whole.columns if c in wanted))


pandas_parquet = partial(arrow, _parquet, "", pandas=True)
arrow_parquet = partial(arrow, _parquet, "", pandas=False)
polars_parquet = partial(polars, _parquet, ".parquet")
spark_parquet = partial(spark, _parquet, ".parquet")
spark_orc = partial(spark, _orc, ".orc")
polars_ipc = partial(polars, _ipc, "")


def stream(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, frozenset({"columns", "n_rows", "rechunk", "use_pyarrow"}))
    return select(_table(_stream, found, [found.one()], pandas=False), options.get("columns"))
