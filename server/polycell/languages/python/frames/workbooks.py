"""Excel workbooks that are opened before they are read: `pd.ExcelFile`."""

from __future__ import annotations

from polycell.core.types import STRING, Collection, Opaque, Record, Scalar, Type
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.readers import read_file, sheets_of
from polycell.languages.python.frames.registry import Argument, Call, function, method

WORKBOOK = "pandas.ExcelFile"


@function(WORKBOOK, "path_or_buffer engine **", gives=Opaque(WORKBOOK))
def opened(call: Call) -> Type:
    """Where the file is, and the names of its sheets where it can be read."""
    path = call["path_or_buffer"]
    if path is None or call.text("path_or_buffer") is None:
        return Opaque(WORKBOOK)
    found = read_file(call, path, "excel.sheets", "pandas", {})
    names = () if found.open else tuple(Scalar(STRING, c.name) for c in found.columns)
    sheets = Collection("list", Scalar(STRING), items=names or None)
    return Record((("io", path.type), ("sheet_names", sheets)), WORKBOOK)


@method(WORKBOOK, "parse", "sheet_name header names index_col usecols dtype **", gives=unknown_table("pandas"))
def parse(call: Call) -> Type:
    return sheets_of(call, Argument(call.node, call.receiver))
