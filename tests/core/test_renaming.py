"""References and rename of names over cells and languages, in notebooks as people write them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core import features, renaming
from polycell.core.actions import apply, fits
from polycell.core.session import Snapshot
from tests import dsl


def shown(text: str) -> str:
    """The cells with «» around every reference to the name at the cursor."""
    case = dsl.load(text)
    found = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    cells = []
    for cell in case.notebook.cells:
        marked = cell.text
        for span in sorted((r.span for r in found if r.cell == cell.id), reverse=True):
            marked = f"{marked[: span.start]}«{span.of(marked)}»{marked[span.end :]}"
        cells.append(marked)
    return "\n---\n".join(cells)


def renamed(text: str, name: str) -> str:
    """The cells after the rename, or why it is refused."""
    case = dsl.load(text)
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, name)
    if answer is None:
        return "nothing"
    if answer.refusal:
        assert not answer.edits
        return f"refused: {answer.refusal}"
    assert fits(case.snapshot, answer.edits)
    return "\n---\n".join(apply(c.text, [e for e in answer.edits if e.cell == c.id]) for c in case.notebook.cells)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Every definition of a name is a place where the same name gets a value.
        ("x = 1\n# %%\nx = 2\nprint(x<|>)\n# %%\nx", "«x» = 1\n---\n«x» = 2\nprint(«x»)\n---\n«x»"),
        ("x<|> = 1\ndel x\n# %%\nx = 3\nx", "«x» = 1\ndel «x»\n---\n«x» = 3\n«x»"),
        # Parameters, keywords, attributes, class and comprehension scopes are other names.
        (
            "x = 1\ndef f(x):\n    return x\nf(x=x<|>)\no.x = o.x",
            "«x» = 1\ndef f(x):\n    return x\nf(x=«x»)\no.x = o.x",
        ),
        (
            "x<|> = 1\na = [x for x in y]\nb = [x for z in y]\nclass C:\n    x = x\n    def m(self): return x",
            "«x» = 1\na = [x for x in y]\nb = [«x» for z in y]\nclass C:\n    x = «x»\n    def m(self): return «x»",
        ),
        (
            "x = 1\ndef f():\n    global x\n    x<|> = 2\ndef g():\n    x = 3",
            "«x» = 1\ndef f():\n    global «x»\n    «x» = 2\ndef g():\n    x = 3",
        ),
        ("x<|> = 1\nf'{x:>{x}} x {{x}}'", "«x» = 1\nf'{«x»:>{«x»}} x {{x}}'"),
        # The comment that declares a frame, above its definition and in another cell; prose is none.
        (
            "# schema x: a int64\nx<|> = f()\n# %%\n# schema x: b string, ...\n# see x: a",
            "# schema «x»: a int64\n«x» = f()\n---\n# schema «x»: b string, ...\n# see x: a",
        ),
        # What a shell escape and a line magic read.
        ("x<|> = 1\n%timeit x\n!echo $x {x} x", "«x» = 1\n%timeit «x»\n!echo $«x» {«x»} x"),
    ],
)
def test_references_in_python(text: str, expected: str) -> None:
    assert shown(text) == expected


FRAME = "import pandas as pd\nsales = pd.DataFrame({'a': [1], 'b': [2]})\n# %%\n"


def test_references_of_a_frame_in_sql() -> None:
    text = FRAME + '%%sql\nselect sales.a, s.b from sales<|>, SALES as s, "sales" t where sales.b > 1'
    assert shown(text).endswith('select «sales».a, s.b from «sales», «SALES» as s, «"sales"» t where «sales».b > 1')
    assert "\n«sales» = pd" in shown(text)


def test_an_alias_or_a_column_of_that_name_is_another_thing() -> None:
    text = FRAME + "%%sql\nselect sales.a, x.sales from sales<|> as x join other as sales using (a)"
    assert shown(text).endswith("select sales.a, x.sales from «sales» as x join other as sales using (a)")


def test_a_common_table_expression_is_its_cells_own() -> None:
    text = FRAME + "%%sql\nwith sales<|> as (select 1 as a) select sales.a from sales\n# %%\n%%sql\nselect * from sales"
    assert shown(text).split("---\n")[1:] == [
        "%%sql\nwith «sales» as (select 1 as a) select «sales».a from «sales»\n",
        "%%sql\nselect * from sales",
    ]
    assert "sales = pd" in shown(text)
    assert "«sales» = pd" not in shown(text)


def test_a_result_and_a_table_of_its_query_with_one_name_are_two() -> None:
    text = FRAME + "%%sql t << with t as (select 1 as a) select * from t\n# %%\nt<|>.a"
    assert shown(text).endswith("%%sql «t» << with t as (select 1 as a) select * from t\n---\n«t».a")


def test_references_in_fragments() -> None:
    text = FRAME + "found = %sql select * from sales<|>\nsales"
    assert shown(text).endswith("found = %sql select * from «sales»\n«sales»")


def test_rename_over_languages() -> None:
    text = """
        import pandas as pd
        sales<|> = pd.read_csv("sales.csv")  # sales of a year
        # %%
        %%sql totals << select sales.region, sum("sales".price) as total from Sales group by region
        # %%
        totals.merge(sales, on="region")
        again = %sql select * from sales
    """
    assert renamed(text, "orders") == textwrap.dedent(
        """\
        import pandas as pd
        orders = pd.read_csv("sales.csv")  # sales of a year
        ---
        %%sql totals << select orders.region, sum("orders".price) as total from orders group by region
        ---
        totals.merge(orders, on="region")
        again = %sql select * from orders"""
    )


@pytest.mark.parametrize(
    "head",
    [
        "%%sql {} << select 1 as a",
        "%%sql --save snippet {} << select 1 as a",
        "%%bigquery {}\nselect 1 as a",
        "%%sql\n{} << select 1 as a",
    ],
)
def test_rename_of_a_magics_result(head: str) -> None:
    text = "# %%\n" + head.format("t") + "\n# %%\nprint(t<|>)\n# %%\n%%sql\nselect * from t"
    expected = head.format("found") + "\n---\nprint(found)\n---\n%%sql\nselect * from found"
    assert renamed(text, "found") == expected


def test_rename_goes_into_templates() -> None:
    text = "top<|> = 1\n# %%\n%%sql\nselect * from t where a > {{top}}"
    assert renamed(text, "y") == "y = 1\n---\n%%sql\nselect * from t where a > {{y}}"


def test_rename_begins_anywhere() -> None:
    cells = ["t = 1", "print(t)", "%%time\nt += 2"]
    for at in range(3):
        marked = [c.replace("t", "t<|>", 1) if i == at and i < 1 else c for i, c in enumerate(cells)]
        marked[at] = {0: "t<|> = 1", 1: "print(t<|>)", 2: "%%time\nt<|> += 2"}[at]
        assert renamed("\n# %%\n".join(marked), "u") == "u = 1\n---\nprint(u)\n---\n%%time\nu += 2"


def test_an_import_keeps_the_modules_name() -> None:
    assert renamed("import json\n# %%\njson<|>.dumps", "j") == "import json as j\n---\nj.dumps"
    assert renamed("from os import path\npath<|>.join", "p") == "from os import path as p\np.join"
    assert renamed("import pandas as pd\npd<|>.DataFrame", "pandas_") == "import pandas as pandas_\npandas_.DataFrame"
    assert "refused" in renamed("import os.path\nos<|>.path", "o")


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("x<|> = 1", "class", "no name in Python"),
        ("x<|> = 1", "a b", "no name in Python"),
        ("x<|> = 1", "", "no name in Python"),
        (FRAME + "%%sql\nselect * from sales<|>", "order", "no name in SQL"),
        ("x<|> = 1\n# %%\ny = 2", "y", "defined already (Cell 2)"),
        ("x<|> = 1\ndef f():\n    y = x", "y", "used already (Cell 1)"),
        ("x<|> = [1]\nprint(x)", "print", "used already (Cell 1)"),
        (FRAME + "%%sql\nselect * from sales<|>, orders", "orders", "used already (Cell 2)"),
        (FRAME + "%%sql\nselect * from sales<|> s", "S", "used already (Cell 2)"),
        ("print(x<|>)", "y", "outside of the notebook"),
        ("x = 1\n# %%\nfrom os.path import *\n# %%\nx<|>", "y", "Cell 2 may use or define any name"),
        ("x<|> = 1\n# %%\nexec(code)\n# %%\nx", "y", "Cell 2 may use or define any name"),
        ("x<|> = 1\n# %%\nprint(x\n# %%\nx", "y", "Cell 2 mentions `x` and has a syntax error"),
        ("# %%\n%%bash --out x\nls\n# %%\nx<|>", "y", "Cell 1 gives the name `x`"),
        ('x<|> = 1\n# %%\n%%bash -s "$x"\necho $1', "y", "magic"),
        ("import duckdb\nsales<|> = 1\n# %%\nduckdb.sql('select * from sales')", "y", "mentions `sales`"),
        ("top<|> = 1\n# %%\ndf.query('a > @top')", "y", "@top"),
        ("top<|> = 1\n# %%\nglobals()['top']", "y", "'top'"),
        (FRAME + "%%sql\nselect sales from sales<|>", "y", "not certain"),
    ],
)
def test_rename_is_refused_with_a_reason(text: str, name: str, why: str) -> None:
    answer = renamed(text, name)
    assert answer.startswith("refused: ")
    assert why in answer


def test_a_name_in_metadata_is_no_text() -> None:
    assert "in its metadata" in renamed("# %% [sql] -> t\nselect 1 as a\n# %%\nt<|>", "u")


def test_a_star_import_above_the_definition_does_no_harm() -> None:
    text = "from os.path import *\nx = 1\n# %%\nx<|>"
    assert renamed(text, "y") == "from os.path import *\ny = 1\n---\ny"


def test_words_that_are_no_mentions_are_left_alone() -> None:
    text = "# about x\nx<|> = {'x': 'x of select'}\n# %% [markdown]\nx\n# %%\nx['x'] = 'where x is'"
    assert renamed(text, "y") == "# about x\ny = {'x': 'x of select'}\n---\nx\n---\ny['x'] = 'where x is'"


def test_words_elsewhere_do_not_take_the_new_name() -> None:
    text = 'df<|> = load("orders.csv")  # the orders\n# %%\ndf["orders"] = df.orders'
    assert renamed(text, "orders") == 'orders = load("orders.csv")  # the orders\n---\norders["orders"] = orders.orders'


def test_a_common_table_expression_is_renamed_in_its_cell() -> None:
    text = "# %%\n%%sql\nwith t<|> as (select 1 as a) select t.a from t\n# %%\n%%sql\nselect * from t"
    assert renamed(text, "u").startswith("%%sql\nwith u as (select 1 as a) select u.a from u\n")
    assert renamed(text, "u").endswith("select * from t")


def test_nothing_is_renamed_where_no_name_is() -> None:
    assert renamed("x = 1 <|># x", "y") == "nothing"
    assert renamed("# %% [markdown]\nx<|>", "y") == "nothing"
    case = dsl.load("x = 1")
    assert renaming.prepare(case.snapshot, case.session.services, "c9", 3) is None


def test_what_is_prepared_is_what_is_renamed() -> None:
    case = dsl.load(FRAME + '%%sql\nselect * from "sales<|>"')
    found = renaming.prepare(case.snapshot, case.session.services, case.cell, case.offset)
    assert found is not None
    assert (found.name, found.refusal, found.span.of(case.notebook.cells[1].text)) == ("sales", "", '"sales"')


CELLS = st.sampled_from(
    [
        "a = 1",
        "b = a",
        "%%sql c <<\nselect * from a, b",
        "with a as (select 1) select a.x from a",
        "def f(a): return a + b",
        "x = %sql select * from a",
        "print(a, b",
        "from m import *",
        "import a",
        "for a in b: c = a",
        '%%sql\nselect a.b, "b" from a as b, [c]',
    ]
)


@given(
    st.lists(CELLS, min_size=1, max_size=5),
    st.integers(0, 4),
    st.integers(0, 30),
    st.sampled_from(["a", "z", "select"]),
)
def test_any_rename_is_edits_that_fit_or_a_reason(cells: list[str], at: int, offset: int, name: str) -> None:
    case = dsl.load("\n# %%\n".join(["", *cells]))
    snapshot: Snapshot = case.snapshot
    answer = renaming.rename(snapshot, case.session.services, f"c{at}", offset, name)
    if answer is not None:
        assert fits(snapshot, answer.edits)
        assert not (answer.edits and answer.refusal)
