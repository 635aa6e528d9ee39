"""The lexer against sqlglot's tokenizers, masks, and where statements end."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from polycell.languages.sql.syntax.dialects import DIALECTS, dialect
from polycell.languages.sql.syntax.lexer import lex
from polycell.languages.sql.syntax.statements import split
from polycell.languages.sql.syntax.templates import mask
from tests import dsl
from tests.languages.sql.damage import queries
from tests.shared import SHARED, needs_shared

TEXTS = [
    "select a, b.c, 'it s', 1.5e3 from t where x <> 'y' -- end",
    'select /* a /b */ x::int, "a b", count(*) from s.t as u',
    "select 1 -- 'open\n, 'closed' /* ' */ from t",
    "select a||b, a<=b, a>=b, a!=b from t",
]


def theirs(text: str, name: str) -> set[tuple[int, int]]:
    """Spans of sqlglot's tokens, with those of several words (`GROUP BY`) taken apart."""
    made = set()
    for token in sqlglot.tokenize(text, dialect=name):
        raw = text[token.start : token.end + 1]
        if raw[0].isalpha() and "'" not in raw:
            made |= {(token.start + m.start(), token.start + m.end()) for m in re.finditer(r"\S+", raw)}
        else:
            made.add((token.start, token.end + 1))
    return made


@pytest.mark.parametrize("name", [n for n, row in DIALECTS.items() if n and not row.like])
@pytest.mark.parametrize("text", TEXTS)
def test_agrees_with_sqlglot(name: str, text: str) -> None:
    ours = {(t.start, t.end) for t in lex(text, dialect(name)).tokens}
    # sqlglot joins or splits some operators and numbers by dialect; words, strings and names must agree.
    odd = {(s, e) for s, e in ours ^ theirs(text, name) if not any(c in text[s:e] for c in ".!<>|:")}
    assert not odd, [text[s:e] for s, e in odd]


def test_quotes_that_oracle_lets_one_choose() -> None:
    text = "select q'[it's]' a, nq'{x}' b, Q'!a'b!' c, q''x'' d, q.x, nq, n'x'"
    tokens = lex(text, dialect("oracle")).tokens
    assert [t.value for t in tokens if t.kind == "string"] == ["it's", "x", "a'b", "x", "x"]
    assert [t.value for t in tokens if t.kind == "word"][1:] == ["A", "B", "C", "D", "Q", "NQ"]
    assert [bool(lex(f"select {t}", dialect("oracle")).unclosed) for t in ("q'[a']", "q'[a", "q'[a]'")] == [
        True,
        True,
        False,
    ]


def test_chosen_quotes_are_no_mistake_where_another_cell_names_the_database() -> None:
    cells = "# %%\n%load_ext sql\n%sql oracle://x\n# %%\n%%sql\nselect q'[it's]' as a, n'x' as b from t"
    assert dsl.findings(dsl.load(cells)) == []


@needs_shared
@pytest.mark.parametrize("bench", ["tpch", "tpcds"])
def test_agrees_on_benchmark_queries(bench: str) -> None:
    for query in queries(SHARED / "sql-queries", bench)[:40]:
        assert {(t.start, t.end) for t in lex(query, dialect("duckdb")).tokens} == theirs(query, "duckdb")


@pytest.mark.parametrize(
    ("text", "name", "unclosed"),
    [
        ("'a", "duckdb", ["string"]),
        ("'a''", "duckdb", ["string"]),
        ("'a'''", "duckdb", []),
        ("'a\\'", "duckdb", []),
        ("'a\\'", "mysql", ["string"]),
        ('"a', "duckdb", ["quoted name"]),
        ('"a', "mysql", ["string"]),
        ("`a", "spark", ["quoted name"]),
        ("/* a", "duckdb", ["comment"]),
        ("/*/", "duckdb", ["comment"]),
        ("[a", "tsql", ["quoted name"]),
        ("$$a", "duckdb", []),
        ("'''a'' b'''", "bigquery", []),
    ],
)
def test_unclosed(text: str, name: str, unclosed: list[str]) -> None:
    assert [what for _, what in lex(text, dialect(name)).unclosed] == unclosed


@given(st.text(max_size=80), st.sampled_from(sorted(DIALECTS)))
def test_tokens_are_in_order_and_statements_tile(text: str, name: str) -> None:
    found = lex(text, dialect(name)).tokens
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(t.start < t.end <= len(text) for t in found)
    spans = split(text, dialect(name))
    assert (spans[0].start, spans[-1].end) == (0, len(text))
    assert all(b.start == a.end + 1 and text[a.end] == ";" for a, b in pairwise(spans))
    assert len(mask(text).text) == len(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("select {{ a }} from t", "select _______ from t"),
        ("a {% if x %}b{% endif %}", "a           b           "),
        ("x = :name and y::int", "x = _____ and y::int"),
        ("x[1:2], {'a': 1}", "x[1:2], {'a': 1}"),
        ("'{{ a }}' -- {{ b }}", "'{{ a }}' -- {{ b }}"),
        ("${db}.t, $1, $x", "_____.t, __, __"),
        ("%(x)s, a % b, %s", "_____, a % b, __"),
        ("{frame} {x!r}", "_______ _____"),
        ("src:a.b[0]", "src:a.b[0]"),
        ("{# note\n#} x", "       \n   x"),
    ],
)
def test_masks_keep_the_length(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_semicolons_in_strings_and_comments_end_nothing() -> None:
    text = "select ';' -- ;\n; select /* ; */ \";\""
    assert len(split(text, dialect("duckdb"))) == 2
