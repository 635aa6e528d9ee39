"""Values of other languages as Scala declarations: what stands in the glue before a cell that uses them.

Polynote's rules: numbers, booleans and strings are Scala's own, Spark's frames are `DataFrame`, and everything else is
a `PythonObject`, whose members are looked up when the code runs. Of a class of the notebook the members are known, so
they are declared. Hosts through which only the catalogue crosses declare nothing here.
"""

from __future__ import annotations

from collections.abc import Callable

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.types import UNKNOWN, Class, Function, Module, Opaque, Record, Table, Type
from polycell.languages.scala.lexer import KEYWORDS
from polycell.languages.scala.scalatypes import to_scala

# What Polynote's own library declares (polynote.runtime.python), as far as notebooks use it. A call of any of them is
# Scala's `applyDynamic("apply")`, which takes names for arguments too; an `apply` of its own would not.
PRELUDE = """package polynote.runtime.python {
  class PythonObject extends scala.Dynamic {
    def selectDynamic(name: String): PythonObject = ???
    def applyDynamic(name: String)(args: Any*): PythonObject = ???
    def applyDynamicNamed(name: String)(args: (String, Any)*): PythonObject = ???
    def updateDynamic(name: String)(value: Any): Unit = ???
    def as[T]: T = ???
    def asScalaList: List[PythonObject] = ???
    def asScalaMap: Map[PythonObject, PythonObject] = ???
    def asScalaMapOf[K, V]: Map[K, V] = ???
    def asTuple2: (PythonObject, PythonObject) = ???
    def asTuple2Of[A, B]: (A, B) = ???
    def hasAttribute(name: String): Boolean = ???
  }
  class PythonFunction extends PythonObject
}
"""
_PACKAGE = "_root_.polynote.runtime.python"
_WORD = pattern(r"[^\W\d]\w*")
_MOST_MEMBERS = 200

Lookup = Callable[[str], Binding | None]


def declaration(binding: Binding, lookup: Lookup, *, spark: bool) -> str:
    """One Scala definition of the name, "" where nothing arrives in Scala. `spark`: Spark is on the classpath."""
    name = quoted(binding.name)
    type_ = binding.type
    if isinstance(type_, Module):
        return ""
    simple = to_scala(type_)
    if simple:
        return f"val {name}: {simple} = ???"
    if isinstance(type_, Table) and type_.flavour in ("spark", "sql", "table") and spark:
        return f"val {name}: _root_.org.apache.spark.sql.DataFrame = ???"
    if isinstance(type_, Function | Class):
        return f"val {name}: {_PACKAGE}.PythonFunction = ???"
    members = _members(type_, lookup)
    if members:
        own = quoted(f"Python {_title(type_)}")
        return f"class {own} extends {_PACKAGE}.PythonObject {{ {'; '.join(members)} }}; val {name}: {own} = ???"
    return f"val {name}: {_PACKAGE}.PythonObject = ???"


def quoted(name: str) -> str:
    """As Scala writes a name: in backticks where it is a keyword or no plain word."""
    return name if _WORD.fullmatch(name) and name not in KEYWORDS else f"`{name.replace('`', '')}`"


def _title(type_: Type) -> str:
    if isinstance(type_, Table):
        return "DataFrame"
    return type_.name.rpartition(".")[2] if isinstance(type_, Opaque | Record) else "object"


def _members(type_: Type, lookup: Lookup) -> list[str]:
    """Of an instance the public members of its class, of a frame its columns. What they give is an object of Python,
    whatever it is there."""
    members: tuple[tuple[str, Type], ...] = ()
    if isinstance(type_, Record):
        members = type_.fields
    elif isinstance(type_, Table):
        members = tuple((column.name, UNKNOWN) for column in type_.columns if _WORD.fullmatch(column.name))
    elif isinstance(type_, Opaque):
        owner = lookup(type_.name)
        members = owner.type.members if owner is not None and isinstance(owner.type, Class) else ()
    public = [(name, member) for name, member in members if not name.startswith("_")]
    return [f"def {quoted(name)}{_parameters(member)} = ???" for name, member in public[:_MOST_MEMBERS]]


def _parameters(member: Type) -> str:
    """`(item: Any = null): PythonObject`; no list of parameters where the call may take any."""
    if not isinstance(member, Function):
        return f": {_PACKAGE}.PythonObject"
    written = member.signature.partition("->")[0].strip().removeprefix("(").removesuffix(")")
    names = [part.partition("=")[0].partition(":")[0].strip() for part in written.split(",") if part.strip()]
    if not all(_WORD.fullmatch(name) for name in names):
        return f": {_PACKAGE}.PythonFunction"
    return f"({', '.join(f'{quoted(name)}: Any = null' for name in names)}): {_PACKAGE}.PythonObject"
