"""Names of numpy's and pandas' dtypes."""

from __future__ import annotations

import re

from polycell.core.types import BOOL, CATEGORY, FLOAT64, INT64, STRING, DataType

_DTYPES = {"str": STRING, "string": STRING, "int": INT64, "float": FLOAT64, "bool": BOOL, "boolean": BOOL}


def dtype_of(name: str) -> DataType | None:
    """The type behind a numpy or pandas dtype's name; None for `object` and for what is not known."""
    if name in _DTYPES:
        return _DTYPES[name]
    if name == "category":
        return CATEGORY
    plain = re.fullmatch(r"(u?int(?:8|16|32|64))(?:\[pyarrow\])?", name.lower())
    if plain:
        return DataType(plain[1])
    sized = re.fullmatch(r"float(16|32|64)(?:\[pyarrow\])?", name.lower())
    if sized:
        return {"16": DataType("halffloat"), "32": DataType("float"), "64": FLOAT64}[sized[1]]
    moment = re.fullmatch(r"datetime64\[(s|ms|us|ns)(?:, ?([^\]]+))?\]", name)
    if moment:
        return DataType("timestamp", (moment[1], moment[2]) if moment[2] else (moment[1],))
    if re.fullmatch(r"timedelta64\[(s|ms|us|ns)\]", name):
        return DataType("duration", (name[12:-1],))
    if re.fullmatch(r"string(\[\w+\])?", name):
        return STRING
    return None
