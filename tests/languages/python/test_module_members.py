"""What is said of members of modules: asked about alone, once, and the same as where they stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polycell.bridge.server import Server
from polycell.core.hovering import hover_early
from polycell.core.session import Session
from polycell.core.site import context_of
from polycell.core.types import Table
from polycell.languages.python.engine.declarations import declared
from polycell.languages.python.engine.members import FRAMES
from polycell.languages.python.engine.typed import by_name
from polycell.languages.python.syntax.imported import member_at
from tests import dsl
from tests.languages.python.engines import Running, running


@pytest.fixture(scope="module")
def ty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("ty", tmp_path_factory.mktemp("notebooks")) as made:
        yield made


def member(text: str) -> tuple[str, tuple[str, ...], str] | None:
    case = dsl.load(text)
    context = context_of(case.snapshot, case.cell)
    assert context is not None
    found = member_at(context, case.offset)
    return (found.module.module, found.between, found.name) if found is not None else None


TOLD = {
    "in the cell": ("# %%\nimport json\njson.du<|>mps(1)", ("json", (), "dumps")),
    "at its beginning": ("# %%\nimport json\njson.<|>dumps(1)", ("json", (), "dumps")),
    "at its end": ("# %%\nimport json\njson.dumps<|>(1)", ("json", (), "dumps")),
    "above": ("# %%\nimport json as j\n# %%\nx = 1\n# %%\nj.du<|>mps(1)", ("json", (), "dumps")),
    "a module inside": ("# %%\nimport os\n# %%\nos.path.jo<|>in('a')", ("os", ("path",), "join")),
    "a function's body": ("# %%\nimport json\n# %%\ndef f(x):\n    return json.du<|>mps(x)", ("json", (), "dumps")),
}


@pytest.mark.parametrize(("text", "found"), TOLD.values(), ids=TOLD)
def test_a_member_of_a_module(text: str, found: tuple[str, tuple[str, ...], str]) -> None:
    assert member(text) == found


NOT_TOLD = {
    "the module": "# %%\nimport json\njs<|>on.dumps(1)",
    "of a value": "# %%\nimport json\njson.loads('1').re<|>al",
    "a value": "# %%\njson = 'a'\n# %%\njson.up<|>per()",
    "a value in the cell": "# %%\nimport json\n# %%\njson = 'a'\njson.up<|>per()",
    "a parameter": "# %%\nimport json\n# %%\ndef f(json):\n    return json.du<|>mps(1)",
    "handed on": "# %%\nimport json\n# %%\nf(json)\njson.du<|>mps(1)",
    "something imported": "# %%\nfrom datetime import datetime\n# %%\ndatetime.no<|>w()",
    "a string": "# %%\nimport json\nx = 'json.du<|>mps'",
    "a comment": "# %%\nimport json\n# json.du<|>mps",
    "a magic's line": "# %%\nimport json\n%time json.du<|>mps(1)",
    "deleted": "# %%\nimport json\n# %%\ndel json\n# %%\njson.du<|>mps(1)",
}


@pytest.mark.parametrize("text", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_is_none_for_certain(text: str) -> None:
    assert member(text) is None


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that a server is asked about, from now on."""
    texts: list[str] = []
    ask = Server.at

    async def listened(self: Server, text, *about, **more):  # type: ignore[no-untyped-def]
        texts.append(text.text)
        return await ask(self, text, *about, **more)

    monkeypatch.setattr(Server, "at", listened)
    return texts


def test_it_is_asked_about_alone_and_once(ty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = asked(monkeypatch)
    above = "# %%\nimport textwrap\nimport pandas as pd\n"
    first = ty.hover(f"{above}# %%\nx = 1\ntextwrap.ded<|>ent('a')")
    assert "def dedent(text: str) -> str" in first
    assert [("pandas" in text, text.endswith("dedent\n")) for text in texts] == [(False, True)]
    assert ty.hover(f"{above}# %%\nx = 2\nprint(textwrap.ded<|>ent('b'))") == first
    assert len(texts) == 1
    ty.engine.files_changed({"/nowhere/textwrap.py": "changed"})
    assert ty.hover(f"{above}# %%\nx = 3\ntextwrap.ded<|>ent('a')") == first
    assert len(texts) == 2


def test_it_is_told_before_any_cell_above_is_read(ty: Running) -> None:
    def early(text: str) -> str:
        counted: list[str] = []
        notebook, cell, offset, _ = dsl.parse(text, ty.folder)
        snapshot = Session(ty.services, listener=lambda what, _: counted.append(what)).update(notebook)
        answer = ty.run(hover_early(snapshot, ty.services, cell, offset))
        assert set(counted) <= {"facts"}, "nothing is settled"
        return answer.markdown if answer is not None else ""

    text = "# %%\nimport textwrap\n# %%\nx = 1\n# %%\ntextwrap.ded<|>ent('a')"
    assert early(text) == ty.hover(text) != ""
    assert early("# %%\ntextwrap = 'a'\n# %%\ntextwrap.up<|>per()") == ""
    assert early("# %%\nimport os\n# %%\nos.path.jo<|>in('a')") == ""  # may be a column: `pl.col.a`
    assert early("# %%\nx = 1\n# %%\nx<|>") == ""


@pytest.mark.parametrize("library", FRAMES)
def test_what_is_looked_at_is_what_frames_are_declared_as(library: str) -> None:
    assert by_name(FRAMES[library]) == declared(Table((), flavour=library))


def test_its_place_is_told_too(ty: Running) -> None:
    assert [place for place, _ in ty.define("# %%\nimport textwrap\n# %%\ntextwrap.ded<|>ent('a')")] == ["textwrap.py"]


def test_what_nothing_is_known_of_alone_is_asked_where_it_stands(ty: Running) -> None:
    assert ty.hover("# %%\nimport textwrap\n# %%\ntextwrap.nob<|>ody") == ""
