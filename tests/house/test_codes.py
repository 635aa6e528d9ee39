"""Every code that Polycell can report has a page, and every page a code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from polycell.languages.python.syntax.shapes import nodes
from polycell.rules.codes import CODES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "server" / "polycell"
PAGES = ROOT / "server" / "docs" / "codes"

# Constructor → (position of the code among its arguments, the code when it is left out).
MAKERS = {"Finding": (0, ""), "Problem": (2, "syntax-error"), "Report": (1, "")}
SPOKEN = re.compile(rf"\b(?:{'|'.join(MAKERS)})\(|\bcode\b")


def codes_in(text: str) -> Iterator[str]:
    """Codes given as literals or module constants to what makes findings, and the `code` of rule classes."""
    if not SPOKEN.search(text):
        return
    tree = nodes(ast.parse(text))
    constants = {
        target.id: node.value.value
        for node in tree
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in tree:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            position, default = MAKERS[node.func.id]
            named = [k.value for k in node.keywords if k.arg == "code"]
            given = named[0] if named else node.args[position] if len(node.args) > position else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield given.value
            elif isinstance(given, ast.Name) and given.id in constants:
                yield constants[given.id]
            elif given is None and default:
                yield default
    for node in tree:
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                value = part.value if isinstance(part, (ast.Assign, ast.AnnAssign)) else None
                names = (
                    [t.id for t in part.targets if isinstance(t, ast.Name)]
                    if isinstance(part, ast.Assign)
                    else [part.target.id]
                    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
                    else []
                )
                if (
                    "code" in names
                    and isinstance(value, ast.Constant)
                    and value.value != "syntax-error"
                    and value.value
                ):
                    yield str(value.value)


def emitted() -> set[str]:
    return {code for path in PACKAGE.rglob("*.py") for code in codes_in(path.read_text(encoding="utf-8"))}


def test_codes_are_found_wherever_they_are_written() -> None:
    text = """
A = "by-constant"
class Rule:
    code: str = "by-class"
Finding("literal", span, "text")
Finding(A, span, "text")
Finding(span=s, code="by-keyword", message="")
Problem(span, "text")
Problem(span, "text", "by-position")
"""
    assert set(codes_in(text)) == {
        *("by-constant", "by-class", "literal", "by-keyword", "syntax-error", "by-position"),
    }


def test_every_code_has_a_page() -> None:
    assert sorted(emitted() - {page.stem for page in PAGES.glob("*.md")}) == []


def test_every_page_has_a_code() -> None:
    assert sorted(page.stem for page in PAGES.glob("*.md")) == sorted(CODES)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda p: p.stem)
def test_a_page_says_what_it_means_an_example_and_how_to_silence_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.stem}\n")
    for heading in ("## Example", "## How to silence it"):
        assert heading in text
    assert "Severity: " in text
