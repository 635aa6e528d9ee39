"""What a database holds, as its own catalogue says: schemas, tables and views with their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from polycell.core.types import Certainty, Column, DataType, Evidence, Table

RelationKind = Literal["table", "view"]

MOST_COLUMNS = 100_000  # of one database; what comes after is left out, and nothing is certain any more


class Relation(Struct, frozen=True):
    """A table or view. Its `table` is closed, unless the columns could not be read."""

    name: str
    table: Table
    schema: str = ""
    kind: RelationKind = "table"
    comment: str = ""


class Database(Struct, frozen=True, dict=True):
    """`label` is for people, without credentials; `dialect` sqlglot's name, "" when unknown. `search`: the schemas of
    names without one, first come first. `complete`: no query can name anything else. `problem`: why it could not be
    read, in one sentence; then the relations are those of the last time, if any."""

    label: str
    dialect: str = ""
    relations: tuple[Relation, ...] = ()
    search: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    complete: bool = False
    problem: str = ""
    catalog: str = ""  # the database's own name, as `catalog.schema.table` spells it

    @property
    def state(self) -> str:
        """For people: whether it could be read."""
        if not self.problem:
            return f"{self.label}: {len(self.relations)} tables and views"
        known = "What is known of it is older" if self.relations else "Its tables are not known"
        return f"The database {self.label} cannot be read: {self.problem}. {known}; it is tried again."

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Relation, ...]]:
        made: dict[tuple[str, str], tuple[Relation, ...]] = {}
        for relation in self.relations:
            key = (relation.schema.casefold(), relation.name.casefold())
            made[key] = (*made.get(key, ()), relation)
        return made

    def find(self, parts: Sequence[str]) -> Relation | None:
        """The relation of a (dotted) name as a query writes it: an exact spelling wins over a folded one."""
        *before, name = parts
        if len(before) > 2 or (len(before) == 2 and before[0].casefold() != self.catalog.casefold()):
            return None
        for schema in before[-1:] or self.search:
            found = self._by_name.get((schema.casefold(), name.casefold()), ())
            for relation in found:
                if relation.name == name:
                    return relation
            for relation in found:
                if relation.name == name.lower() or len(found) == 1:
                    return relation
        return None

    def without_schema(self) -> Iterator[Relation]:
        """What can be named without its schema, each name once."""
        seen: set[str] = set()
        for schema in self.search:
            for relation in self.of_schema(schema):
                if relation.name not in seen:
                    seen.add(relation.name)
                    yield relation

    def of_schema(self, schema: str) -> Sequence[Relation]:
        return self._by_schema.get(schema.casefold(), ())

    @cached_property
    def _by_schema(self) -> Mapping[str, list[Relation]]:
        made: dict[str, list[Relation]] = {}
        for relation in self.relations:
            made.setdefault(relation.schema.casefold(), []).append(relation)
        return made


def column(
    name: str, type_: DataType | None, declared: str, nullable: bool | None, certainty: Certainty = Certainty.CERTAIN
) -> Column:
    """`declared` tells people what the database says of it: its type, keys, comment."""
    return Column(name, type_, nullable, Evidence.DATABASE, source=declared, type_certainty=certainty)


def relation_table(columns: Sequence[Column]) -> Table:
    """The columns of a relation as a query sees them; open where there are none to see."""
    folded = {c.name.casefold() for c in columns}
    return Table(tuple(columns), open=not columns or len(folded) != len(columns), case_sensitive=False)


# -- as plain data: how the process that reads a database hands it over


def to_plain(database: Database) -> dict[str, Any]:
    return {
        **{name: getattr(database, name) for name in ("label", "dialect", "complete", "problem", "catalog")},
        "search": list(database.search),
        "schemas": list(database.schemas),
        "relations": [
            [r.name, r.schema, r.kind, r.comment, r.table.open, [_plain_column(c) for c in r.table.columns]]
            for r in database.relations
        ],
    }


def from_plain(value: Mapping[str, Any]) -> Database:
    """The inverse of `to_plain`. Raises KeyError, TypeError or ValueError for anything else."""
    return Database(
        value["label"], value["dialect"],
        tuple(
            Relation(name, Table(tuple(map(_column, columns)), open_, case_sensitive=False), schema, kind, comment)
            for name, schema, kind, comment, open_, columns in value["relations"]
        ),
        tuple(value["search"]), tuple(value["schemas"]), value["complete"], value["problem"], value["catalog"],
    )  # fmt: skip


def _plain_column(column: Column) -> list[Any]:
    return [column.name, _plain_type(column.type), column.nullable, column.source, int(column.type_certainty)]


def _column(value: Sequence[Any]) -> Column:
    name, type_, nullable, declared, certainty = value
    return column(name, _type(type_), declared, nullable, Certainty(certainty))


def _plain_type(type_: DataType | None) -> Any:
    return None if type_ is None else [type_.name, type_.parameters, [(n, _plain_type(t)) for n, t in type_.children]]


def _type(value: Any) -> DataType | None:
    if value is None:
        return None
    name, parameters, children = value
    return DataType(name, tuple(parameters), tuple((n, _type(t) or DataType("null")) for n, t in children))
