"""Notebook-level checks: one module a rule, one stable code each."""

from __future__ import annotations

from polycell.core.service import Rule


def default_rules() -> tuple[Rule, ...]:
    """Every rule that Polycell ships."""
    from polycell.rules.undefined_name import UndefinedName
    from polycell.rules.use_before_definition import UseBeforeDefinition

    return (UseBeforeDefinition(), UndefinedName())
