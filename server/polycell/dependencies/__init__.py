"""What a notebook needs: declared, imported, installed."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.results import Action
from polycell.core.service import Context
from polycell.core.text import Span


def dependency_actions(context: Context, span: Span) -> Sequence[Action]:
    """Everything that can be done about dependencies at a place."""
    from polycell.dependencies.actions import dependency_actions

    return dependency_actions(context, span)


def metadata_actions(context: Context, path: tuple[str | int, ...]) -> Sequence[Action]:
    """The same at a path of the notebook's metadata."""
    from polycell.dependencies.actions import metadata_actions

    return metadata_actions(context, path)


__all__ = ["dependency_actions", "metadata_actions"]
