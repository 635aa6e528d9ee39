"""R Markdown, Quarto, MyST and jupytext's Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.chunks import parse_head
from polycell.formats.markdown import FORMAT, read
from tests.formats.reading import cells, check_map, edited, file_text, shape
from tests.shared import SHARED, examples, needs_shared

RMD = """\
---
title: A report
params:
  year: 2024
---

Some `inline` text, ``` not a fence ```.

```{r setup, include=FALSE, fig.cap="a, b"}
library(DBI)
```

```{sql, connection=con, output.var="orders"}
select * from t where x = ?x
```

1. A list

   ```{python}
   x = 1
     y = 2
   ```

````markdown
```{python}
no cell
```
````

~~~{sql}
#| connection: con
#| output.var: others
select 2
~~~

```{python, eval=FALSE}
undefined_name
```

```{r x, engine='python'}
z = 1
```

```{=html}
<b>no cell</b>
```

```python
shown_only = 1
```

```{python}
unclosed = 1
"""

MYST = """\
---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  language: python
  name: python3
---

# Title

```{note}
No cell.
```

+++ {"tags": ["a"]}

Second

```{code-cell} ipython3
:tags: [hide-output, b]

import x
```

```{code-cell} ipython3
---
tags: [c]
other: 1
---
y = 1
```

```{code-cell} ipython3
```

```{raw-cell}
raw
```
"""


def test_r_markdown() -> None:
    document = read(RMD, "file:///a.Rmd", "a.Rmd")
    check_map(document, RMD)
    (notebook,) = document.notebooks
    assert (notebook.host, notebook.language) == ("knitr", "r")
    assert notebook.metadata["params"] == {"year": 2024}
    code = [c for c in notebook.cells if c.kind != "markup"]
    assert [(c.kind, c.language, c.text, c.result) for c in code] == [
        ("code", "r", "library(DBI)", ""),
        ("code", "sql", "select * from t where x = ?x", "orders"),
        ("code", "python", "x = 1\n  y = 2", ""),
        ("code", "sql", "select 2", "others"),
        ("raw", "", "undefined_name", ""),
        ("code", "python", "z = 1", ""),
        ("code", "python", "unclosed = 1\n", ""),
    ]
    assert code[0].name == "setup"
    assert code[0].metadata["include"] is False
    assert code[0].metadata["fig.cap"] == "a, b"
    assert code[1].metadata["connection"] == "con"


def test_markup_is_everything_else() -> None:
    found = cells(FORMAT, RMD, "a.Rmd")
    assert found[0].kind == "markup"
    assert found[0].text == "Some `inline` text, ``` not a fence ```."
    assert any("no cell\n```\n````" in c.text for c in found if c.kind == "markup")


def test_a_chunk_typed_above_leaves_those_below() -> None:
    text = "```{python}\nx = 1\n\n```{python}\ny = 2\n```\n"
    assert shape(FORMAT, text, "a.qmd") == [("code", "python", "x = 1\n"), ("code", "python", "y = 2")]


@pytest.mark.parametrize(
    ("front", "chunk", "host", "language"),
    [
        ("", "{r}", "knitr", "r"),
        ("", "{python}", "jupyter", "python"),
        ("", "{julia}", "jupyter", "julia"),
        ("---\nengine: knitr\n---\n", "{python}", "knitr", "r"),
        ("---\njupyter: python3\n---\n", "{sql}", "jupyter", "python"),
        ("---\njupyter:\n  kernelspec:\n    language: julia\n    name: j\n---\n", "{julia}", "jupyter", "julia"),
    ],
)
def test_the_engine_of_quarto(front: str, chunk: str, host: str, language: str) -> None:
    (notebook,) = read(f"{front}```{chunk}\nx\n```\n", "file:///a.qmd", "a.qmd").notebooks
    assert (notebook.host, notebook.language) == (host, language)


def test_myst() -> None:
    found = cells(FORMAT, MYST, "a.md")
    assert [(c.kind, c.text) for c in found] == [
        ("markup", "# Title\n\n```{note}\nNo cell.\n```"),
        ("markup", "Second"),
        ("code", "import x"),
        ("code", "y = 1"),
        ("code", ""),
        ("raw", "raw"),
    ]
    assert found[2].metadata == {"tags": ["hide-output", "b"]}
    assert found[3].metadata == {"tags": ["c"], "other": 1}
    assert found[2].language == "python"


JUPYTEXT = """\
---
jupyter:
  jupytext:
    text_representation:
      format_name: markdown
  kernelspec:
    language: python
    name: python3
---

```python tags=["parameters"]
x = 1
```

```bash
ls
```

```python .noeval
no
```
"""


def test_jupytext_markdown() -> None:
    found = [c for c in cells(FORMAT, JUPYTEXT, "a.md") if c.kind == "code"]
    assert [(c.language, c.text) for c in found] == [("python", "x = 1"), ("bash", "ls")]
    assert found[0].metadata == {"tags": ["parameters"]}


