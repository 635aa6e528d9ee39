"""What languages agree on about SQL that nobody could read."""

from __future__ import annotations

# A name in the catalogue that says: a statement was run whose text is not known, so tables may have changed.
UNSEEN = "(unseen SQL)"

# Before the folded name of a view that is in no schema: `df.createOrReplaceTempView("v")`.
TEMPORARY = "(temporary view) "
