"""Declarations against what the notebook's interpreter has: not there, or there in another version."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.facts import Severity
from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.dependencies.checks.declared import COMMANDS
from polycell.dependencies.checks.places import finding, here
from polycell.dependencies.gathering import needs
from polycell.dependencies.installed import Installed
from polycell.dependencies.model import Declaration
from polycell.dependencies.provided import provided_by
from polycell.dependencies.requirement import allows, applies

# Those who run the notebook install these as they read them.
_INSTALL_THEMSELVES = frozenset({"pip", "conda", "polynote", "deepnote", "dbutils"})


class DependencyNotInstalled:
    """A list names a distribution that the notebook's interpreter does not have."""

    code = "dependency-not-installed"

    def check(self, context: Context) -> Iterator[Finding]:
        for declaration, installed in _judged(context):
            mine = declaration.requirement
            if mine.style in _INSTALL_THEMSELVES or mine.key in installed.distributions:
                continue
            message = f"`{mine.name}` is declared and not installed in {installed.interpreter.how}."
            yield finding(context, declaration, Finding(self.code, declaration.span, message, "information"))


class DependencyVersion:
    """A distribution is installed in a version that the declaration excludes."""

    code = "dependency-version"

    def check(self, context: Context) -> Iterator[Finding]:
        for declaration, installed in _judged(context):
            mine = declaration.requirement
            found = installed.distributions.get(mine.key)
            if found is not None and allows(mine, found.version) is False:
                severity: Severity = "information" if mine.style in COMMANDS else "warning"
                message = (
                    f"`{found.name}` {found.version} is installed in {installed.interpreter.how}; "
                    f"`{mine.text}` excludes that version."
                )
                yield finding(context, declaration, Finding(self.code, declaration.span, message, severity))


def _judged(context: Context) -> Iterator[tuple[Declaration, Installed]]:
    """Python declarations that certainly apply, where an interpreter is known that runs the notebook."""
    if not provided_by(context.host.name).local:
        return
    own = [d for d in here(context) if d.requirement.ecosystem == "python" and d.requirement.name and not d.problem]
    own = [d for d in own if d.requirement.style != "uv.lock"]
    installed = needs(context).installed if own else None
    if installed is None:
        return
    for declaration in own:
        if applies(declaration.requirement, installed.interpreter.version):
            yield declaration, installed
