"""Databricks notebooks in source form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.databricks import FORMAT, read
from tests.formats.reading import cells, check_map, edited, file_text, shape
from tests.shared import SHARED, examples, needs_shared

SOURCE = """\
# Databricks notebook source
# MAGIC %md # A title
# MAGIC
# MAGIC   indented

# COMMAND ----------

# DBTITLE 1,It's the data
# MAGIC %sql
# MAGIC SELECT *
# MAGIC FROM t -- all

# COMMAND ----------
# MAGIC %pip install x
# COMMAND ----------

df = spark.table("t")
# a comment

# COMMAND ----------

# DBTITLE 0,Hidden
x = 1

# COMMAND ----------

"""


def test_the_whole_of_a_notebook() -> None:
    assert shape(FORMAT, SOURCE, "nb.py") == [
        ("markup", "markdown", "%md # A title\n\n  indented\n"),
        ("code", "sql", "%sql\nSELECT *\nFROM t -- all\n"),
        ("code", "python", "%pip install x"),
        ("code", "python", 'df = spark.table("t")\n# a comment\n'),
        ("code", "python", "x = 1\n"),
        ("code", "python", "\n"),
    ]
    found = cells(FORMAT, SOURCE, "nb.py")
    assert found[1].metadata == {"title": "It's the data", "showTitle": True, **found[1].metadata}
    assert found[1].name == "It's the data"
    assert found[4].metadata["showTitle"] is False
    assert found[1].code == "SELECT *\nFROM t -- all\n"


def test_host_and_default_language() -> None:
    (notebook,) = read("-- Databricks notebook source\nselect 1", "file:///a.sql", "a.sql").notebooks
    assert (notebook.host, notebook.language) == ("databricks", "sql")
    assert notebook.cells[0].language == "sql"


@pytest.mark.parametrize(
    ("path", "comment"), [("a.py", "#"), ("a.sql", "--"), ("a.scala", "//"), ("a.r", "#"), ("a.R", "#")]
)
def test_every_suffix_has_its_comment_sign(path: str, comment: str) -> None:
    text = f"{comment} Databricks notebook source\n{comment} MAGIC %python\n{comment} MAGIC x = 1\n\n"
    text += f"{comment} COMMAND ----------\n\ny"
    assert FORMAT.detect(text, path)
    found = cells(FORMAT, text, path)
    assert (found[0].language, found[0].text) == ("python", "%python\nx = 1\n")
    assert found[1].text == "y"


def test_line_ends_of_windows() -> None:
    found = cells(FORMAT, SOURCE.replace("\n", "\r\n"), "nb.py")
    assert found[1].text == "%sql\r\nSELECT *\r\nFROM t -- all\r\n"
    assert len(found) == 6


def test_what_only_looks_like_it() -> None:
    text = "# Databricks notebook source\nx = 1\n# COMMAND --\n# MAGICAL numbers\n# DBTITLES\n"
    assert shape(FORMAT, text, "nb.py") == [("code", "python", "x = 1\n# COMMAND --\n# MAGICAL numbers\n# DBTITLES\n")]


def test_detect() -> None:
    assert not FORMAT.detect("x = 1", "a.py")
    assert not FORMAT.detect("# Databricks notebook source\n", "a.sql")


@needs_shared
def test_a_real_notebook() -> None:
    name = "databricks-demos__dbdemos-notebooks/product_demos/Delta-Lake/01-Getting-Started-With-Delta-Lake.sql"
    found = cells(FORMAT, file_text(SHARED / "notebooks" / name), name)
    assert len(found) == 38
    assert found[1].text.startswith("%run ./_resources/00-setup")
    assert (found[6].language, found[6].name) == ("python", "Create Delta table using python / Scala API")
    assert found[4].language == "sql"
    assert not any("MAGIC" in c.text or "DBTITLE" in c.text for c in found)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(SOURCE))
    check_map(read(text, "file:///nb.py", "nb.py"), text)
