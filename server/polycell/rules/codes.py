"""Every code that a finding can have, in a few words. Each has a page in `server/docs/codes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

CODES: Mapping[str, str] = {
    "conflicting-dependencies": "two declarations of a dependency that no version satisfies",
    "database-unreachable": "a database that the settings allow to be read, and that does not answer",
    "dependency-not-installed": "a declared dependency that the notebook's interpreter does not have",
    "dependency-version": "an installed version that the declaration excludes",
    "immutable-item": "an item assigned to a tuple",
    "malformed-dependency": "a requirement or coordinate that no tool reads",
    "malformed-schema": "a comment that declares a frame and is not understood",
    "duplicate-columns": "a call that would give two columns one name, which its library refuses",
    "merge-key-types": "a join on columns whose types its library does not compare",
    "missing-dependency": "an imported module that nothing provides",
    "not-callable": "a call of what is no function, such as a frame's `shape`",
    "nocache-without-effect": "`?nocache` on a Maven coordinate",
    "scala-version-mismatch": "an artifact made for another Scala than the notebook's",
    "sql-needs-spark": "SQL in a Polynote notebook without Spark",
    "undeclared-dependency": "an import that a complete list of dependencies does not name",
    "unknown-method": "a method of lists that a tuple or a string does not have",
    "unpinned-dependency": "a dependency without one exact version (only when asked for)",
    "internal-error": "Polycell itself failed on a part of a file",
    "scala-error": "what the Scala compiler refuses",
    "sql-ambiguous-column": "a column in SQL that more than one table of the query has",
    "sql-grouping": "a column in SQL that is neither grouped nor aggregated, or an aggregate out of place",
    "sql-letter-case": "a name in PostgreSQL that differs from a column's in upper and lower case alone",
    "sql-syntax": "a string, comment or parenthesis in SQL that does not end",
    "sql-type-error": "a function or operator in SQL that does not take the types it gets",
    "sql-unknown-column": "a column in SQL that no table of the query has",
    "sql-unknown-table": "a table or alias in SQL that the query's FROM does not have",
    "syntax-error": "a cell cannot be parsed",
    "undefined-name": "a name that nothing defines",
    "unknown-column": "a column that its table certainly does not have",
    "unreadable-notebook": "a file that is no readable notebook",
    "use-before-definition": "a name that only a cell below defines",
    "vega-invalid-value": "a value that Vega-Lite does not take at its place",
    "vega-missing-key": "a part that a chart cannot do without",
    "vega-syntax": "a chart's text that no reader of JSON, JavaScript or YAML accepts",
    "vega-type-mismatch": "a field drawn on a scale that does not show its values",
    "vega-unknown-field": "a field that the chart's data certainly do not have",
    "vega-unknown-key": "a property that Vega-Lite does not know at its place",
    "vega-unknown-name": "a data set or scale that a Vega specification does not have",
    "wrong-arguments": "a call that a function of the notebook does not take",
}


def page_of(code: str) -> Path | None:
    """Where the page of a code lies: in the package, or beside it in its sources. None where it is in neither."""
    package = Path(__file__).resolve().parents[1]
    for docs in (package / "docs", package.parent / "docs"):
        page = docs / "codes" / f"{code}.md"
        if page.is_file():
            return page
    return None


def misspelt(codes: Iterable[str]) -> str:
    """What to tell the user about codes that do not exist; empty when all do."""
    for code in sorted(codes):
        if code not in CODES:
            import difflib

            near = difflib.get_close_matches(code, CODES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(CODES)}"
            return f"there is no code {code!r}; {hint}"
    return ""
