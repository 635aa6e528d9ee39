"""Words of SQL as data: which cannot be a name, and which are worth offering in which clause."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that end an expression or a table, so that they are no alias. Names that are only sometimes keywords (DATE,
# YEAR, VALUE, …) are left out: an alias is more likely.
RESERVED = words_of(
    """ALL AND ANTI ANY AS ASC ASOF BETWEEN BY CASE CAST CLUSTER CONNECT CREATE CROSS CUBE DELETE DESC DISTINCT
    DISTRIBUTE DROP ELSE END EXCEPT EXCLUDE EXISTS FALSE FETCH FILTER FOR FROM FULL GLOB GROUP HAVING IGNORE
    ILIKE IN INNER INSERT INTERSECT INTERVAL INTO IS ISNULL JOIN LATERAL LEFT LIKE LIMIT MATCHED MERGE MINUS
    NATURAL NOT NOTNULL NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PIVOT POSITIONAL PREWHERE QUALIFY
    REGEXP RESPECT RETURNING RIGHT RLIKE SELECT SEMI SET SIMILAR SOME SORT TABLESAMPLE THEN TRUE UNION UNNEST
    UNPIVOT UPDATE USING VALUES WHEN WHERE WINDOW WITH WITHIN"""
)

# What may follow in a clause, the likeliest first.
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "start": (
        *(
            "SELECT",
            "WITH",
            "FROM",
            "INSERT INTO",
            "UPDATE",
            "DELETE FROM",
            "CREATE TABLE",
            "CREATE VIEW",
            "DROP TABLE",
        ),
        *("DESCRIBE", "EXPLAIN", "MERGE INTO", "ALTER TABLE", "VALUES"),
    ),
    "select": (
        "FROM",
        "AS",
        "DISTINCT",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "CAST",
        "OVER",
        "NULL",
        "AND",
        "OR",
        "NOT",
    ),
    "from": (
        *("WHERE", "JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "ON", "USING", "AS"),
        *("GROUP BY", "ORDER BY", "LIMIT", "UNION ALL"),
    ),
    "on": (
        *(
            "AND",
            "OR",
            "NOT",
            "JOIN",
            "LEFT JOIN",
            "WHERE",
            "GROUP BY",
            "ORDER BY",
            "LIMIT",
            "IS NULL",
            "BETWEEN",
            "LIKE",
        ),
        *("IN", "CASE", "CAST"),
    ),
    "where": (
        *(
            "AND",
            "OR",
            "NOT",
            "IN",
            "LIKE",
            "BETWEEN",
            "IS NULL",
            "IS NOT NULL",
            "EXISTS",
            "GROUP BY",
            "ORDER BY",
            "LIMIT",
        ),
        *("CASE", "CAST", "UNION ALL"),
    ),
    "group": ("HAVING", "ORDER BY", "LIMIT", "ALL", "ROLLUP", "CUBE", "GROUPING SETS", "QUALIFY"),
    "having": ("AND", "OR", "NOT", "ORDER BY", "LIMIT", "BETWEEN", "IN"),
    "qualify": ("OVER", "PARTITION BY", "ORDER BY", "AND", "OR", "LIMIT"),
    "order": ("ASC", "DESC", "NULLS FIRST", "NULLS LAST", "LIMIT", "CASE"),
    "limit": ("OFFSET",),
    "set": ("WHERE", "FROM", "CASE", "CAST", "NULL", "DEFAULT", "RETURNING"),
    "with": ("AS", "SELECT", "RECURSIVE"),
    "values": ("NULL", "DEFAULT", "RETURNING", "ON CONFLICT"),
}

# Words between which a table's name stands at a statement's head (`DROP TABLE IF EXISTS |`).
TABLE_HEADS = words_of(
    """INTO TABLE UPDATE VIEW DESCRIBE DESC SUMMARIZE TRUNCATE ANALYZE OPTIMIZE COPY REFRESH CACHE EXISTS TABLES
    FROM JOIN USING"""
)

# Functions that nearly every database has, with one line each; DuckDB's and Spark's common ones follow.
FUNCTIONS: Mapping[str, str] = {
    "count": "count(*) or count(x): number of rows, or of values that are not NULL",
    "sum": "sum(x): sum of the values that are not NULL",
    "avg": "avg(x): mean of the values that are not NULL",
    "min": "min(x): smallest value",
    "max": "max(x): largest value",
    "coalesce": "coalesce(a, b, …): the first value that is not NULL",
    "nullif": "nullif(a, b): NULL when both are equal, else a",
    "cast": "cast(x as type): x converted to another type",
    "round": "round(x, digits): x rounded",
    "abs": "abs(x): absolute value",
    "ceil": "ceil(x): smallest integer not below x",
    "floor": "floor(x): largest integer not above x",
    "sqrt": "sqrt(x): square root",
    "power": "power(x, y): x to the power of y",
    "mod": "mod(x, y): remainder of x / y",
    "ln": "ln(x): natural logarithm",
    "exp": "exp(x): e to the power of x",
    "lower": "lower(s): s in lower case",
    "upper": "upper(s): s in upper case",
    "length": "length(s): number of characters",
    "trim": "trim(s): s without blanks at both ends",
    "ltrim": "ltrim(s): s without blanks at its start",
    "rtrim": "rtrim(s): s without blanks at its end",
    "substring": "substring(s, start, length): part of s; positions count from 1",
    "replace": "replace(s, what, by): s with every occurrence replaced",
    "concat": "concat(a, b, …): strings joined",
    "extract": "extract(part from date): one field of a date or timestamp",
    "current_date": "current_date: today",
    "current_timestamp": "current_timestamp: date and time now",
    "row_number": "row_number() over (…): number of the row in its window",
    "rank": "rank() over (…): rank with gaps",
    "dense_rank": "dense_rank() over (…): rank without gaps",
    "lag": "lag(x, n) over (…): x of the row n before",
    "lead": "lead(x, n) over (…): x of the row n behind",
    "first_value": "first_value(x) over (…): x of the window's first row",
    "last_value": "last_value(x) over (…): x of the window's last row",
    "ntile": "ntile(n) over (…): which of n equal parts the row is in",
    "stddev": "stddev(x): standard deviation of a sample",
    "variance": "variance(x): variance of a sample",
    "exists": "exists(subquery): whether the subquery has a row",
    "grouping": "grouping(x): 1 where x is rolled up",
}

_DUCKDB = {
    "date_trunc": "date_trunc('month', d): d cut down to a unit",
    "date_diff": "date_diff('day', a, b): boundaries between two dates",
    "date_part": "date_part('year', d): one field of a date",
    "strftime": "strftime(d, format): d as text",
    "strptime": "strptime(s, format): text as a timestamp",
    "try_cast": "try_cast(x as type): NULL where the cast fails",
    "string_agg": "string_agg(s, separator): strings of a group joined",
    "list": "list(x): values of a group as a list",
    "unnest": "unnest(list): one row an element",
    "median": "median(x): middle value",
    "quantile_cont": "quantile_cont(x, q): interpolated quantile",
    "mode": "mode(x): most frequent value",
    "arg_max": "arg_max(a, b): a where b is largest",
    "arg_min": "arg_min(a, b): a where b is smallest",
    "any_value": "any_value(x): some value of the group",
    "approx_count_distinct": "approx_count_distinct(x): estimated number of different values",
    "regexp_matches": "regexp_matches(s, pattern): whether the pattern is found in s",
    "regexp_extract": "regexp_extract(s, pattern, group): what the pattern finds",
    "regexp_replace": "regexp_replace(s, pattern, by): s with matches replaced",
    "split_part": "split_part(s, separator, n): nth part of s",
    "read_csv": "read_csv('file.csv'): a CSV file as a table",
    "read_parquet": "read_parquet('file.parquet'): a Parquet file as a table",
    "read_json": "read_json('file.json'): a JSON file as a table",
    "generate_series": "generate_series(a, b, step): numbers or dates as a table",
    "range": "range(a, b, step): like generate_series, without its end",
    "struct_pack": "struct_pack(a := 1): a struct",
    "now": "now(): date and time now",
}
_SPARK = {
    "date_trunc": "date_trunc('MONTH', d): d cut down to a unit",
    "date_format": "date_format(d, format): d as text",
    "to_date": "to_date(s, format): text as a date",
    "to_timestamp": "to_timestamp(s, format): text as a timestamp",
    "datediff": "datediff(end, start): days between two dates",
    "date_add": "date_add(d, days): d some days later",
    "year": "year(d): the year",
    "month": "month(d): the month",
    "collect_list": "collect_list(x): values of a group as an array",
    "collect_set": "collect_set(x): different values of a group as an array",
    "explode": "explode(array): one row an element",
    "split": "split(s, pattern): s as an array",
    "concat_ws": "concat_ws(separator, a, …): strings joined",
    "regexp_replace": "regexp_replace(s, pattern, by): s with matches replaced",
    "regexp_extract": "regexp_extract(s, pattern, group): what the pattern finds",
    "from_json": "from_json(s, schema): JSON text as a struct",
    "get_json_object": "get_json_object(s, path): a value out of JSON text",
    "percentile_approx": "percentile_approx(x, q): estimated quantile",
    "approx_count_distinct": "approx_count_distinct(x): estimated number of different values",
    "size": "size(array): number of elements",
    "nvl": "nvl(a, b): b where a is NULL",
    "if": "if(condition, a, b): a or b",
    "named_struct": "named_struct('a', 1): a struct",
}
_SNOWFLAKE = {
    "date_trunc": "date_trunc('month', d): d cut down to a unit",
    "dateadd": "dateadd(day, n, d): d some units later",
    "datediff": "datediff(day, a, b): boundaries between two dates",
    "to_date": "to_date(s, format): text as a date",
    "to_varchar": "to_varchar(x, format): x as text",
    "iff": "iff(condition, a, b): a or b",
    "nvl": "nvl(a, b): b where a is NULL",
    "listagg": "listagg(s, separator): strings of a group joined",
    "array_agg": "array_agg(x): values of a group as an array",
    "parse_json": "parse_json(s): text as a VARIANT",
    "flatten": "flatten(input => x): one row an element",
    "median": "median(x): middle value",
}
_BY_DIALECT = {"duckdb": _DUCKDB, "spark": _SPARK, "databricks": _SPARK, "hive": _SPARK, "snowflake": _SNOWFLAKE}


@lru_cache(maxsize=64)
def functions(dialect: str) -> Mapping[str, str]:
    """Function names of a dialect with a line of documentation each."""
    return {**FUNCTIONS, **_BY_DIALECT.get(dialect, {})}