def test_jupytext_markdown_keeps_the_line_of_a_cell_magic() -> None:
    front = "---\njupytext:\n  text_representation:\n    format_name: markdown\n---\n\n"
    found = cells(FORMAT, front + '```sql magic_args="orders <<"\nselect 1\n```\n', "a.md")
    assert [(c.language, c.result) for c in found] == [("sql", "orders")]


@pytest.mark.parametrize("word", ["region", "raw", "md"])
def test_what_jupytext_keeps_in_a_region_is_text(word: str) -> None:
    region = f'<!-- #{word} title="Shown" -->\n```python\nnot run\n```\n<!-- #end{word} -->\n'
    found = shape(FORMAT, JUPYTEXT + "\n" + region + "\n```python\ny = 2\n```\n", "a.md")
    assert [text for kind, _, text in found if kind == "code"] == ["x = 1", "ls", "y = 2"]


def test_options_of_myst_run_over_lines() -> None:
    text = "```{code-cell} python\n:mystnb:\n:  image:\n:    width: 200px\n\nx\n```\n"
    (cell,) = cells(FORMAT, text, "a.md")
    assert cell.text == "x"
    assert cell.metadata == {"mystnb": {"image": {"width": "200px"}}}


def test_r_markdown_of_jupytext_hides_magics() -> None:
    text = "---\njupyter:\n  kernelspec:\n    language: python\n---\n\n```{python}\n# %matplotlib inline\nx\n```\n"
    assert shape(FORMAT, text, "a.Rmd") == [("code", "python", "%matplotlib inline\nx")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("# Readme\n\n```python\nx = 1\n```\n", False),
        ("# Readme\n\n```{note}\nx\n```\n", False),
        ("---\ntitle: x\n---\n\n```sql\nselect 1\n```\n", False),
        ("```{code-cell}\nx\n```\n", True),
        ("text\n\n```{python}\nx\n```\n", True),
        ("---\nkernelspec:\n  name: python3\n---\n", True),
        ("---\nfile_format: mystnb\n---\n", True),
    ],
)
def test_which_plain_markdown_is_a_notebook(text: str, is_one: bool) -> None:
    assert FORMAT.detect(text, "README.md") is is_one


@pytest.mark.parametrize(
    ("info", "engine", "label", "options"),
    [
        ("{r}", "r", "", {}),
        ("{r name}", "r", "name", {}),
        ("{r name, a=1, b='x, y', c=c(1, 2)}", "r", "name", {"a": 1, "b": "x, y", "c": [1, 2]}),
        ("{r, echo=TRUE}", "r", "", {"echo": True}),
        ("{r, eval=x == 1}", "r", "", {"eval": "x == 1"}),
        ("{python #fig-x .cls a=1 b=2}", "python", "fig-x", {"a": 1, "b": 2}),
        ('{sql connection=con, output.var="x"', "sql", "", {"connection": "con", "output.var": "x"}),
    ],
)
def test_chunk_headers(info: str, engine: str, label: str, options: dict[str, object]) -> None:
    head = parse_head(info)
    assert head is not None
    assert (head.engine, head.label, head.options) == (engine, label, options)


@pytest.mark.parametrize("info", ["python", "{=html}", "{.python}", "{{python}}", "", "{", "{}"])
def test_what_is_no_chunk_header(info: str) -> None:
    assert parse_head(info) is None


@needs_shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("tmasjc__reproducible/report.qmd", 5),
        ("ploomber__jupysql/doc/integrations/duckdb.md", 31),
        ("ploomber__jupysql/doc/integrations/pandas.md", 17),
        ("ploomber__jupysql/doc/howto/json.md", 20),
    ],
)
def test_real_notebooks(name: str, code: int) -> None:
    text = file_text(SHARED / "notebooks" / name)
    assert FORMAT.detect(text, name)
    found = cells(FORMAT, text, name)
    assert sum(c.kind == "code" for c in found) == code
    if name.endswith("qmd"):
        assert [c.language for c in found if c.kind == "code"] == ["r", "r", "r", "python", "r"]
    else:
        assert {c.language for c in found if c.text.startswith("%%sql")} == {"sql"}


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(data.draw(st.sampled_from([RMD, MYST]))))
    for path in ("a.Rmd", "a.qmd", "a.md"):
        check_map(read(text, f"file:///{path}", path), text)
        FORMAT.detect(text, path)


def test_hostile_front_matter_is_no_front_matter() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*{'a' if i == 0 else f'b{i - 1}'}, *a]\n" for i in range(40))
    for front in ("- " * 50_000, "a: [" * 2_000, bomb, "&a [*a]", "a: \x00", "? [a]: b"):
        text = f"---\n{front}\n---\n\n```{{r}}\nx\n```\n"
        assert [c.text for c in cells(FORMAT, text, "a.Rmd") if c.kind == "code"] == ["x"]
