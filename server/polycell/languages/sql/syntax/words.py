"""Words of SQL as data: which cannot be a name, and which are worth offering in which clause."""

from __future__ import annotations

from collections.abc import Mapping


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

# Keywords of places where no expression is, the likeliest first.
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "pipe": (
        *("WHERE", "SELECT", "EXTEND", "AGGREGATE", "JOIN", "LEFT JOIN", "ORDER BY", "LIMIT", "SET", "DROP", "RENAME"),
        *("AS", "DISTINCT", "PIVOT", "UNPIVOT", "UNION ALL", "TABLESAMPLE", "CALL"),
    ),
    "start": (
        *("SELECT", "WITH", "FROM", "INSERT INTO", "UPDATE", "DELETE FROM", "CREATE TABLE", "CREATE VIEW"),
        *("DROP TABLE", "DESCRIBE", "EXPLAIN", "MERGE INTO", "ALTER TABLE", "VALUES"),
    ),
    "from": (
        *("WHERE", "JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "AS", "GROUP BY"),
        *("ORDER BY", "LIMIT", "FETCH FIRST", "QUALIFY", "UNION ALL", "LATERAL VIEW"),
    ),
    # what stands for a table
    "factor": ("LATERAL", "UNNEST", "TABLE", "VALUES"),
    "subquery": ("SELECT", "WITH"),
    "limit": ("OFFSET",),
    "with": ("RECURSIVE",),
    "cte": ("AS",),
    "query": ("SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "MERGE INTO"),
    "insert": ("VALUES", "SELECT", "WITH", "DEFAULT VALUES"),
    "update": ("SET",),
    "merge": ("USING",),
    "delete": ("WHERE", "USING", "RETURNING"),
    "arm": ("SELECT", "ALL", "VALUES"),
}
FROM_FIRST = words_of("duckdb spark databricks hive bigquery") | {""}

# The keywords of a clause where an expression is to be written, the likeliest first.
OPERANDS: Mapping[str, tuple[str, ...]] = {
    "select": ("DISTINCT", "CASE", "NULL", "TRUE", "FALSE", "NOT", "EXISTS", "INTERVAL"),
    "where": ("NOT", "EXISTS", "CASE", "NULL", "TRUE", "FALSE", "INTERVAL"),
    "on": ("NOT", "EXISTS", "CASE", "NULL", "TRUE", "FALSE"),
    "group": ("ALL", "ROLLUP", "CUBE", "GROUPING SETS", "CASE"),
    "having": ("NOT", "EXISTS", "CASE", "NULL"),
    "qualify": ("NOT", "CASE", "NULL"),
    "order": ("CASE",),
    "set": ("NULL", "DEFAULT", "TRUE", "FALSE", "CASE"),
    "values": ("DEFAULT", "NULL", "CASE", "TRUE", "FALSE"),
    "returning": ("CASE", "NULL"),
}
COMPARING = ("IS NULL", "IS NOT NULL", "IN", "LIKE", "BETWEEN", "NOT IN", "NOT LIKE")
_ENDING = ("ORDER BY", "LIMIT", "FETCH FIRST", "UNION ALL", "UNION", "EXCEPT", "INTERSECT")
# The same behind an expression.
FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "select": ("FROM", "AS", "OVER", "AND", "OR", *COMPARING, "UNION ALL"),
    "where": ("AND", "OR", *COMPARING, "GROUP BY", "HAVING", "QUALIFY", *_ENDING),
    "on": (
        *("AND", "OR", "WHERE", "JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"),
        *("GROUP BY", *_ENDING, *COMPARING),
    ),
    "group": ("HAVING", "QUALIFY", "WITH ROLLUP", *_ENDING),
    "having": ("AND", "OR", *COMPARING, "QUALIFY", *_ENDING),
    "qualify": ("AND", "OR", *COMPARING, *_ENDING),
    "order": ("DESC", "ASC", "NULLS LAST", "NULLS FIRST", "LIMIT", "OFFSET", "FETCH FIRST"),
    "set": ("WHERE", "FROM", "RETURNING", "AND", "OR"),
    "values": ("RETURNING", "ON CONFLICT", "ON DUPLICATE KEY UPDATE"),
    "conflict": ("DO UPDATE SET", "DO NOTHING", "WHERE"),
    "returning": ("AS",),
    "call": ("AND", "OR", *COMPARING, "ORDER BY"),
}
# Behind the parenthesis of a call inside another one: `round(sum(a) |`.
BEHIND_CALL = ("OVER", "WITHIN GROUP", "FILTER")
# A SELECT list may end with a comma there.
FROM_BEHIND_COMMA = dict.fromkeys(("bigquery", "snowflake", "duckdb", "databricks"), ("FROM",))
IN_CALLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("CAST", "TRY_CAST", "SAFE_CAST"), ("AS",)),
    **dict.fromkeys(("EXTRACT", "TRIM", "SUBSTRING"), ("FROM",)),
}
IN_OVER = ("PARTITION BY", "ORDER BY", "ROWS BETWEEN", "RANGE BETWEEN")
IN_ORDER = ("DESC", "ASC", "NULLS LAST", "NULLS FIRST")
IN_CASE: Mapping[str, tuple[str, ...]] = {
    "CASE": ("WHEN",),
    "WHEN": ("THEN",),
    "THEN": ("WHEN", "ELSE", "END"),
    "ELSE": ("END",),
}
# What must follow the first word of a clause or a join, so that nothing else is offered there.
CONTINUED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("GROUP", "ORDER", "PARTITION", "CLUSTER", "DISTRIBUTE", "SORT"), ("BY",)),
    **dict.fromkeys(("INNER", "CROSS", "OUTER", "SEMI", "ANTI", "ASOF", "POSITIONAL"), ("JOIN",)),
    **dict.fromkeys(("LEFT", "RIGHT", "FULL"), ("JOIN", "OUTER JOIN")),
    "NATURAL": ("JOIN", "LEFT JOIN"),
    "NULLS": ("LAST", "FIRST"),
    "WITHIN": ("GROUP",),
    "GROUPING": ("SETS",),
    "LATERAL": ("VIEW", "VIEW OUTER"),
}
# Of these, the clauses that they go on in; the others go on in any.
CONTINUED_IN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("LEFT", "RIGHT", "FULL", "NATURAL", "INNER", "CROSS", "OUTER", "SEMI", "ANTI"), words_of("from on using")
    ),
    **dict.fromkeys(("ASOF", "POSITIONAL"), words_of("from on using")),
    "NULLS": words_of("order select"),
    "GROUPING": words_of("group"),
    "LATERAL": words_of("from on using"),
}
# What goes on in the frame of a window, by the word before.
IN_FRAME: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ROWS", "RANGE", "GROUPS"), ("BETWEEN", "UNBOUNDED PRECEDING", "CURRENT ROW")),
    "BETWEEN": ("UNBOUNDED PRECEDING", "CURRENT ROW"),
    "AND": ("CURRENT ROW", "UNBOUNDED FOLLOWING"),
    "UNBOUNDED": ("PRECEDING", "FOLLOWING"),
    "CURRENT": ("ROW",),
    **dict.fromkeys(("PRECEDING", "ROW"), ("AND",)),
}
BEHIND_IS = ("NULL", "NOT NULL", "NOT", "TRUE", "FALSE", "DISTINCT FROM")
BEHIND_NOT = ("IN", "LIKE", "BETWEEN", "NULL")

