"""What SQL magics on lines of a Python cell do: `%sql postgresql://…` opens a connection that is used until another one
is opened, `%sql create table …` and `%sql --persist frame` make tables, `x = %sql select …` gives one."""

from __future__ import annotations

from polycell.core.environment import Binding
from polycell.core.facts import Fragment, Magic
from polycell.core.types import Anchor, Connection, Table
from polycell.core.values import replace
from polycell.formats.connection_words import JUPYSQL_MAGICS, connection_words
from polycell.formats.magics import read_magic, spec_of
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.tables.databases.schemes import CONNECTION, connection_meant
from polycell.tables.jupysql import configured, sectioned
from polycell.tables.persisted import PERSISTING, persisted


def follow_line(run: Interpreter, magic: Magic) -> None:
    """What the line does to the catalogue: from there on it holds."""
    if magic.name == "config":
        run.catalog.update((setting.name, setting) for setting in configured(magic.arguments))
        return
    found = opened(run, magic)
    if found is not None:
        connection, alias = found
        run.catalog[CONNECTION] = Binding(CONNECTION, connection, space="catalog")
        if alias:
            name = f"{CONNECTION} {alias}"
            run.catalog[name] = Binding(name, connection, space="catalog")
    for fragment in run.source.fragments:
        if magic.span.start <= fragment.span.start < magic.span.end:
            _define(run, fragment)
    if magic.name in JUPYSQL_MAGICS:
        _persist(run, magic)


def opened(run: Interpreter, magic: Magic) -> tuple[Connection, str] | None:
    """(connection, its alias or "") that JupySQL's magic opens: `%sql URL`, `%sql engine`, `%sql --section shop`."""
    if magic.name not in JUPYSQL_MAGICS:
        return None
    arguments = read_magic(magic.name, magic.arguments, "").arguments
    alone = magic.arguments.strip()
    word = next(connection_words(magic.name, arguments), alone if alone.removeprefix("$").isidentifier() else "")
    connection = _meant(run, word)
    return (connection, arguments.option("--alias", "-A") or "") if connection is not None else None


def table_of(run: Interpreter, fragment: Fragment) -> Table | None:
    """The table that the SQL behind a line magic yields, as the names of the cell stand."""
    text = fragment.span.of(run.text or run.source.code)
    found = run.sql(text, connection=_sent_to(run, fragment))

    def place(anchor: Anchor) -> Anchor | None:
        at = anchor.find(text)
        return run.anchor(fragment.span.start + at[0], anchor.token) if at is not None else None

    return found.rebased(place) if found is not None else None


def _sent_to(run: Interpreter, fragment: Fragment) -> Connection | None:
    """What the line says itself: the connection that it names, or a database of the dialect that the magic always
    speaks; None where the connection used last counts."""
    arguments = read_magic(fragment.magic, fragment.arguments, " ").arguments
    named = _meant(run, next(connection_words(fragment.magic, arguments), ""))
    spec = spec_of(fragment.magic)
    if named is None:
        return Connection(spec.dialect) if spec is not None and spec.dialect else None
    return replace(named, dialect=spec.dialect) if spec is not None and spec.dialect else named


def _meant(run: Interpreter, word: str) -> Connection | None:
    if not word:
        return None
    name = word.removeprefix("$")
    alias = run.catalog.get(f"{CONNECTION} {word}") or run.view.with_overlay({}, "sql").lookup(f"{CONNECTION} {word}")
    value = run.type_of(name) if name.isidentifier() else None
    found = connection_meant(word, alias.type if alias is not None else None, value)
    if found is None:
        return None
    found = sectioned(found, run.view.with_overlay(run.catalog), run.folder)
    return replace(found, folder=found.folder or run.folder)


def _define(run: Interpreter, fragment: Fragment) -> None:
    """The tables that the line's SQL makes and drops."""
    text = fragment.span.of(run.text)
    place = Anchor.at(run.text, fragment.span.start, text.split("\n", 1)[0], cell=run.cell)
    connection = _sent_to(run, fragment)
    overlay = run.overlay()
    if connection is not None:
        overlay[CONNECTION] = Binding(CONNECTION, connection, space="catalog")
    dialect = connection.dialect if connection is not None else ""
    for made in run.view.with_overlay(overlay).effects(fragment.language, text, dialect):
        if isinstance(made.type, Table) or made.kind == "deleted":
            run.catalog[made.name] = replace(made, origin=place)
        else:
            run.know(made)


def _persist(run: Interpreter, magic: Magic) -> None:
    arguments = read_magic(magic.name, magic.arguments, "").arguments
    name = magic.arguments.split()[-1:] if arguments.option(*PERSISTING) is not None else []
    frame = run.type_of(name[0]) if name and name[0].isidentifier() else None
    if isinstance(frame, Table):
        place = Anchor.at(run.text, magic.arguments_start, name[0], cell=run.cell)
        made = Binding(name[0], persisted(frame, arguments.option), "table", "catalog", place, f"--persist {name[0]}")
        run.catalog[made.name] = made
