"""Files that are open, texts read as files, JSON documents and listed folders, compared with what Python makes of
them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.types import Table
from tests.languages.python.oracle import compare

PRELUDE = """
import csv, gzip, io, json, os
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
import pandas as pd
nested = [{"a": 1, "b": {"c": 2, "d": {"e": 3}}}, {"b": {"c": 4}, "z": []}]
orders = {"id": 3, "who": {"n": "x"}, "items": [{"p": 1, "q": {"w": 1}}, {"p": 2}]}
@dataclass
class Point:
    a: int
    b: str = "x"
"""

KNOWN = {
    "with open('a.csv') as f:\n    r = pd.read_csv(f)": ["x", "y"],
    "f = open(Path('a.csv'), 'rb')\nr = pd.read_csv(f)\nf.close()": ["x", "y"],
    "with Path('a.csv').open(encoding='utf-8') as f:\n    r = pd.read_csv(f).head()": ["x", "y"],
    "with Path('a.csv').open() as f:\n    r = pd.read_csv(f)": ["x", "y"],
    "with gzip.open('a.csv.gz', 'rt') as f:\n    r = pd.read_csv(f)": ["p", "q"],
    "r = pd.read_csv(StringIO('a;b\\n1;2'), sep=';')": ["a", "b"],
    "text = '''\nname,n\nann,1\n'''\nr = pd.read_csv(io.StringIO(text))": ["name", "n"],
    "r = pd.DataFrame(json.load(open('a.json')))": ["p", "q"],
    "with open('a.json') as f:\n    data = json.load(f)\nr = pd.json_normalize(data)": ["p", "q.r"],
    "r = pd.json_normalize(nested)": ["a", "b.c", "b.d.e", "z"],
    "r = pd.json_normalize(nested, sep='_')": ["a", "b_c", "b_d_e", "z"],
    "r = pd.json_normalize(nested, max_level=1)": ["a", "b.c", "b.d", "z"],
    "r = pd.json_normalize(orders, 'items', ['id', ['who', 'n']])": ["p", "q.w", "id", "who.n"],
    "r = pd.json_normalize(orders, 'items', 'id', meta_prefix='m_', record_prefix='r_')": ["r_p", "r_q.w", "m_id"],
    "r = pd.DataFrame([asdict(Point(1)), asdict(Point(2, 'y'))])": ["a", "b"],
    "r = pd.read_csv(Path('a.txt').with_suffix('.csv'))": ["x", "y"],
    "r = pd.concat([pd.read_csv('d/' + f) for f in os.listdir('d') if f.endswith('.csv')])": ["m"],
    "r = pd.concat([pd.read_csv(p) for p in Path('d').iterdir()])": ["m"],
}

# Where a file begins is not known any more, or how it is written: nothing that is said may be wrong.
READ_ON = [
    "with open('a.csv') as f:\n    f.readline()\n    r = pd.read_csv(f)",
    "with open('a.csv') as f:\n    next(f)\n    r = pd.read_csv(f)",
    "with open('a.csv') as f:\n    for line in f:\n        break\n    r = pd.read_csv(f)",
    "f = open('long.csv')\nfirst = pd.read_csv(f, chunksize=1).get_chunk()\nf.seek(6)\nr = pd.read_csv(f)",
    "buffer = StringIO('a,b\\n1,2')\nbuffer.readline()\nr = pd.read_csv(buffer)",
    "buffer = StringIO()\nbuffer.write('a,b\\n1,2')\nbuffer.seek(0)\nr = pd.read_csv(buffer)",
    "with Path('16.csv').open(encoding='utf-16') as f:\n    r = pd.read_csv(f)",
    "with open('a.json') as f:\n    data = json.load(f)\ndata.append({'more': 1})\nr = pd.DataFrame(data)",
    "with open('a.csv') as f:\n    r = pd.DataFrame(csv.DictReader(f))",
    "r = pd.concat([pd.read_csv(p) for p in Path('mixed').iterdir()])",
    "open('new.json', 'w').write('[{\"k\": 1}]')\nr = pd.DataFrame(json.load(open('new.json')))",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import gzip

    monkeypatch.chdir(tmp_path)
    texts = {"a.csv": "x,y\n1,2\n", "long.csv": "x,y\n1,2\n3,4\n5,6\n", "a.json": '[{"p": 1, "q": {"r": 2}}]'}
    texts |= {
        "d/one.csv": "m\n1\n",
        "d/two.csv": "m\n2\n",
        "mixed/one.csv": "m,n\n1,2\n",
        "mixed/two.csv": "m,o\n1,2\n",
    }
    texts["new.json"] = '[{"old": 1}]'
    for name, text in texts.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    Path("16.csv").write_text("u,v\n1,2\n", encoding="utf-16")
    with gzip.open("a.csv.gz", "wt") as file:
        file.write("p,q\n1,2\n")
    return tmp_path


@pytest.mark.parametrize("code", KNOWN)
def test_all_columns_are_known(code: str, folder: Path) -> None:
    table = compare(PRELUDE + code, folder)["r"]
    assert isinstance(table, Table)
    assert ([c.name for c in table.columns] if not table.open else None) == KNOWN[code]


@pytest.mark.parametrize("code", READ_ON)
def test_a_file_that_was_read_on(code: str, folder: Path) -> None:
    compare(PRELUDE + code, folder)
