"""The Python language service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from polycell.core.charts import FileRows, Rows
from polycell.core.environment import Binding, Exports, View
from polycell.core.facts import Facts, Fragment
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.results import (
    NO_COMPLETIONS,
    Action,
    Attribute,
    Call,
    Caller,
    Calls,
    Completions,
    Finding,
    Fold,
    Formatted,
    Hint,
    HintKind,
    Hover,
    InnerName,
    Layout,
    Location,
    Mention,
    SemanticToken,
    Signatures,
    WrittenPath,
)
from polycell.core.service import Context, FileChanges, LanguageService, Reach
from polycell.core.text import Span
from polycell.core.types import Type
from polycell.core.values import replace
from polycell.languages.python.facts import name_exports, python_facts
from polycell.languages.python.looks_like_r import is_r
from polycell.languages.python.syntax.imported import member_at, member_told

if TYPE_CHECKING:
    from polycell.languages.python.engine.engine import Engine

log = logging.getLogger(__name__)


class PythonService(LanguageService):
    """`engine` knows what libraries have in them; without one there are our own answers."""

    languages = frozenset({"python"})
    reach = Reach(
        words=(
            *("exec(", "exec (", "import *", "globals", "locals(", "vars(", "get_ipython", "chdir"),
            *("%run", "%cd", "%pushd", "%popd", "%bookmark", "%load", "%store", "%config"),
        ),
        writing=(
            *(".to_csv", ".to_parquet", ".to_excel", ".to_json", ".to_feather", ".to_pickle", ".to_sql", ".to_hdf"),
            *(".to_orc", ".to_stata", ".to_xml", ".to_delta", ".to_html", ".write", ".save", "saveAs", ".sink_"),
            *("'w'", '"w"', "'wb'", '"wb"', "'x'", "%sql", "Catalog(", "Database("),
        ),
    )

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    def facts(self, cell: Cell, host: Host) -> Facts:
        return python_facts(cell, host)

    def half_written(self, cell: Cell, facts: Facts) -> Collection[str]:
        from polycell.languages.python.facts import half_written

        return half_written(cell, facts)

    def may_change(self, facts: Facts, name: str) -> bool:
        from polycell.languages.python.flow.looking import may_change

        return may_change(facts, name)

    def fragments(self, context: Context, at: int | None = None) -> Iterable[Fragment]:
        from polycell.languages.python.charts.drawn_names import written_here
        from polycell.languages.python.charts.unfinished import unfinished_chart
        from polycell.languages.python.columns.sql_expressions import expressions
        from polycell.languages.python.sent_texts import sent_elsewhere

        found = (*context.facts.fragments, *written_here(context), *sent_elsewhere(context), *expressions(context, at))
        begun = unfinished_chart(context, at) if at is not None else None
        return found if begun is None else (begun, *(f for f in found if not f.span.touches(begun.span.start)))

    def exports(self, context: Context) -> Exports:
        from polycell.languages.python.flow.exports import exports

        try:
            return exports(context)
        except Exception:
            # The names alone still serve the cells below better than nothing.
            log.exception("types of cell %s are not known", context.cell.id)
            return name_exports(context.cell, context.facts)

    def misnamed(self, context: Context) -> bool:
        return is_r(context)

    def diagnose(self, context: Context) -> Sequence[Finding]:
        from polycell.languages.python.mistakes import mistakes
        from polycell.languages.python.syntax import schema_comments
        from polycell.languages.python.table_findings import table_findings
        from polycell.languages.python.unreachable import unreachable_databases

        said = schema_comments.findings(context.cell.text)
        return (*table_findings(context), *mistakes(context), *said, *unreachable_databases(context))

    def selections(self, context: Context, offset: int) -> Sequence[Span]:
        from polycell.languages.python.selection import selections
        from polycell.languages.python.syntax.source import PythonSource

        source = context.facts.analysis
        return tuple(selections(source, offset)) if isinstance(source, PythonSource) else ()

    def folds(self, context: Context) -> Sequence[Fold]:
        from polycell.languages.python.folding import folds
        from polycell.languages.python.syntax.source import PythonSource

        source = context.facts.analysis
        return tuple(folds(source)) if isinstance(source, PythonSource) else ()

    def scope_at(self, context: Context, offset: int) -> Mapping[str, Binding]:
        from polycell.languages.python.flow.exports import scope_at

        return scope_at(context, offset)

    def rows(self, contexts: Sequence[Context], binding: Binding) -> Rows | FileRows | None:
        from polycell.languages.python.charts.literal_rows import rows

        return rows(contexts, binding)

    def evaluate(self, text: str, view: View) -> Type:
        from polycell.languages.python.flow.fragments import evaluate_text

        return evaluate_text(text, view)

    async def complete(self, context: Context, offset: int) -> Completions:
        from polycell.languages.python.complete import complete
        from polycell.languages.python.flow.at_cursor import Place

        if offset < context.cell.body:
            return NO_COMPLETIONS
        place = Place(context, offset)
        own = complete(place)
        if self._engine is None or place.site.comment:
            return own
        from polycell.languages.python.engine.completion import with_engine

        return await with_engine(self._engine, context, place, own)

    async def complete_early(self, context: Context, offset: int) -> Completions | None:
        if self._engine is None:
            return None
        from polycell.languages.python.engine.members import of_module

        return await of_module(self._engine, context, offset)

    def path(self, context: Context, offset: int) -> WrittenPath | None:
        from polycell.languages.python.flow.at_cursor import Place
        from polycell.languages.python.path_strings import written_path

        return written_path(Place(context, offset)) if offset >= context.cell.body else None

    async def hover(self, context: Context, offset: int) -> Hover | None:
        from polycell.languages.python.charts.conversion import drawn_at
        from polycell.languages.python.hover import beside, hover, library_name, told_by_kind, with_elements

        asking: asyncio.Task[Hover | None] | None = None
        if self._engine is not None:
            from polycell.languages.python.engine import features
            from polycell.languages.python.engine.alone import hover_of_module_member

            member = member_at(context, offset)
            if member is not None and not member.between:  # of which we know nothing ourselves
                told = await hover_of_module_member(self._engine, context, member)
                member = None
                if told is not None:
                    return replace(told, draws=drawn_at(context, offset) is not None)
            # The engine, which knows most of what is hovered over, thinks in its own process while we do in ours.
            asking = asyncio.get_running_loop().create_task(features.hover(self._engine, context, offset, member))
            for _ in range(2):  # until the question is sent: before Python 3.12 `wait_for` makes a task of its own
                await asyncio.sleep(0)
        try:
            own = hover(context, offset)
            coarse = own is not None and told_by_kind(own)
            if asking is not None and (own is None or coarse or library_name(context, own.span)):
                said = await asking
                own = with_elements(own, said) if own is not None and coarse else beside(own, said)
        finally:
            if asking is not None:
                asking.cancel()
        chart = drawn_at(context, offset)
        return own if chart is None else chart if own is None else replace(own, draws=True)

    async def hover_early(self, context: Context, offset: int) -> Hover | None:
        member = member_told(context, offset) if self._engine is not None else None
        if self._engine is None or member is None or member.between:
            return None
        from polycell.languages.python.engine.alone import hover_of_module_member

        return await hover_of_module_member(self._engine, context, member)

    async def define(self, context: Context, offset: int) -> Sequence[Location]:
        from polycell.languages.python.define import define

        own = define(context, offset)
        if own:
            return own
        if self._engine is not None:
            from polycell.languages.python.engine import features

            found = await features.locations(self._engine, context, "textDocument/definition", offset)
            if found:
                return found
        from polycell.languages.python.calls import method_at

        method = method_at(context, offset)
        return (method,) if method is not None else ()

    async def define_type(self, context: Context, offset: int) -> Sequence[Location]:
        if self._engine is None:
            return ()
        from polycell.languages.python.engine import features

        return await features.locations(self._engine, context, "textDocument/typeDefinition", offset)

    def inner_name(self, context: Context, offset: int) -> InnerName | None:
        from polycell.languages.python.inner_names import inner_name

        return inner_name(context, offset)

    def attributes(self, context: Context, name: str) -> Iterable[Attribute]:
        from polycell.languages.python.attributes import attributes

        return attributes(context, name)

    def calls(self, context: Context) -> Calls:
        from polycell.languages.python.calls import calls

        return calls(context)

    async def callees(self, context: Context, offset: int) -> Sequence[Caller]:
        from polycell.languages.python.calls import method_at

        found: Sequence[Caller] = ()
        if self._engine is not None:
            from polycell.languages.python.engine import calls

            found = await calls.callees(self._engine, context, offset)
        method = method_at(context, offset) if not found else None
        return found if method is None else (Caller("", "method", method, method),)

    async def calls_outside(self, context: Context, caller: Caller, *, incoming: bool) -> Sequence[Call]:
        if self._engine is None:
            return ()
        from polycell.languages.python.engine import calls

        return await calls.calls(self._engine, context, caller, incoming=incoming)

    async def signature(self, context: Context, offset: int) -> Signatures | None:
        from polycell.languages.python.signature import signature

        found = signature(context, offset)
        if found is None and self._engine is not None:
            from polycell.languages.python.engine import features

            found = await features.signature(self._engine, context, offset)
        return found or signature(context, offset, methods=True)

    async def format(self, context: Context, span: Span, layout: Layout) -> Formatted:
        from polycell.languages.python.layout import formatted

        return await formatted(context, span)

    async def source_actions(self, context: Context) -> Sequence[Action]:
        from polycell.languages.python.layout import organised

        return await organised(context)

    async def tokens(self, context: Context) -> Sequence[SemanticToken]:
        if self._engine is None:
            return ()
        from polycell.languages.python.engine import features

        return await features.tokens(self._engine, context)

    async def hints(self, context: Context, kinds: Collection[HintKind]) -> Sequence[Hint]:
        from polycell.languages.python.hints import hints

        own = tuple(hints(context)) if "table" in kinds else ()
        if self._engine is None or not {"type", "argument"} & set(kinds):
            return own
        from polycell.languages.python.engine import hints as engine_hints

        return (*own, *await engine_hints.hints(self._engine, context, kinds))

    def files_changed(self, files: FileChanges) -> None:
        if self._engine is not None:
            self._engine.files_changed(files)

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.close()

    async def prepare(self, notebook: Notebook) -> None:
        if self._engine is not None:
            from polycell.languages.python.engine.members import rehearse, rehearse_modules

            code = [cell.text for cell in notebook.cells if cell.language == "python"]
            await self._engine.start(notebook)
            await rehearse(self._engine, notebook, code)
            await rehearse_modules(self._engine, notebook, code)

    def mention_at(self, context: Context, offset: int) -> Mention | None:
        from polycell.languages.python.columns.mentions import mention_at

        return mention_at(context, offset)

    def mentions(self, context: Context, name: str) -> Iterable[Mention]:
        from polycell.languages.python.columns.mentions import mentions

        return mentions(context, name)

    def inputs(self, context: Context, span: Span) -> Iterable[Mention]:
        from polycell.languages.python.columns.mentions import inputs

        return inputs(context, span)

    def column_spelling(self, context: Context, span: Span, name: str) -> str | None:
        from polycell.languages.python import renaming

        return renaming.column_spelling(context, span, name)

    def spelling(self, context: Context, span: Span, name: str) -> str | None:
        from polycell.languages.python import renaming

        return renaming.spelling(context, span, name)

    def spoken(self, context: Context) -> Iterable[str]:
        from polycell.languages.python import renaming

        return renaming.spoken(context)

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        from polycell.languages.python import renaming

        return renaming.hidden(context, name)
