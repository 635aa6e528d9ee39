"""Where a column comes from, told over cells and languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import dsl

BOOK = """
    file data/sales.csv: id,price,qty;1,2.5,3
    import pandas as pd
    sales = pd.read_csv("data/sales.csv")
    sales["price"] = sales["price"].fillna(0)
    sales["total"] = sales.price * sales["qty"]
    # %%
    %config SqlMagic.autopandas = True
    # %%
    %%sql t <<
    select id, sum(total) as revenue, max(qty) as most from sales group by id
    # %%
    u = t.rename(columns={"most": "largest"})
    # %% [vega-lite]
    {"data": {"name": "t"}, "mark": "bar", "transform": [{"calculate": "datum.revenue / 2", "as": "half"}],
     "encoding": {"x": {"field": "half"}}}
"""


def lineage(place: str, folder: Path) -> str:
    """What the hover tells at the marked place of the notebook; `place` is a piece of its text with the cursor."""
    plain = place.replace("<|>", "")
    assert BOOK.count(plain) == 1
    found = dsl.hover(BOOK.replace(plain, place), folder)
    assert found is not None
    return found.markdown.partition("Lineage:")[2].strip()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ('"large<|>st"', "cell 4, Python: `u = t.rename(columns={\"most\": \"largest\"})` ← cell 3, SQL: `max(qty)` "
         "← `qty` of `data/sales.csv`"),
        ("max(qty) as mo<|>st", "cell 3, SQL: `max(qty)` ← `qty` of `data/sales.csv`"),
        ('sales["q<|>ty"]', ""),
        (
            '"field": "ha<|>lf"',
            "- cell 5, chart: `calculate datum.revenue / 2`\n"
            "  - ← cell 3, SQL: `sum(total)`\n"
            '    - ← cell 1, Python: `sales.price * sales["qty"]`\n'
            '      - ← cell 1, Python: `sales["price"] = sales["price"].fillna(0)`\n'
            "        - ← `price` of `data/sales.csv`\n"
            "      - ← `qty` of `data/sales.csv`",
        ),
    ],
)  # fmt: skip
def test_lineage(place: str, expected: str, tmp_path: Path) -> None:
    assert lineage(place, tmp_path) == expected


def test_a_column_that_is_made_of_itself_ends(tmp_path: Path) -> None:
    found = dsl.hover(
        'import pandas as pd\nd = pd.DataFrame({"a": [1]})\nfor i in x:\n    d["a"] = d["a<|>"] + 1', tmp_path
    )
    assert found is not None
    assert found.markdown.count("cell 1") <= 3
