"""What is asked before a regular expression never hides what the expression would find."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.text import has_any
from polycell.dependencies import cells, saved
from polycell.languages.python import unreachable
from polycell.languages.python.charts import drawn_names
from polycell.languages.python.charts import literals as chart_literals
from polycell.languages.python.columns import sql_expressions
from polycell.languages.python.syntax import sql_literals

FILTERS: list[tuple[re.Pattern[str], Iterable[str]]] = [
    (chart_literals._MAYBE, chart_literals._DRAWING),
    (drawn_names._SAYS, drawn_names._KEY_WORDS),
    (sql_expressions._MAYBE, sql_expressions._TAKING),
    (sql_literals._MAYBE, sql_literals._CALLED),
    (unreachable._MAKES, unreachable._WORDS),
    (unreachable._OPENS, unreachable._WORDS),
    (cells._CODE_THAT_HIDES, cells._HIDING),
    (cells._SPELT_OUT, ("get_ipython",)),
    (cells._DBUTILS, ("dbutils",)),
    (saved._COMMAND, saved._LISTING),
]


@pytest.mark.parametrize(("pattern", "words"), FILTERS)
def test_whatever_matches_has_one_of_the_words(pattern: re.Pattern[str], words: Iterable[str]) -> None:
    @settings(max_examples=20, deadline=None, database=None)
    @given(st.from_regex(re.compile(pattern.pattern, pattern.flags)))
    def holds(text: str) -> None:
        assert has_any(text, words)

    holds()
