"""Dialects as data: how each spells strings, quoted names and comments, and what it does with case.

Names are sqlglot's but for those that are `like` another; "" is the generic dialect, used where nothing says which
database is meant. The lexical facts agree with sqlglot's tokenizers (`tests/languages/sql/test_lexer.py` compares
the two); `fold` is what a database does to a name that is not quoted, from its documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct


class Dialect(Struct, frozen=True):
    """`fold`: "keep" leaves the spelling of unquoted names, "upper" and "lower" change it; comparison ignores case.

    `double_quotes` says what `"x"` is. `duplicates`: whether the second `id` of a result becomes `id_1`.
    `quoting_letter`: strings are written `q'[it's]'` as well. `like`: the dialect as which sqlglot reads it.
    """

    name: str = ""
    double_quotes: Literal["name", "string"] = "name"
    quote: str = '"'
    brackets: bool = False
    backslash: bool = False
    hash_comments: bool = False
    slash_comments: bool = False
    fold: Literal["keep", "upper", "lower"] = "keep"
    suffixes_duplicates: bool = False
    implicit_lateral: bool = False
    quoting_letter: bool = False
    number_letters: bool = False  # `100L`, `2.5D`: a letter behind a number says its type
    like: str = ""

    @property
    def parser(self) -> str | None:
        """sqlglot's name of the dialect, or of the one that it is like; None for the generic one."""
        return self.like or self.name or None

    def lexical(self) -> Dialect:
        """What matters for tokens alone: dialects that agree in it share what was read of a text."""
        name = self.name if self.name == "bigquery" else ""
        return Dialect(
            name,
            double_quotes=self.double_quotes,
            brackets=self.brackets,
            backslash=self.backslash,
            hash_comments=self.hash_comments,
            slash_comments=self.slash_comments,
            quoting_letter=self.quoting_letter,
            number_letters=self.number_letters,
        )

    def spelled(self, name: str) -> str:
        """How an unquoted name comes out."""
        return name.upper() if self.fold == "upper" else name.lower() if self.fold == "lower" else name


GENERIC = Dialect(quoting_letter=True)  # which database is meant may be said in another cell

DIALECTS: Mapping[str, Dialect] = {
    d.name: d
    for d in (
        GENERIC,
        Dialect("duckdb", suffixes_duplicates=True, implicit_lateral=True),
        Dialect("postgres", fold="lower"),
        Dialect("redshift", fold="lower"),
        Dialect("sqlite", brackets=True),
        Dialect("mysql", double_quotes="string", quote="`", backslash=True, hash_comments=True),
        Dialect(
            "bigquery", double_quotes="string", quote="`", backslash=True, hash_comments=True, implicit_lateral=True
        ),
        Dialect("spark", double_quotes="string", quote="`", backslash=True, number_letters=True),
        Dialect("databricks", double_quotes="string", quote="`", backslash=True, number_letters=True),
        Dialect("hive", double_quotes="string", quote="`", backslash=True, number_letters=True),
        Dialect("snowflake", backslash=True, slash_comments=True, fold="upper"),
        Dialect("oracle", fold="upper", quoting_letter=True),
        Dialect("tsql", brackets=True),
        # Of polars' `SQLContext`: its tables are frames.
        Dialect("polars", like="postgres"),
        Dialect("trino"),
        Dialect("presto"),
        Dialect("clickhouse", backslash=True, hash_comments=True),
    )
}


def dialect(name: str) -> Dialect:
    """The row of a dialect; generic for one that has none."""
    return DIALECTS.get(name.lower(), GENERIC)
