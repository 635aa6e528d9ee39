"""What can be written in the texts of a Vega specification that name something: data sets, scales, signals."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Completion
from polycell.core.text import Span
from polycell.languages.vega.places import last_key
from polycell.languages.vega.tree import Path, Tree
from polycell.languages.vega.vega_scopes import Kind, names

_EXPRESSIONS = frozenset({"expr", "init", "signal", "test", "update"})
_OF_SCALES = "scale|invert|domain|range|bandwidth|bandspace|copy|gradient"
_OF_DATA = "data|indata|modify"
# `data('…`, `scale("…`: a name inside of an expression, with the mark as it is written in the text around.
_CALL = pattern(rf"""\b(?:(?P<scale>{_OF_SCALES})|(?:{_OF_DATA}))\(\s*\\?['"](?P<name>[^'"()\\]*)\Z""")
_WORD = pattern(r"""(?<![\w$.'"\\])(?:[^\W\d]\w*)?\Z""")


def is_expression(path: Path) -> bool:
    """Whether the text at a place is one of Vega's expressions."""
    made_by_transform = path[-3:-2] == ("transform",)
    return (
        last_key(path) in _EXPRESSIONS
        and isinstance(path[-1], str)
        and not (made_by_transform and path[-1] == "signal")
    )


def in_expression(tree: Tree, path: Path, start: int, offset: int) -> Iterator[Completion]:
    """Signals, and names of data sets and scales in calls; `start` is where the expression's text begins."""
    text = tree.text[max(start, offset - 300) : offset]
    if tree.root is None:
        return
    called = _CALL.search(text)
    if called is not None:
        kind: Kind = "scale" if called["scale"] else "data"
        span = Span(offset - len(called["name"]), offset)
        for rank, name in enumerate(names(kind, path, tree.root)):
            yield Completion(name, "table" if kind == "data" else "value", span, detail=_DETAILS[kind], rank=8 + rank)
        return
    word = _WORD.search(text)
    # Inside of a literal nothing is a name.
    if word is None or text.count("'") % 2:
        return
    span = Span(offset - len(word[0]), offset)
    yield Completion("datum", "keyword", span, detail="the row", rank=10)
    for name in names("signal", path, tree.root):
        if name.isidentifier():
            yield Completion(name, "variable", span, detail="signal", rank=12)


_DETAILS = {"data": "data set of this chart", "scale": "scale of this chart"}
