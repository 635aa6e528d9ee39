"""Scala cells served by the real compiler: members, types, errors, across cells and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polycell.core.types import Record, Table, describe
from polycell.languages.scala.compilers import Compilers
from tests.cli.notebooks import polycell, write
from tests.languages.scala.live import Live, start


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    made = start()
    yield made
    made.close()


SHOP = """
host: polynote
# %% [python]
n = 3
class Shop:
    def __init__(self):
        self.total = 1.5
    def price(self, item, tax=1):
        return 2.0
shop = Shop()
# %% [scala]
import scala.collection.mutable.ArrayBuffer
case class Sale(id: Long, city: String, price: Option[Double])
val sales = Seq(Sale(1, "a", Some(n.toDouble)))
def twice(x: Int) = x * 2
"""


def labels(live: Live, text: str) -> list[str]:
    return [item.label for item in live.complete(text).items]


def test_members_of_what_a_cell_above_defines(live: Live) -> None:
    found = live.complete(f"{SHOP}# %% [scala]\nsales.head.<|>")
    by_label = {item.label: item for item in found.items}
    assert {"id", "city", "price"} <= by_label.keys()
    assert by_label["id"].detail == "Long"
    assert all(item.replace.start == item.replace.end == len("sales.head.") for item in found.items)


def test_members_of_a_python_object(live: Live) -> None:
    assert {"total", "price", "as"} <= set(labels(live, f"{SHOP}# %% [scala]\nval p = shop.<|>\nval q = 1"))


def test_operators_come_behind_what_has_a_name(live: Live) -> None:
    found = live.complete("host: polynote\n# %% [scala]\nval p = 2.5\n# %% [scala]\np.<|>").items
    signs = [item.rank for item in found if not item.label[0].isalpha()]
    assert signs
    assert min(signs) > max(item.rank for item in found if item.label in ("toInt", "isNaN", "round"))


def test_a_python_number_is_a_long(live: Live) -> None:
    found = live.hover(f"{SHOP}# %% [scala]\nval m = n<|> + 1")
    assert found is not None
    assert "val n: Long" in found.markdown
    assert "Python: int" in found.markdown


def test_imports_reach_the_cells_below(live: Live) -> None:
    assert "ArrayBuffer" in labels(live, f"{SHOP}# %% [scala]\nval b = ArrayBu<|>")


def test_a_later_cell_may_define_a_name_anew(live: Live) -> None:
    text = 'host: polynote\n# %% [scala]\nval x = 1\n# %% [scala]\nval x = "s"\n# %% [scala]\nx.'
    assert "toUpperCase" in labels(live, f"{text}<|>")
    assert live.findings(f"{text}toUpperCase") == []


def test_a_broken_cell_hides_nothing_but_itself(live: Live) -> None:
    text = "host: polynote\n# %% [scala]\nval xs = List(1)\n# %% [scala]\nval y = (xs.\n# %% [scala]\nxs."
    assert "map" in labels(live, f"{text}<|>")


def test_what_a_broken_cell_gives_is_not_missing(live: Live) -> None:
    text = "host: polynote\n# %% [scala]\nval total = 1\n# %% [scala]\nval total = List((1\n# %% [scala]\ntotal.size"
    assert [cell for cell, _, _ in live.findings(text)] == [1]


def test_package_cells(live: Live) -> None:
    text = 'host: polynote\n# %% [scala]\npackage shop.model\ncase class Item(name: String)\n# %% [scala]\nItem("a").'
    assert "name" in labels(live, f"{text}<|>")
    assert live.findings(f"{text}name") == []


def test_errors_stand_at_their_words(live: Live) -> None:
    assert live.findings(f"{SHOP}# %% [scala]\nval bad: Int = sales.head.city\nval worse = nowhere + 1\n") == [
        (2, "sales.head.city", "type mismatch; found: String, required: Int"),
        (2, "nowhere", "not found: value nowhere"),
    ]


def test_wrong_tail_calls(live: Live) -> None:
    text = "language: scala\n# %%\n@annotation.tailrec def f(n: Int): Int = if (n == 0) 0 else {} f(n - 1)\n"
    assert live.findings(text.format("")) == []
    assert live.findings(text.format("1 +")) == [
        (
            0,
            "1 +",
            "could not optimize @tailrec annotated method f: it contains a recursive call not in tail position",
        )
    ]
    assert describe(live.given(f"{text.format('')}val n = f(2)")["n"]) == "int"


def test_an_unfinished_cell_has_one_error_at_its_end(live: Live) -> None:
    ((cell, word, message),) = live.findings("language: scala\n# %%\nval x = List(1,\n  2\n")
    assert (cell, word) == (0, "2")
    assert "the cell ends" in message


def test_errors_behind_astral_characters(live: Live) -> None:
    assert live.findings('language: scala\n# %%\nval s = "😀😀"; val i: Int = s\n') == [
        (0, "s", "type mismatch; found: String, required: Int")
    ]


@pytest.mark.parametrize(
    "text",
    [
        # A library that the kernel has and the notebook does not declare.
        "host: polynote\n# %% [scala]\nimport org.example._\nval x: Thing = make()",
        "host: polynote\n# %% [scala]\nimport org.example.Thing\n# %% [scala]\nval n: Int = new Thing(1).size",
        # Names of kernels and hosts.
        'host: almond\nlanguage: scala\n# %%\nkernel.publish.html("a")',
        'language: scala\n# %%\nval df = spark.read.json("a")\nval n = df.count + Seq(1).toDF.count',
        'host: databricks\n# %% [scala]\ndisplay(spark.table("a"))',
        # Magics and magic imports.
        "language: scala\n# %%\nimport $ivy.`org.typelevel::cats-core:2.10.0`\nval x = 1",
        "language: scala\n# %%\n%AddJar http://example.org/a.jar\nval x = 1",
        # Statements that are no definitions, and values that nobody uses.
        "host: polynote\n# %% [scala]\nvar x = 1\nx = 2\nx\n# %% [scala]\nfor (i <- 1 to 3) println(i)",
        "host: polynote\n# %% [python]\ndef f(a, b): return a\nx = {}\n# %% [scala]\nf(1, b = 2)\nx.up(1)\nx.y[Int]",
    ],
)
def test_silence(live: Live, text: str) -> None:
    assert live.findings(text) == []


def test_types_cross_to_python_and_sql(live: Live) -> None:
    given = live.given(
        f"{SHOP}# %% [scala]\nval ids = sales.map(_.id)\nval first = sales.head\nval byCity = sales.groupBy(_.city)\n"
        "val share = ids.sum / 2.0\n"
    )
    assert describe(given["ids"]) == "Seq[Long]"
    assert describe(given["share"]) == "float"
    assert isinstance(given["first"], Record)
    assert describe(dict(given["first"].fields)["city"]) == "function () -> str"
    table = given["sales"]
    assert isinstance(table, Table)
    assert [column.name for column in table.columns] == ["id", "city", "price"]


def test_a_scala_object_in_python_has_its_fields_as_calls(live: Live) -> None:
    text = f"{SHOP}# %% [scala]\nval first = sales.head\nval raw = Array(1, 2)\n# %% [python]\ncity = first.city()\n"
    assert describe(live.given(text)["city"]) == "str"
    assert {"id", "city", "price"} <= set(labels(live, f"{text}first.<|>"))
    hover = live.hover(f"{text}print(raw<|>)")
    assert hover is not None
    assert "array[int]" in hover.markdown
    assert "Scala `Array[Int]`" in hover.markdown


def test_columns_of_a_scala_table_in_sql(live: Live) -> None:
    assert {"city", "price"} <= set(labels(live, f"{SHOP}# %% [sql]\nselect <|> from sales"))


def test_the_last_value_of_a_cell_is_out(live: Live) -> None:
    text = "host: polynote\n# %% [scala]\nval xs = List(1, 2)\nxs.map(_ * 2.5)\n"
    assert describe(live.given(text)["Out"]) == "List[Double]"
    assert "sum" in labels(live, f"{text}# %% [scala]\nOut.<|>")


def test_a_result_may_be_made_of_the_result_above(live: Live) -> None:
    text = "host: polynote\n# %% [scala]\nList(1, 2)\n# %% [scala]\nOut.map(_ * 2.5)\n"
    assert live.findings(text) == []
    assert describe(live.given(text)["Out"]) == "List[Double]"
    assert "sum" in labels(live, f"{text}# %% [scala]\nOut.<|>")


def test_definitions_in_cells_above(live: Live) -> None:
    assert live.define(f"{SHOP}# %% [scala]\ntwice<|>(1)") == [("c1", "twice")]
    assert live.define(f"{SHOP}# %% [scala]\nsales.map(s => s.ci<|>ty)") == [("c1", "city")]


def test_signatures(live: Live) -> None:
    found = live.signature(f"{SHOP}# %% [scala]\ntwice(<|>)")
    assert found is not None
    assert found.signatures[0].label == "twice(x: Int): Int"
    assert found.signatures[0].parameters[0].of(found.signatures[0].label) == "x: Int"


def test_classes_that_are_not_imported(live: Live) -> None:
    (found, *_) = live.complete("language: scala\n# %%\nval x = 1\n# %%\n// first\nval m = TrieM<|>").items
    assert found.label == "TrieMap"
    (edit,) = found.edits
    assert (edit.span.start, edit.text) == (len("// first\n"), "import scala.collection.concurrent.TrieMap\n")


def test_many_cells_cost_what_a_cell_needs(live: Live) -> None:
    cells = "".join(f"# %%\nval v{i} = {i}\nval w{i} = List(v{i}, {i})\n" for i in range(300))
    found = live.complete(f"language: scala\n{cells}# %%\nw150.<|>")
    assert "headOption" in [item.label for item in found.items]


def test_a_compiler_that_dies_is_started_again(live: Live) -> None:
    text = "language: scala\n# %%\nval xs = List(1)\n# %%\nxs.<|>"
    assert "map" in labels(live, text)
    live.kill()
    assert "map" in [item.label for item in live.complete_again(text).items]


def test_the_command_line_compiles_too(live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["case class Sale(city: String)", 'val sales = Seq(Sale("a")).reverse', "val n: Int = sales.head.city"]
    path = write(tmp_path / "a.ipynb", *cells, language="scala")
    code, out, err = polycell(capsys, "check", path)
    assert (code, err) == (1, "")
    assert f"{path}:cell 3:1:14 error scala-error type mismatch; found: String, required: Int" in out
    assert polycell(capsys, "check", "--no-scala", path)[0] == 0


def test_show_asks_the_compiler_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def none(ready: Callable[..., None], note: Callable[[str], None]) -> Compilers:
        asked.append("compilers")
        return Compilers([], ready)

    monkeypatch.setattr("polycell.compose.scala_compilers", none)
    path = write(tmp_path / "a.ipynb", "val n = 1", language="scala")
    assert polycell(capsys, "show", "--no-scala", path)[0] == 0
    assert asked == []
    assert polycell(capsys, "show", path)[0] == 0
    assert asked == ["compilers"]
