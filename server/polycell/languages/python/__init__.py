"""Python cells."""

from collections.abc import Sequence

from polycell.core.results import Action
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.service import PythonService


def annotate_tables(context: Context, span: Span) -> Sequence[Action]:
    """The comment that declares the table under the cursor, in any language."""
    from polycell.languages.python.schema_offers import annotate_tables

    return annotate_tables(context, span)


__all__ = ["PythonService", "annotate_tables"]
