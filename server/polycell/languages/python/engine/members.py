"""Members that the engine is asked about by themselves; those of modules, told from the texts alone.

Import light: the members of a module are the first completion of most notebooks, and a start waits for nothing else.
"""

from __future__ import annotations

import asyncio
import keyword
import logging
import re
from collections.abc import Iterable, Sequence
from functools import partial

from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.core.results import Completions
from polycell.core.service import Context
from polycell.languages.python.engine.engine import Answer, Engine
from polycell.languages.python.engine.glue import MARK
from polycell.languages.python.engine.items import Entry, as_members, entries
from polycell.languages.python.engine.typed import by_name, receiver_slice
from polycell.languages.python.syntax.cursor import site
from polycell.languages.python.syntax.imported import Member, module_of

log = logging.getLogger(__name__)

METHOD = "textDocument/completion"
# Libraries by the class of their frames, as `declarations` has it.
FRAMES = {"pandas": "pandas.DataFrame", "polars": "polars.DataFrame"}
ALONE = 4.0  # seconds that an engine has when we have nothing to show ourselves
# Modules of which the engine's first look takes half a second or more.
MODULES = (
    *("numpy", "pandas", "matplotlib.pyplot", "polars", "seaborn", "plotly.express"),
    *("altair", "torch", "tensorflow"),
)
_IT = f"{MARK}_it"
_IMPORT = pattern(r"^[ \t]*(?:import|from)[ \t][^\n]*", re.MULTILINE)
_DOTTED = pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")


async def of_module(engine: Engine, context: Context, offset: int) -> Completions | None:
    """What may stand behind `pd.`, where the texts alone say that `pd` is a module; None where they do not."""
    here = site(context.cell.text, offset)
    if not here.attribute or here.quote or here.comment or not here.receiver.isidentifier():
        return None
    if offset < context.cell.body or any(magic.span.touches(offset) for magic in context.facts.magics):
        return None
    found = module_of(context, here.receiver)
    if found is None:
        return None
    text = module_slice(found.module, found.text)
    ask = partial(of_text, engine, context.notebook, text, text)
    try:
        known = await asyncio.wait_for(engine.members(context.notebook, text, ask), ALONE)
    except asyncio.TimeoutError:
        log.info("the engine is late for cell %s", context.cell.id)
        return Completions((), True)
    return Completions(tuple(as_members(known, here.span, here.word, set(), set(), found.module))) if known else None


def member_slice(member: Member) -> str:
    """A text at whose end stands the member of a module: what is said of it there is the same in every cell."""
    return module_slice(member.module.module, member.module.text) + ".".join((*member.between, member.name))


async def rehearse(engine: Engine, notebook: Notebook, texts: Iterable[str]) -> None:
    """Ask for the members of frames that a notebook with these texts will ask for: the first look at pandas takes the
    better part of a second."""
    code = "\n".join(texts)
    wanted = {library for library in FRAMES if _imports(code, library)}
    for library, name in FRAMES.items():
        said = by_name(name) if library in wanted else None
        if said is not None:
            text = receiver_slice(said)
            await engine.members(notebook, said.text, partial(of_text, engine, notebook, said.text, text))


async def rehearse_modules(engine: Engine, notebook: Notebook, texts: Iterable[str]) -> None:
    """The same for the modules that are large and much used; when nothing else is waited for."""
    code = "\n".join(texts)
    for module in MODULES:
        if _imports(code, module):
            text = module_slice(module, "")
            await engine.members(notebook, text, partial(of_text, engine, notebook, text, text))


def _imports(code: str, module: str) -> bool:
    """Whether a text imports a module by its name, among others perhaps: `import json, pandas as pd`."""
    return re.search(rf"^[ \t]*import[ \t][^\n#]*\b{re.escape(module)}\b", code, re.MULTILINE) is not None


def module_slice(module: str, text: str) -> str:
    """The same for a module that is imported in `text`. Its members are its own, and the modules inside of its package
    that the text imports."""
    package = module.partition(".")[0]
    inside = {
        name
        for line in _IMPORT.findall(text)
        for name in _DOTTED.findall(line)
        if name.startswith(f"{package}.") and not any(map(keyword.iskeyword, name.split(".")))
    }
    return "".join(f"import {name}\n" for name in sorted(inside)) + f"import {module} as {_IT}\n{_IT}."


async def of_text(engine: Engine, notebook: Notebook, name: str, text: str) -> Sequence[Entry]:
    """What may stand at the end of a text. `name`: texts of several types under one name would have to take turns."""
    return read(await engine.ask(notebook, f"members of {name}", text, METHOD, len(text)))


def read(answer: Answer | None) -> tuple[Entry, ...]:
    """The items; none where there are only those that every object has, which says that nothing is known."""
    found = tuple(entries(answer.result)) if answer is not None else ()
    return found if any(not entry.label.startswith("_") for entry in found) else ()
