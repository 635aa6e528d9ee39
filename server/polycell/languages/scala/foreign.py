"""Values of other languages as Scala declarations: what stands in the glue before a cell that uses them.

Polynote's rules: numbers, booleans and strings are Scala's own, Spark's frames are `DataFrame`, and everything else is
a `PythonObject`, whose members are looked up when the code runs. Of a class of the notebook the members are known, so
they are declared. Hosts through which only the catalogue crosses declare nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from polycell.core.environment import Binding
from polycell.core.types import Class, Function, Module, Opaque, Record, Table, Type, describe
from polycell.languages.scala.lexer import KEYWORDS
from polycell.languages.scala.scalatypes import to_scala

# What Polynote's own library declares (polynote.runtime.python), as far as notebooks use it.
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
  class PythonFunction extends PythonObject {
    def apply(args: Any*): PythonObject = ???
  }
}
"""
_PACKAGE = "_root_.polynote.runtime.python"
_WORD = re.compile(r"[^\W\d]\w*")
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


def shown(binding: Binding) -> str:
    """What a value is in its own language, for hovers."""
    return describe(binding.type)


def quoted(name: str) -> str:
    """As Scala writes a name: in backticks where it is a keyword or no plain word."""
    return name if _WORD.fullmatch(name) and name not in KEYWORDS else f"`{name.replace('`', '')}`"


def _title(type_: Type) -> str:
    return type_.name.rpartition(".")[2] if isinstance(type_, Opaque | Record) else "object"


def _members(type_: Type, lookup: Lookup) -> list[str]:
    """Of an instance: the public members of its class, as far as a cell above defines it."""
    if isinstance(type_, Record):
        return [
            f"def {quoted(name)}: {to_scala(inner) or f'{_PACKAGE}.PythonObject'} = ???" for name, inner in type_.fields
        ]
    if not isinstance(type_, Opaque):
        return []
    owner = lookup(type_.name)
    if owner is None or not isinstance(owner.type, Class):
        return []
    made = []
    for name, member in owner.type.members[:_MOST_MEMBERS]:
        if name.startswith("_"):
            continue
        if isinstance(member, Function):
            parameters = [p for p in member.parameters if p not in ("self", "cls")]
            declared = ", ".join(f"{quoted(p)}: Any = null" for p in parameters)
            result = to_scala(member.returns) if member.returns is not None else ""
            made.append(f"def {quoted(name)}({declared}): {result or f'{_PACKAGE}.PythonObject'} = ???")
        else:
            made.append(_attribute(name, member))
    return made


def _attribute(name: str, type_: Type) -> str:
    return f"def {quoted(name)}: {to_scala(type_) or f'{_PACKAGE}.PythonObject'} = ???"
