"""What a Python cell gives to others, and what holds at a place inside it."""

from __future__ import annotations

import ast
import logging
from collections.abc import Mapping, Sequence, Set
from functools import partial
from pathlib import PurePath

from polycell.core.environment import Binding, BindingKind, Exports
from polycell.core.facts import Fragment
from polycell.core.service import Context
from polycell.core.text import LineIndex, Span
from polycell.core.types import (
    NULL,
    STRING,
    UNKNOWN,
    Anchor,
    Collection,
    Flavour,
    Opaque,
    Scalar,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.formats.magics import read_magic, spec_of
from polycell.languages.python.flow import parts
from polycell.languages.python.flow.definitions import of_annotation
from polycell.languages.python.flow.interpreter import CalledWith, Interpreter, Reached, TooMuch, Watcher
from polycell.languages.python.flow.looking import only_looks
from polycell.languages.python.flow.resuming import Step, follow_above
from polycell.languages.python.flow.runs import follow_run
from polycell.languages.python.flow.saved import add_saved_columns
from polycell.languages.python.flow.sql_lines import follow_line, table_of
from polycell.languages.python.flow.state import DELETED, Slot, inside_opened, mutable, opened
from polycell.languages.python.flow.walk import interpreter
from polycell.languages.python.frames.columns import UNKNOWN_INDEX
from polycell.languages.python.frames.readers import MOVED
from polycell.languages.python.syntax.magics import line_magic
from polycell.languages.python.syntax.schema_comments import SchemaComment, schema_comments
from polycell.languages.python.syntax.shapes import bound_in, nodes
from polycell.languages.python.syntax.source import MagicName, PythonSource
from polycell.tables.evidence import merge
from polycell.tables.jupysql import handed_out

log = logging.getLogger(__name__)

_KINDS: dict[str, BindingKind] = {
    "function": "function",
    "class": "class",
    "import": "import",
    "table": "table",
    "result": "result",
}
LARGEST = 200_000  # characters of a cell that is looked into


def source_of(context: Context) -> PythonSource:
    """The readable form of the cell that the facts hold; plain parsing where they hold none."""
    found = context.facts.analysis
    if isinstance(found, PythonSource):
        return found
    text = context.cell.text
    try:
        tree: ast.Module | None = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    return PythonSource(text, tree, LineIndex(text))


def _interpreter(context: Context, until: int | None) -> Interpreter:
    folder = str(PurePath(context.notebook.path).parent) if context.notebook.path else ""
    made = interpreter(
        source_of(context), context.view, cell=context.cell.id, folder=folder, until=until, text=context.cell.text
    )
    made.file = context.notebook.path.replace("\\", "/") if context.notebook.path.endswith(".py") else ""
    return made


def _steps(source: PythonSource, text: str) -> list[Step]:
    statements = source.tree.body if source.tree is not None else []
    comments = schema_comments(text)
    if not (source.magics or source.names or comments):
        return [Step(0, statement) for statement in statements]
    steps = [Step(source.span(statement).start, statement) for statement in statements]
    for line in source.magics:
        row = line_magic(line.name) if not line.cell else None
        if row is not None and (row.rest == "sql" or line.name in ("config", "run")):
            steps.append(Step(line.span.start, line=line))
    for magic in source.names:
        # The neutralised statement stands at the same place: the magic's name comes behind it.
        steps.append(Step(max(magic.span.start, magic.extent.start), magic=magic))
    for comment in comments:
        steps.append(Step(_holds_from(source, comment), comment=comment))
    return sorted(steps, key=lambda s: (s.start, s.statement is None))


def _holds_from(source: PythonSource, comment: SchemaComment) -> int:
    """Where a comment that declares a frame begins to hold: behind the statement right under it, where that binds the
    name; else where it stands."""
    for statement in source.tree.body if source.tree is not None else ():
        span = source.span(statement)
        if span.start > comment.span.start:
            between = source.lines.text[comment.span.end : span.start].split("\n")
            near = all(not line.strip() or line.lstrip().startswith("#") for line in between)
            return span.end if near and comment.name in bound_in([statement])[0] else comment.span.start
    return comment.span.start


def _declare(made: Interpreter, comment: SchemaComment, cell: str) -> None:
    declared = comment.table(made.text, cell)
    slot = made.slot(comment.name)
    known = made.object(slot.address) if slot is not None else UNKNOWN
    if isinstance(known, Table):
        made.change(slot.address if slot is not None else 0, merge(declared.with_flavour(known.flavour), known))
    elif known == UNKNOWN:
        frame = replace(declared, flavour="pandas", index=UNKNOWN_INDEX)
        if slot is not None:
            made.change(slot.address, frame)
        else:
            made.bind(comment.name, frame, span=comment.span)


def run(
    context: Context, until: int | None = None, uses: Watcher | None = None, called_with: CalledWith | None = None
) -> Interpreter:
    """The interpreter as it is at the end of the cell, or at the offset `until`. `uses` is told what happens,
    `called_with` says what the parameters hold of a function in which that offset lies."""
    made = _interpreter(context, until)
    made.uses, made.called_with = uses, called_with
    written = _written_magics(made.source)
    made.magics = {key: partial(_bind_magic, context=context, magic=magic) for key, magic in written.items()}
    inside = {magic.span for magic in written.values()}
    moves = any(magic.name in ("cd", "pushd", "popd", "bookmark") for magic in context.facts.magics)
    if moves:
        made.remark(MOVED)
    if len(context.cell.text) > LARGEST:
        return made
    try:
        steps: Sequence[Step] = _steps(made.source, context.cell.text)
        follow = partial(_follow, made, context, inside)
        if uses is None and not moves:  # who is told what happens must see all of it
            steps = follow_above(made, context, steps, follow)
        for step in steps:
            follow(step)
    except Reached:
        pass
    except (RecursionError, TooMuch) as reason:
        log.info("cell %s is not followed: %s", context.cell.id, type(reason).__name__)
        return _not_followed(context, until)
    return made


def _follow(made: Interpreter, context: Context, inside: Set[Span], step: Step) -> None:
    """`inside`: where the names stand that assignments give to what magics yield."""
    until = made.until
    if step.statement is not None:
        if made.uses is not None or not _passed_over(made, context, step.statement):
            made.execute([step.statement])
    elif step.line is not None and (until is None or step.line.span.end <= until):
        follow_line(made, step.line) if step.line.name != "run" else follow_run(made, step.line, context.host)
    elif step.magic is not None and step.magic.span in inside:
        return
    elif step.magic is not None and (until is None or step.magic.extent.end < until):
        _bind_magic(made, context, step.magic)
    elif step.comment is not None and (until is None or step.comment.span.end < until):
        _declare(made, step.comment, context.cell.id)


def _written_magics(source: PythonSource) -> dict[int, MagicName]:
    """`x = %magic` and `x = !command` by the identity of the assignment that stands for it in the tree."""
    named = {magic.span: magic for magic in source.names if magic.span.of(source.code) == magic.name}
    if not named or source.tree is None:
        return {}
    found = {}
    for node in nodes(source.tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            magic = named.get(source.span(node.targets[0]))
            if magic is not None:
                found[id(node)] = magic
    return found


def _passed_over(made: Interpreter, context: Context, statement: ast.stmt) -> bool:
    """Whether a statement makes no difference to what holds at the cell's end, or at the place asked about."""
    if not isinstance(statement, ast.Expr) or not made.state.live:
        return False
    if made.until is not None and made.source.span(statement).end >= made.until:
        return False  # the place is in it
    if context.host.last_expression and statement is _last_expression(made.source):
        return False  # its value gets a name
    return only_looks(made, statement.value)


def _not_followed(context: Context, until: int | None) -> Interpreter:
    """Nothing is known of the names that the cell binds, and anything may have happened to those it uses."""
    made = _interpreter(context, until)
    made.anything = True
    for definition in context.facts.definitions:
        if not definition.container:
            made.bind(definition.name, UNKNOWN, span=definition.span)
    for use in context.facts.uses:
        slot = made.slot(use.name)
        if slot is not None:
            made.open_up(slot.address)
    return made


def _bind_magic(made: Interpreter, context: Context, magic: MagicName) -> None:
    type_: Type = UNKNOWN
    if magic.value == "lines":
        type_ = Collection("list", Scalar(STRING), name="IPython.utils.text.SList")
    elif magic.value == "text":
        type_ = Scalar(STRING)
    elif magic.value == "captured":
        type_ = Opaque("IPython.utils.capture.CapturedIO")
    elif magic.value == "timing":
        type_ = Opaque("IPython.core.magics.execution.TimeitResult")
    elif magic.value == "shared":
        given = made.view.with_overlay({}, "shared").lookup(magic.origin)
        if given is not None and isinstance(given.type, Table):
            type_ = replace(given.type, flavour="pandas")
    elif magic.value == "table" and magic.fragment is not None:
        flavour = _sql_flavour(made, magic.fragment)
        found = table_of(made, magic.fragment)
        type_ = replace(found, flavour=flavour) if found is not None else Table(open=True, flavour=flavour)
    made.bind(magic.name, type_, span=magic.span, kind="result" if isinstance(type_, Table) else "variable")
    text = " ".join(magic.extent.of(context.cell.text).split())[:100]
    made.state.names[magic.name] = replace(made.state.names[magic.name], source=text)


def _sql_flavour(made: Interpreter, fragment: Fragment) -> Flavour:
    """What the magic hands out: its own kind, or the one that JupySQL's settings choose."""
    own = _kind_of(fragment.magic, fragment.arguments)
    return own or handed_out(made.view.with_overlay(made.overlay()), made.folder)


_TYPES: Mapping[str, Flavour] = {"df": "pandas", "pl": "polars", "arrow": "arrow", "relation": "duckdb"}
_FLAVOURS: Mapping[str, Flavour] = {"pandas": "pandas", "spark": "spark"}


def _kind_of(name: str, line: str) -> Flavour | None:
    """The kind of table that a line magic always hands out; magic-duckdb's `-t` chooses."""
    spec = spec_of(name)
    if spec is None or not spec.kind:
        return None
    chosen = read_magic(name, line, "").arguments.option("-t", "--type") or ""
    return _TYPES.get(chosen) or _FLAVOURS.get(spec.kind)


# A name in the catalogue that says: code that nobody followed may have changed anything.
ANYTHING = "(anything)"


def exports(context: Context) -> Exports:
    """The bindings at the end of the cell: its own names, and those from above that it changed in place."""
    made = run(context)
    add_saved_columns(made, context)
    space = context.cell.space or "python"
    tagged = context.cell.metadata.get("tags")
    parameter = isinstance(tagged, (list, tuple)) and bool(
        {"parameters", "injected-parameters"} & set(map(str, tagged))
    )
    bindings: dict[str, Binding] = {}
    parts.expose(made.state)
    names = _names(made)
    shared = _shared(names)
    tied = parts.by_name(made.state, names) if made.state.links else {}
    given_names = {definition.name for definition in context.facts.definitions if not definition.container}
    for name, slot in (*made.state.names.items(), *made.known.items()):
        if name in bindings:
            continue
        own = name in made.state.names
        if own and made.source.inner and name not in given_names:
            continue  # bound by `%timeit` or in the body of `%%timeit`, which keep their names
        if own and slot.address == DELETED:
            bindings[name] = Binding(name, kind="deleted", space=space)
            continue
        if not own and slot.address in made.base:
            changed = made.object(slot.address) != made.base[slot.address]
            aliased = set(shared.get(name, ())) != set(slot.aliases) or tied.get(name, ()) != slot.parts
            if not changed and not aliased and not _escaped(made, slot) and slot.address not in made.state.holders:
                continue
        type_ = made.object(slot.address)
        if _escaped(made, slot):
            type_ = opened(type_)  # whoever holds it in another way may change it in a later cell
        elif slot.address in made.state.holders:
            type_ = inside_opened(type_)  # and what it holds likewise
        kind: BindingKind = "parameter" if parameter and own and slot.kind == "variable" else slot.kind
        if kind == "parameter" and type_ == Scalar(NULL):
            type_ = _declared_parameter(made, name)
        bindings[name] = Binding(
            name, type_, kind, space, slot.origin, slot.source, slot.maybe, shared.get(name, ()), tied.get(name, ())
        )
    for definition in context.facts.definitions:
        if definition.container or definition.name in bindings:
            continue
        given: BindingKind = _KINDS.get(definition.kind, "variable")
        origin = Anchor.at(context.cell.text, definition.span.start, definition.name, cell=context.cell.id)
        bindings[definition.name] = Binding(
            definition.name, UNKNOWN, given, space, origin, maybe=definition.conditional
        )
    implicit = context.host.last_expression
    statement = _last_expression(made.source)
    if implicit and implicit not in bindings and statement is not None and made.last is not None:
        span = made.source.span(statement)
        token = span.of(made.source.code).split("\n", 1)[0]
        where = made.anchor(span.start, token)
        bindings[implicit] = Binding(implicit, made.last, "result", space, where, made.text_of(statement))
    if made.anything:
        made.remark(ANYTHING)
    opens = tuple(reason for reason in context.facts.opens if reason not in made.followed)
    return Exports((*bindings.values(), *made.catalog.values()), opens)


def _declared_parameter(made: Interpreter, name: str) -> Type:
    """What `name: int = None` declares in a cell of parameters: its value is there to be replaced."""
    for node in made.source.tree.body if made.source.tree is not None else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return of_annotation(made, node.annotation)
    return UNKNOWN


def _escaped(made: Interpreter, slot: Slot) -> bool:
    return slot.address in made.state.escaped and mutable(made.object(slot.address))


def _shared(by_address: Mapping[int, list[str]]) -> dict[str, tuple[str, ...]]:
    """Names that stand for the very same object, for objects that can be changed in place."""
    return {
        name: tuple(sorted(n for n in names if n != name))
        for names in by_address.values()
        if len(names) > 1
        for name in names
    }


def _names(made: Interpreter) -> dict[int, list[str]]:
    """The names of each object that can be changed in place."""
    by_address: dict[int, list[str]] = {}
    for name, slot in {**made.known, **made.state.names}.items():
        if slot.address != DELETED and mutable(made.object(slot.address)):
            by_address.setdefault(slot.address, []).append(name)
    return by_address


def _last_expression(source: PythonSource) -> ast.Expr | None:
    last = source.tree.body[-1] if source.tree is not None and source.tree.body else None
    return last if isinstance(last, ast.Expr) else None


def scope_at(context: Context, offset: int) -> Mapping[str, Binding]:
    """The cell's own bindings at an offset, and what it changed of those above."""
    return run(context, offset).overlay()
