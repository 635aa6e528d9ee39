"""What SQL may change besides the names in it, by words: told before the language is loaded."""

from __future__ import annotations

from polycell.core.service import Reach

_DATABASES = ("attach", "ATTACH", "Attach", "use ", "USE ", "Use ", "set ", "SET ", "search_path", "://", "--alias")
# A frame gets its name on the magic's line, or (JupySQL) before this.
REACH = Reach(_DATABASES, _DATABASES, ("<<",))
