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

# What may follow in a clause, the likeliest first.
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "pipe": (
        *("WHERE", "SELECT", "EXTEND", "AGGREGATE", "JOIN", "LEFT JOIN", "ORDER BY", "LIMIT", "SET", "DROP", "RENAME"),
        *("AS", "DISTINCT", "PIVOT", "UNPIVOT", "UNION ALL", "TABLESAMPLE", "CALL"),
    ),
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
