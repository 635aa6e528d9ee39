"""Hover and definition of names and columns."""

from __future__ import annotations

from pathlib import Path

from tests.dsl import definition, hover

PRELUDE = 'import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": ["x"]})\ndf["c"] = df["a"] / 2\n# %%\n'


def test_a_frame_shows_its_columns_and_its_cell() -> None:
    found = hover(PRELUDE + "d<|>f")
    assert found is not None
    assert "| c | `double` |" in found.markdown
    assert "cell 1 · `pd.DataFrame(" in found.markdown


def test_a_column_says_where_it_comes_from() -> None:
    found = hover(PRELUDE + 'df["<|>c"]')
    assert found is not None
    told, _, made_of = found.markdown.partition("\n\nLineage: ")
    assert told == '```python\nc: double\n```\n\nfrom `df["a"] / 2` in cell 1'
    assert made_of == 'cell 1, Python: `df["a"] / 2` ← cell 1, Python: `df = pd.DataFrame({"a": [1], "b": ["x"]})`'


def test_a_column_that_is_being_made() -> None:
    found = hover(PRELUDE + 'df["ne<|>w"] = df.a')
    assert found is not None
    assert "new: int64" in found.markdown


def test_a_function_shows_signature_and_docstring() -> None:
    found = hover('def f(a, b=1) -> int:\n    """Adds."""\n    return a + b\n# %%\n<|>f(1)')
    assert found is not None
    assert "def f(a, b=1) -> int" in found.markdown
    assert "Adds." in found.markdown


def test_a_name_shows_what_it_becomes_where_it_is_bound() -> None:
    found = hover("x = 1\n# %%\n<|>x = 'text'")
    assert found is not None
    assert "x: str" in found.markdown


def test_a_column_leads_to_the_code_that_made_it() -> None:
    (place,) = definition(PRELUDE + 'df["<|>c"]')
    assert (place.cell, place.span.start) == ("c0", PRELUDE.index('"c"') + 1)
    (place,) = definition(PRELUDE + "df.<|>a")
    assert place.span.start == PRELUDE.index('"a"') + 1


def test_a_column_leads_to_its_file(tmp_path: Path) -> None:
    code = 'file sales.csv: id,price;1,2.5\n# %%\nimport pandas as pd\ns = pd.read_csv("sales.csv")\ns["pr<|>ice"]'
    (place,) = definition(code, tmp_path)
    assert place.uri.endswith("sales.csv")
    found = hover(code, tmp_path)
    assert found is not None
    assert "from sales.csv" in found.markdown


def test_many_columns_are_counted() -> None:
    found = hover("import pandas as pd\ndf = pd.DataFrame({f'c{i}': [1] for i in range(50)})\n# %%\ndf<|>")
    found = hover(
        "import pandas as pd\ndf = pd.DataFrame(dict(" + ", ".join(f"c{i}=[1]" for i in range(40)) + "))\n# %%\ndf<|>"
    )
    assert found is not None
    assert "… and 10 more columns" in found.markdown
