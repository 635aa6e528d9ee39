"""Checks of declared dependencies: one module a concern, stable codes, each with a page in `docs/codes`."""

from __future__ import annotations

from polycell.core.service import Rule
from polycell.dependencies.checks.coordinates import NocacheWithoutEffect, ScalaMismatch, SqlNeedsSpark
from polycell.dependencies.checks.declared import ConflictingDependencies, MalformedDependency, UnpinnedDependency
from polycell.dependencies.checks.imported import MissingDependency, UndeclaredDependency
from polycell.dependencies.checks.versions import DependencyNotInstalled, DependencyVersion


def dependency_rules() -> tuple[Rule, ...]:
    """Every check of this room."""
    return (
        MissingDependency(),
        UndeclaredDependency(),
        MalformedDependency(),
        ConflictingDependencies(),
        UnpinnedDependency(),
        DependencyNotInstalled(),
        DependencyVersion(),
        ScalaMismatch(),
        NocacheWithoutEffect(),
        SqlNeedsSpark(),
    )
