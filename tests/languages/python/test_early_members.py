"""Members of modules before any cell above has been read: the same as when all have been, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from polycell.core.completing import complete_early
from polycell.core.session import Session
from tests import dsl
from tests.languages.python.engines import Running, running


@pytest.fixture(scope="module")
def ty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("ty", tmp_path_factory.mktemp("notebooks")) as made:
        yield made


def early(ty: Running, text: str) -> Sequence[str] | None:
    """The labels that are offered while every cell is unread."""
    counted: list[str] = []
    notebook, cell, offset, _ = dsl.parse(text, ty.folder)
    snapshot = Session(ty.services, listener=lambda what, _: counted.append(what)).update(notebook)
    answer = ty.run(complete_early(snapshot, ty.services, cell, offset))
    assert set(counted) <= {"facts"}, "nothing is settled"
    return None if answer is None else [i.label for i in sorted(answer.items, key=lambda i: (i.rank, i.label))]


TOLD = {
    "the same cell": "# %%\nimport json\njson.<|>",
    "a word begun": "# %%\nimport json\nx = 1\njson.du<|>",
    "an alias": "# %%\nimport fractions as f\nf.<|>",
    "one of many": "# %%\nimport math, json as j, string\nj.<|>",
    "a package": "# %%\nimport xml.sax\nxml.<|>",
    "a cell above": "# %%\nimport json\n# %%\nx = json.dumps(1)\n# %%\njson.<|>",
    "imported again": "# %%\nimport json\n# %%\nimport json\n# %%\njson.<|>",
    "the nearest cell": "# %%\nimport math as m\n# %%\nimport json as m\n# %%\nm.<|>",
    "other names above": "# %%\nimport json\n# %%\ndef f(x):\n    return x\ny = f(1)\n# %%\nprint(json.<|>",
    "a function's body": "# %%\nimport json\ndef f(x):\n    return json.<|>",
    "below SQL": "# %%\nimport json\n# %% [sql]\nselect 1 as one\n# %%\njson.<|>",
    "below a magic": "# %%\nimport json\n# %%\n%matplotlib inline\nx = 1\n# %%\n%%time\njson.<|>",
}


@pytest.mark.parametrize("text", TOLD.values(), ids=TOLD)
def test_they_are_those_that_are_offered_with_all_cells_read(ty: Running, text: str) -> None:
    found = early(ty, text)
    assert found
    assert found == ty.labels(text)


NOT_TOLD = {
    "no member": "# %%\nimport json\njs<|>",
    "no name": "# %%\nimport json\njson.loads('1').<|>",
    "a module inside": "# %%\nimport os\nos.path.<|>",
    "a string": "# %%\nimport json\nx = 'json.<|>'",
    "a comment": "# %%\nimport json\n# json.<|>",
    "a magic's line": "# %%\nimport json\n%time json.<|>",
    "never bound": "# %%\nx = 1\n# %%\njson.<|>",
    "bound below": "# %%\njson.<|>\n# %%\nimport json",
    "a value": "# %%\njson = 'a'\n# %%\njson.<|>",
    "a value behind the import": "# %%\nimport json\n# %%\njson = 'a'\n# %%\njson.<|>",
    "a value in the cell": "# %%\nimport json\njson = 'a'\njson.<|>",
    "from a module": "# %%\nfrom xml import sax\nsax.<|>",
    "one of two": "# %%\nif x:\n    import json as m\nelse:\n    import math as m\nm.<|>",
    "imported twice": "# %%\nimport json as m\nimport math as m\nm.<|>",
    "in a branch": "# %%\nif x:\n    import json\n# %%\njson.<|>",
    "a parameter": "# %%\nimport json\ndef f(json):\n    json.<|>",
    "a loop": "# %%\nimport json\nfor json in ['a']:\n    json.<|>",
    "a comprehension": "# %%\nimport json\n[json.<|> for json in ['a']]",
    "handed on": "# %%\nimport json\nf(json)\njson.<|>",
    "deleted": "# %%\nimport json\n# %%\ndel json\n# %%\njson.<|>",
    "a result": "# %%\nimport json\n# %%\n%%sql json <<\nselect 1 as one\n# %%\njson.<|>",
    "a word of SQL": "# %%\nimport json\n# %% [sql]\nselect json from t\n# %%\njson.<|>",
    "everything of a module": "# %%\nimport json\n# %%\nfrom x import *  # json\n# %%\njson.<|>",
    "another process": "# %%\n%%python\nimport json\n# %%\njson.<|>",
    "a reactive host": "host: marimo\n# %%\nimport json\n# %%\njson.<|>",
    "prose": "# %%\nimport json\n# %% [markdown]\njson.<|>",
}


@pytest.mark.parametrize("text", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_the_texts_do_not_tell_is_left_to_the_analysis(ty: Running, text: str) -> None:
    assert early(ty, text) is None


def test_not_many_cells_are_read_for_it(ty: Running) -> None:
    using = "# %%\nx = json.dumps(1)\n"
    assert early(ty, "# %%\nimport json\n" + using * 20 + "# %%\njson.<|>")
    assert early(ty, "# %%\nimport json\n" + using * 40 + "# %%\njson.<|>") is None
    long = f"# %%\njson.dumps({'1, ' * 20_000}1)\n"
    assert early(ty, f"# %%\nimport json\n{long}# %%\njson.<|>") is None


def test_without_an_engine_nothing_is_known(ty: Running) -> None:
    case = dsl.load("# %%\nimport json\njson.<|>")
    assert ty.run(complete_early(case.snapshot, case.session.services, case.cell, case.offset)) is None
    assert ty.run(complete_early(case.snapshot, case.session.services, "nobody", 0)) is None
