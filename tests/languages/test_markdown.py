"""Charts in fenced blocks of prose: checked, completed and renamed like a chart's own cell; the prose stays silent."""

from __future__ import annotations

from polycell.core import features, renaming
from tests import dsl

FRAME = """
# %%
import pandas as pd
sales = pd.DataFrame({"region": ["north"], "price": [1.5]})
"""


def test_a_chart_in_a_fenced_block_is_checked() -> None:
    dsl.check_findings(f"""{FRAME}
# %% [markdown]
The `regoin` of each sale:

```vega-lite
{{"data": {{"name": "sales"}}, "mark": "barr",
                                    ^^^^^^ vega-invalid-value: Did you mean `bar`?
 "encoding": {{"x": {{"field": "regoin"}}}}}}
                              ^^^^^^ vega-unknown-field: Did you mean `region`?
```
""")


def test_what_is_no_chart_is_prose() -> None:
    dsl.check_findings("""
# %% [markdown]
```json
{"mark": "barr"}
```
> ```vega-lite
> {"mark": "barr"}
> ```
""")


def test_a_mistake_of_syntax_is_reported_once() -> None:
    found = dsl.findings(dsl.load('# %% [markdown]\n~~~ {vega-lite}\n{"mark": "bar" "data": {}}\n~~~'))
    assert [f.code for _, f in found] == ["vega-syntax"]


def test_fields_are_offered() -> None:
    block = '```vega-lite\n{"data": {"name": "sales"}, "mark": "bar", "encoding": {"x": {"field": "<|>"}}}\n```'
    assert dsl.labels(f"{FRAME}\n# %% [markdown]\n{block}") == ["price", "region"]
    assert dsl.labels(f"{FRAME}\n# %% [markdown]\nsal<|>\n{block.replace(dsl.CURSOR, '')}") == []


def test_a_rename_reaches_the_block() -> None:
    block = '```vega-lite\n{"data": {"name": "sales"}, "mark": "bar"}\n```'
    case = dsl.load(f"{FRAME.replace('sales =', 'sales<|> =')}\n# %% [markdown]\nsales\n{block}")
    places = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    assert [place.cell for place in places] == ["c0", "c1"]
    renamed = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, "orders")
    assert renamed is not None
    assert [(e.cell, e.span) for e in renamed.edits] == [(p.cell, p.span) for p in places]
