"""All rules, loaded; and what decides which of them is asked."""

from __future__ import annotations

from polycell.core.types import (
    UNKNOWN,
    Chart,
    Class,
    Collection,
    Connection,
    GroupBy,
    Opaque,
    Record,
    Row,
    Schema,
    Series,
    Table,
    Type,
)
from polycell.languages.python.frames import (  # noqa: F401  (each registers its rules)
    altair_charts,
    arrow_rules,
    bigquery,
    catalogue,
    connections,
    datasets,
    duckdb_readers,
    duckdb_rules,
    fetched_rows,
    figures,
    geo_frames,
    holders,
    json_frames,
    library,
    open_files,
    pandas_aggregate,
    pandas_combine,
    pandas_frame,
    pandas_groups,
    pandas_make,
    pandas_nearest,
    pandas_reshape,
    pandas_series,
    pandas_windows,
    polars_combine,
    polars_frame,
    polars_make,
    polars_series,
    readers,
    relatives,
    rows,
    schema_rules,
    settings,
    spark_frame,
    spark_functions,
    spark_groups,
    spark_make,
    spark_readers,
    sql_strings,
    workbooks,
)
from polycell.languages.python.frames.columns import unknown_table

# Where libraries show one function under several names.
_ALIASES = {
    "pandas.io.parsers.read_csv": "pandas.read_csv",
    "pandas.core.frame.DataFrame": "pandas.DataFrame",
    "polars.dataframe.DataFrame": "polars.DataFrame",
}


# Records that stand for objects with methods.
_OWNERS = frozenset({
    bigquery.JOB, catalogue.WRITER, *fetched_rows.RESULTS, *holders.HOLDERS, settings.PARSER, spark_frame.MISSING,
    spark_readers.READER, sql_strings.CONTEXT, workbooks.WORKBOOK,
})  # fmt: skip


def canonical(qualified: str) -> str:
    """The name under which a function's rule is registered."""
    name = relatives.relative(qualified)[0]
    return _ALIASES.get(name, name)


def flavour_of(receiver: Type) -> str:
    """The registry's key for methods of a value; "" for a value that has no rules."""
    if isinstance(receiver, Table):
        return receiver.flavour
    if isinstance(receiver, Series):
        return f"{receiver.flavour} series"
    if isinstance(receiver, GroupBy):
        return f"{receiver.table.flavour} {'windows' if receiver.windows else 'groups'}"
    if isinstance(receiver, Collection) and receiver.kind == spark_functions.RDD:
        return "spark rdd"
    if isinstance(receiver, Row):
        return {"series": "pandas row", "spark row": "spark row"}.get(receiver.kind, "")
    if isinstance(receiver, Chart):
        return "chart"
    if isinstance(receiver, Connection):
        return "connection"
    if isinstance(receiver, Record):
        return receiver.name if receiver.name in _OWNERS else ""
    if isinstance(receiver, Schema) or (isinstance(receiver, Class) and receiver.schema is not None):
        return "schema"
    if isinstance(receiver, Opaque):
        return receiver.name if receiver.name.startswith(("pyspark.sql.", "google.cloud.bigquery.")) else ""
    return ""


def of_class_name(qualified: str) -> Type:
    """What an annotation by a library's class says: a frame of unknown columns, or an opaque value."""
    match canonical(qualified):
        case "pandas.DataFrame":
            return unknown_table("pandas")
        case "polars.DataFrame":
            return unknown_table("polars")
        case "polars.LazyFrame":
            return unknown_table("polars-lazy")
        case "pyspark.sql.DataFrame":
            return unknown_table("spark")
        case name if name.rsplit(".", 1)[-1][:1].isupper():
            return Opaque(name)
    return UNKNOWN
