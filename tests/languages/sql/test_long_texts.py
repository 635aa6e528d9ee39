"""Texts of very many statements: a keystroke pays for the one that it is in."""

from __future__ import annotations

import pytest

from polycell.core.notebook import Cell
from polycell.languages.sql import facts as sql_facts
from polycell.languages.sql.syntax import scan
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.lexer import Lexed
from polycell.languages.sql.syntax.scan import Statement

MANY = 1_500


def test_a_letter_in_one_of_many_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    lexed, named = list[str](), list[str]()
    lex, tables = scan.lex, sql_facts._tables

    def noted_lex(text: str, *rest: object) -> Lexed:
        lexed.append(text)
        return lex(text, *rest)  # type: ignore[arg-type]

    def noted_tables(statement: Statement) -> list[tuple[str, object, bool]]:
        named.append(statement.text)
        return tables(statement)  # type: ignore[return-value]

    monkeypatch.setattr(scan, "lex", noted_lex)
    monkeypatch.setattr(sql_facts, "_tables", noted_tables)
    text = ";\n".join(f"select t{n}.a from t{n}" for n in range(MANY))
    sql_facts.facts(Cell("c", "sql", text), dialect("duckdb"))
    assert len(named) == MANY
    lexed.clear()
    named.clear()
    typed = text.replace("t700.a from", "t700.ab from")
    found = sql_facts.facts(Cell("c", "sql", typed), dialect("duckdb"))
    assert lexed == named == ["\nselect t700.ab from t700"]
    assert [use.name for use in found.uses] == [f"t{n}" for n in range(MANY)]
    assert all(reference.span.of(typed) == reference.name for reference in found.references)
    assert len(found.references) == 2 * MANY
