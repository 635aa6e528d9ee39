"""Names that functions and comprehensions keep for themselves: highlights, references, rename. Python's own symbol
tables tell whether a rename left everything else as it was."""

from __future__ import annotations

import symtable

import pytest

from polycell.core import features
from polycell.core.renaming import rename
from tests.dsl import Case, load

TRICKY = """
    import numpy as np
    rate = 1
    def total(values, rate=rate, *rest, scale: int = 2, **more):
        import os, numpy.linalg as la
        from math import floor
        try:
            inner = [value * rate for value in values if value]
        except ValueError as problem:
            print(problem, inner, os, la, floor)
        with open("x") as file, open(file.name) as other:
            for n, (a, *b) in enumerate(rest):
                inner += n + a + len(b)
        def deeper(step):
            nonlocal inner
            global rate
            rate = step
            inner = step + scale
            return lambda step, last=step: step + inner + last
        match more:
            case {"a": first, **others}:
                return first, others
            case [head, *tail] as whole:
                return head, tail, whole
        text = f"{inner!r:>{scale}} {rate} {[q for q in values]}"
        if (found := deeper(1)) and text:
            del text
        return {key: item for key, item in more.items()}, (x for x in values), other, found
    class Box:
        rate = 3
        def get(self, rate):
            return self.rate + rate + sum(rate for rate in [rate])
    squares = [rate * rate for rate in range(3)]
    print(rate)
"""


def _shape(table: symtable.SymbolTable) -> object:
    """Scopes with what each does with its names, in an order that does not depend on how these are called."""
    names = sorted(
        (
            s.is_parameter(),
            s.is_local(),
            s.is_global(),
            s.is_free(),
            s.is_assigned(),
            s.is_referenced(),
            s.is_imported(),
        )
        for s in table.get_symbols()
    )
    return table.get_type(), names, [_shape(child) for child in table.get_children()]


def _applied(case: Case, name: str, offset: int) -> str | None:
    cell = case.notebook.cells[0]
    made = rename(case.snapshot, case.session.services, cell.id, offset, name)
    if made is None or made.refusal:
        return None
    text = cell.text
    for edit in sorted(made.edits, key=lambda e: e.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def test_a_rename_leaves_all_scopes_as_they_were() -> None:
    case = load(TRICKY)
    text = case.notebook.cells[0].text
    before = _shape(symtable.symtable(text, "cell", "exec"))
    names: dict[str, int] = {}
    for at, sign in enumerate(text):
        if (sign.isalpha() or sign == "_") and not (text[at - 1 : at].isalnum() or text[at - 1 : at] in ("_", ".")):
            renamed = _applied(case, "fresh_name", at)
            if renamed is not None:
                word = text[at:].split(maxsplit=1)[0]
                names[word] = names.get(word, 0) + 1
                assert _shape(symtable.symtable(renamed, "cell", "exec")) == before, (word, at)
                assert renamed.count("fresh_name") >= 1
    assert sum(names.values()) > 90


def places(text: str) -> list[tuple[str, int, str]]:
    """(cell, line from 1, text of the line) of each reference."""
    case = load(text)
    found = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    texts = {cell.id: cell.text for cell in case.notebook.cells}
    return [
        (
            where.cell,
            line := texts[where.cell][: where.span.start].count("\n") + 1,
            texts[where.cell].split("\n")[line - 1],
        )
        for where in found
    ]


def test_a_parameter_and_the_keywords_of_its_calls_are_one() -> None:
    assert places("""
        # %%
        def area(width, hei<|>ght=1):
            return width * height
        # %%
        area(2, height=3)
        other(height=4)
        """) == [
        ("c0", 1, "def area(width, height=1):"),
        ("c0", 2, "    return width * height"),
        ("c1", 1, "area(2, height=3)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "refusal"),
    [
        ("def f(a):\n    b = a\n    return b<|>", "a", "`a` is used already where `b` holds."),
        ("def f(a<|>):\n    return len(a)", "len", "`len` is used already where `a` holds."),
        ("def f(a<|>):\n    return a", "no name", "`no name` is no name in Python (Cell 1)."),
        ('def f(a<|>):\n    return df.query("x > @a")', "b", "`a` is mentioned in a string"),
        ("class A:\n    def f(self, a<|>):\n        return a\nA().f(a=1)", "b", "Cell 1 has a call `f(a=…)`"),
        ("def f():\n    import os.pa<|>th\n    return os", "b", ""),
        ("def f():\n    import o<|>s.path\n    return os", "b", "`os` is the beginning of a module's name."),
    ],
)
def test_what_is_not_certain_is_not_renamed(text: str, name: str, refusal: str) -> None:
    case = load(text)
    made = rename(case.snapshot, case.session.services, case.cell, case.offset, name)
    assert made is None if not refusal else made is not None and made.refusal.startswith(refusal)


def test_highlights_tell_writing_from_reading() -> None:
    case = load("def f(n):\n    n += 1\n    return [n for _ in ra<|>nge(n)]\nn = 5")
    cell = case.notebook.cells[0]
    found = features.highlights(case.snapshot, case.session.services, cell.id, cell.text.index("n +="))
    assert [(h.span.of(cell.text), cell.text[: h.span.start].count("\n"), h.write) for h in found] == [
        ("n", 0, True), ("n", 1, True), ("n", 2, False), ("n", 2, False),
    ]  # fmt: skip
