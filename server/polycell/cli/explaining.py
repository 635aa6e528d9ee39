"""`polycell explain`: the page of a code, offline."""

from __future__ import annotations

import sys

import typer

from polycell.cli.output import console, words
from polycell.rules.codes import CODES, misspelt, page_of


def explain(code: str) -> int:
    """Print a code's page, as it would look on a terminal and as Markdown elsewhere; without a code, a line for each.
    2 where there is no such code."""
    if not code:
        width = max(map(len, CODES))
        for name in sorted(CODES):
            print(f"{name:{width}}  {words(CODES[name])}")
        return 0
    if wrong := misspelt([code]):
        typer.echo(f"polycell: {wrong}", err=True)
        return 2
    page = page_of(code)
    text = page.read_text(encoding="utf-8") if page is not None else f"# {code}\n\n{CODES[code]}\n"
    if sys.stdout.isatty():
        from rich.markdown import Markdown

        console().print(Markdown(text))
    else:
        print(words(text), end="")
    return 0