_ALL = words_of(
    """bigquery clickhouse databricks duckdb hive mysql oracle polars postgres presto redshift snowflake spark sqlite
    trino tsql"""
)
# Keywords that not every database has, and those that have them.
OF_DIALECTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("TRUE", "FALSE"), _ALL - {"tsql", "oracle"}),
    "WITHIN GROUP": words_of("snowflake postgres duckdb tsql oracle redshift databricks spark trino"),
    "FILTER": words_of("duckdb postgres sqlite spark databricks trino presto"),
    "ALL": words_of("duckdb snowflake databricks spark bigquery clickhouse"),
    "ROLLUP": _ALL - {"sqlite", "mysql", "polars"},
    "CUBE": _ALL - {"sqlite", "mysql", "polars"},
    "GROUPING SETS": _ALL - {"sqlite", "mysql", "polars"},
    "WITH ROLLUP": words_of("mysql hive spark databricks clickhouse tsql"),
    "QUALIFY": words_of("duckdb snowflake bigquery databricks clickhouse redshift"),
    "LIMIT": _ALL - {"tsql", "oracle"},
    "FETCH FIRST": words_of("oracle"),
    "OFFSET": _ALL - {"hive"},
    "NULLS FIRST": _ALL - {"mysql", "tsql"},
    "NULLS LAST": _ALL - {"mysql", "tsql"},
    "RETURNING": words_of("duckdb postgres sqlite oracle"),
    "ON CONFLICT": words_of("duckdb postgres sqlite"),
    "ON DUPLICATE KEY UPDATE": words_of("mysql"),
    "FULL JOIN": _ALL - {"mysql"},
    "USING": _ALL - {"tsql"},
    "EXCEPT": _ALL - {"oracle"},
    "MERGE INTO": _ALL - {"mysql", "sqlite", "clickhouse", "polars", "presto"},
    "DESCRIBE": _ALL - {"postgres", "redshift", "sqlite", "tsql", "polars", "bigquery"},
    "EXPLAIN": _ALL - {"tsql", "bigquery"},
    "DISTINCT FROM": _ALL - {"mysql", "oracle", "hive", "sqlite"},
    **dict.fromkeys(("LATERAL VIEW", "VIEW", "VIEW OUTER"), words_of("spark databricks hive")),
    "LATERAL": words_of("duckdb postgres snowflake mysql oracle"),
    "UNNEST": words_of("bigquery duckdb postgres trino presto"),
    "TABLE": words_of("snowflake oracle trino"),
    "VALUES": words_of("duckdb spark databricks"),
    "RECURSIVE": _ALL - {"tsql", "oracle", "hive"},
}

# Functions over rows, the usual ones first: they come first where they may stand, and last where they may not.
AGGREGATES = (
    *(
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "mode",
        "stddev",
        "variance",
        "string_agg",
        "array_agg",
        "listagg",
    ),
    *("group_concat", "any_value", "approx_count_distinct", "approx_distinct", "count_if", "countif", "countIf"),
    *(
        "collect_list",
        "collect_set",
        "uniq",
        "uniqExact",
        "quantile",
        "argMax",
        "argMin",
        "groupArray",
        "max_by",
        "min_by",
    ),
    *(
        "row_number",
        "rank",
        "dense_rank",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "ntile",
        "percent_rank",
        "cume_dist",
    ),
)

# Words between which a table's name stands at a statement's head (`DROP TABLE IF EXISTS |`).
TABLE_HEADS = words_of(
    """INTO TABLE UPDATE VIEW DESCRIBE DESC SUMMARIZE TRUNCATE ANALYZE OPTIMIZE COPY REFRESH CACHE EXISTS TABLES
    FROM JOIN USING"""
)
