"""Functions that stand for a table: the columns they give, as data. Sources: each database's manual.

What they yield is never said to be all: overloads and versions add columns.
"""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.types import INT32, INT64, STRING, Column, DataType, Table

_Columns = tuple[tuple[str, DataType | None], ...]

_KEY_VALUE: _Columns = (("key", STRING), ("value", None))
_POSTGRES: Mapping[str, _Columns] = {
    **dict.fromkeys(("json_each", "jsonb_each"), _KEY_VALUE),
    **dict.fromkeys(("json_each_text", "jsonb_each_text"), (("key", STRING), ("value", STRING))),
    **dict.fromkeys(("json_array_elements", "jsonb_array_elements"), (("value", None),)),
    **dict.fromkeys(("json_array_elements_text", "jsonb_array_elements_text"), (("value", STRING),)),
}
_SQLITE_JSON: _Columns = (
    *(("key", None), ("value", None), ("type", STRING), ("atom", None), ("id", INT64), ("parent", INT64)),
    *(("fullkey", STRING), ("path", STRING)),
)
_SPARK: Mapping[str, _Columns] = {"range": (("id", INT64),)}
_PRAGMA_COLUMNS: _Columns = (
    *(("cid", INT64), ("name", STRING), ("type", STRING)),
    *(("notnull", INT64), ("dflt_value", STRING), ("pk", INT64)),
)
_COLUMNS: Mapping[str, Mapping[str, _Columns]] = {
    "snowflake": {
        "flatten": (
            *(("SEQ", INT64), ("KEY", STRING), ("PATH", STRING), ("INDEX", INT64)),
            *(("VALUE", None), ("THIS", None)),
        ),
        **dict.fromkeys(
            ("split_to_table", "strtok_split_to_table"), (("SEQ", INT64), ("INDEX", INT64), ("VALUE", STRING))
        ),
    },
    "tsql": {
        "string_split": (("value", STRING), ("ordinal", INT64)),
        "openjson": (("key", STRING), ("value", STRING), ("type", INT32)),
        "generate_series": (("value", None),),
    },
    "postgres": _POSTGRES,
    "redshift": {},
    "sqlite": {
        **dict.fromkeys(("json_each", "json_tree"), _SQLITE_JSON),
        "pragma_table_info": _PRAGMA_COLUMNS,
        "pragma_table_xinfo": (*_PRAGMA_COLUMNS, ("hidden", INT64)),
        "pragma_index_list": (
            *(("seq", INT64), ("name", STRING), ("unique", INT64)),
            *(("origin", STRING), ("partial", INT64)),
        ),
        "pragma_index_info": (("seqno", INT64), ("cid", INT64), ("name", STRING)),
        "pragma_foreign_key_list": (
            *(("id", INT64), ("seq", INT64), ("table", STRING), ("from", STRING), ("to", STRING)),
            *(("on_update", STRING), ("on_delete", STRING), ("match", STRING)),
        ),
    },
    "clickhouse": dict.fromkeys(("numbers", "numbers_mt", "zeros"), (("number", DataType("uint64")),)),
    "spark": _SPARK,
    "databricks": _SPARK,
}
# Functions whose one column is called like the table's alias, and without one like the function.
_OWN_NAME = frozenset(
    {
        *("generate_series", "unnest", "regexp_split_to_table", "string_to_table", "regexp_matches"),
        *("json_object_keys", "jsonb_object_keys", "generate_subscripts"),
    }
)
EXPLODING = frozenset(
    {"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer", "unnest"}
)


def columns_of(dialect: str, function: str, alias: str) -> Table | None:
    """The table that a function gives in a dialect, under an alias ("" for none); None where nobody knows."""
    listed = _COLUMNS.get(dialect, {}).get(function)
    if listed is None and dialect in ("postgres", "redshift") and function in _OWN_NAME:
        listed = ((alias or function, None),)
    if listed is None:
        return None
    made = tuple(Column(name, type_) for name, type_ in listed)
    return Table(made, open=listed is not _SPARK.get(function), case_sensitive=False)


def exploded(function: str, argument: DataType | None, names: tuple[str, ...], *, spark: bool = False) -> Table:
    """One row an element of a list or map: `explode(items) AS item`, `UNNEST(items) AS item`. `names` are those that
    the query gives, which win. Spark gives no more than these, where there are names or the type is known."""
    element = dict(argument.children).get("item") if argument is not None and argument.name == "list" else None
    parts = dict(argument.children) if argument is not None and argument.name == "map" else {}
    types: list[DataType | None] = [parts["key"], parts["value"]] if len(parts) == 2 else [element]
    given = ["key", "value"] if len(parts) == 2 else ["col"]
    known = bool(names) or bool(parts) or element is not None
    if function.startswith("inline") and (element is None or element.name != "struct"):
        given, known = [], bool(names)
    elif function.startswith("inline") and element is not None:
        given, types = [name for name, _ in element.children], [type_ for _, type_ in element.children]
    if function.startswith("posexplode"):
        given, types = ["pos", *given], [INT32, *types]
    spelled = list(names) or given
    if len(spelled) == len(types) + 1:  # WITH ORDINALITY
        types = [*types, INT64]
    padded = types if len(types) == len(spelled) else [None] * len(spelled)
    columns = tuple(Column(name, type_, maybe=not known) for name, type_ in zip(spelled, padded, strict=True))
    return Table(columns, open=not (spark and known and function != "unnest"), case_sensitive=False)
