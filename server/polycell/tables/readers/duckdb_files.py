"""What DuckDB itself says of files, where it is installed: its sniffer and its readers decide more than a copy could.

The connection is one of our own, in memory, that can open the given files and nothing else; it describes a query and
never runs one. Without duckdb only what no sniffer could doubt is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import Anchor, Column, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError, partitioned
from polycell.tables.duckdb_safety import SAFE
from polycell.tables.duckdb_types import from_duckdb, quote
from polycell.tables.readers import arrow_files, csv_files, json_files
from polycell.tables.readers.delimited import places_of
from polycell.tables.readers.text import read_text_head

SECONDS = 2.5  # until it is interrupted
MOST_FILES = 200

_OPTION = pattern(r"[a-z_]+\Z")
_NUMBERS = (int, float)

Reader = Callable[[DataFiles, Mapping[str, Any]], Table]


def _read(
    function: str, suffixes: tuple[str, ...], without: Reader, found: DataFiles, options: Mapping[str, Any]
) -> Table:
    """The columns that `function` gives; `without` is the reader where there is no DuckDB."""
    try:
        import duckdb
    except ImportError:
        table = without(found, options)
        return replace(table, case_sensitive=False, open=table.open or partitioned(found.label))
    files = _files(found, suffixes, duckdb.__version__)
    arguments = [_literal([str(f) for f in files]), *(f"{_name(n)} = {_literal(v)}" for n, v in options.items())]
    rows = _described(duckdb, files, f"{function}({', '.join(arguments)})")
    place = _places(function, found, options, [str(n) for n, _ in rows])
    columns = (
        Column(str(n), from_duckdb(str(t)), None, Evidence.FILE, origin=place(str(n)), source=found.label)
        for n, t in rows
    )
    return Table(tuple(columns), case_sensitive=False)


def _files(found: DataFiles, suffixes: tuple[str, ...], version: str) -> list[Path]:
    files = list(found.files)
    if found.kind == "folder":
        files = [f for f in files if not f.name.startswith((".", "_"))]
        if int(version.split(".")[0]) < 2 or any(not f.name.endswith(suffixes) for f in files):
            raise UnreadableError("a folder")
    if not 0 < len(files) <= MOST_FILES:
        raise UnreadableError(f"not 1 to {MOST_FILES} files")
    # Folders that the code does not name are keys for us, since we give the whole path, and not for whom it is.
    if any("=" in part and part not in found.label for part in found.base.parts):
        raise UnreadableError("folders above that look like keys")
    return files


def _described(duckdb: Any, files: list[Path], source: str) -> list[tuple[Any, Any]]:
    connection = duckdb.connect(":memory:", config=SAFE)
    watch = threading.Timer(SECONDS, connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        connection.execute("set temp_directory=''")
        connection.execute(f"set allowed_paths={_literal([str(f) for f in files])}")
        connection.execute("set enable_external_access=false")
        connection.execute("set lock_configuration=true")
        return [row[:2] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    except duckdb.Error as problem:
        raise UnreadableError(str(problem)) from None
    finally:
        watch.cancel()
        connection.close()


def _name(option: str) -> str:
    if not _OPTION.match(option):
        raise UnreadableError(f"option {option}")
    return option


def _literal(value: Any) -> str:
    """A plain value as DuckDB writes it. Raises UnreadableError for any other."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _NUMBERS):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Mapping) and value and all(isinstance(k, str) for k in value):
        return f"{{{', '.join(f'{quote(k)}: {_literal(v)}' for k, v in value.items())}}}"
    raise UnreadableError("an option whose value is not understood")


def _places(
    function: str, found: DataFiles, options: Mapping[str, Any], names: list[str]
) -> Callable[[str], Anchor | None]:
    """Where the columns have their names, in the one file that is read."""
    if found.kind != "file" or options.keys() & {"names", "columns", "column_names"}:
        return lambda name: None
    if function == "read_parquet":
        return lambda name: Anchor(name, uri=found.base.as_uri())
    try:
        head = read_text_head(found.base, found.label, {})
    except (OSError, ValueError):
        return lambda name: None
    if function == "read_csv":
        return places_of(head, names)
    return lambda name: json_files.located(Column(name), head).origin


csv = partial(_read, "read_csv", (".csv", ".tsv", ".txt", ".csv.gz"), csv_files.duckdb)
parquet = partial(_read, "read_parquet", (".parquet", ".pq"), arrow_files.arrow_parquet)
json = partial(_read, "read_json", (".json", ".jsonl", ".ndjson"), json_files.any_records)
