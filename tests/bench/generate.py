"""Generated notebooks that mix Python and SQL the way real ones do; the same seed gives the same notebook."""

from __future__ import annotations

import random

from polycell.core.notebook import Notebook
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource

_WORDS = ("region", "price", "quantity", "day", "customer", "product", "store", "discount", "tax", "margin", "weight")


def notebook(cells: int, seed: int = 1) -> Notebook:
    """A Jupyter notebook of exactly `cells` cells: stories of six cells, each using names of the stories above."""
    chance = random.Random(seed)
    sources: list[CellSource] = []
    story = 0
    while len(sources) < cells:
        sources += _story(story, chance)
        story += 1
    empty = Notebook(uri=f"bench:{cells}", host="jupyter", language="python")
    return replace(empty, cells=tuple(make_cell(source, empty) for source in sources[:cells]))


def _story(number: int, chance: random.Random) -> list[CellSource]:
    """A heading, a frame, SQL over it, Python over that, a function, and a cell that uses an older story."""
    columns = chance.sample(_WORDS, 6)
    key, *values = columns
    older = chance.randrange(max(number - 5, 0), number) if number else 0
    literal = "\n".join(f'    "{name}": [1, 2, 3],' for name in columns)
    texts = [
        ("markup", f"## Story {number}\n\nHow {values[0]} depends on {key}."),
        (
            "code",
            f"import pandas as pd\n\nframe_{number} = pd.DataFrame({{\n{literal}\n}})\n"
            f'frame_{number}["total_{number}"] = frame_{number}["{values[0]}"] + frame_{number}["{values[1]}"]',
        ),
        (
            "code",
            f"%%sql sums_{number} <<\nSELECT f.{key}, SUM(f.{values[0]}) AS sum_{number}, COUNT(*) AS rows_{number}\n"
            f"FROM frame_{number} AS f\nWHERE f.{values[1]} > 1\nGROUP BY f.{key}\nORDER BY sum_{number} DESC",
        ),
        (
            "code",
            f'mean_{number} = sums_{number}["sum_{number}"] / sums_{number}["rows_{number}"]\n'
            f'top_{number} = sums_{number}[["{key}", "sum_{number}"]].head(3)\nprint(mean_{number}, top_{number})',
        ),
        (
            "code",
            f"def scale_{number}(values, by=2):\n    scaled = []\n    for value in values:\n"
            f"        scaled.append(value * by)\n    return scaled\n",
        ),
        (
            "code",
            f"joined_{number} = frame_{older}.merge(sums_{older})\nscaled_{number} = scale_{older}([1, 2])",
        ),
    ]
    return [CellSource(f"s{number}-{part}", text, kind) for part, (kind, text) in enumerate(texts)]  # type: ignore[arg-type]
