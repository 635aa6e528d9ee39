"""Declarations for the JVM: the Scala suffix, `?nocache`, and SQL that needs Spark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.dependencies.checks.places import finding, here
from polycell.dependencies.gathering import DECLARED, needs
from polycell.dependencies.maven import mismatch, read_coordinate


class ScalaMismatch:
    """An artifact made for another Scala than the notebook's: its classes do not load."""

    code = "scala-version-mismatch"

    def check(self, context: Context) -> Iterator[Finding]:
        own = [d for d in here(context) if d.requirement.ecosystem == "maven" and not d.problem]
        scala = needs(context).scala if own else ""
        for declaration in own:
            other = mismatch(read_coordinate(declaration.requirement.text.removesuffix("?nocache")), scala)
            if other:
                message = f"This artifact is made for Scala {other}, and the notebook runs Scala {scala}."
                yield finding(context, declaration, Finding(self.code, declaration.span, message))


class NocacheWithoutEffect:
    """Polynote heeds `?nocache` on files and Python requirements, not on Maven coordinates."""

    code = "nocache-without-effect"

    def check(self, context: Context) -> Iterator[Finding]:
        for declaration in here(context):
            mine = declaration.requirement
            if mine.ecosystem == "maven" and "nocache" in mine.flags and not read_coordinate(mine.text).url:
                message = "`?nocache` has no effect on a Maven coordinate: take it away."
                yield finding(context, declaration, Finding(self.code, declaration.span, message, "information"))


class SqlNeedsSpark:
    """Polynote runs SQL on Spark alone, which a notebook has whose configuration names Spark properties."""

    code = "sql-needs-spark"

    def check(self, context: Context) -> Iterator[Finding]:
        if context.host.name != "polynote" or context.cell.language != "sql" or not context.cell.code.strip():
            return
        context.view.gathered(DECLARED)  # recorded: the metadata may change
        config = context.notebook.metadata.get("config")
        if not isinstance(config, Mapping) or config.get("sparkConfig") or config.get("sparkTemplate"):
            return
        message = "Polynote runs SQL on Spark, and this notebook's configuration has no Spark (`sparkConfig` is empty)."
        yield Finding(self.code, context.cell.body_span, message)
