// The notebooks and data files that the editor tests open, made anew for each run.
import fs from "node:fs";
import path from "node:path";

const CSV = "id,region,price,sold_on\n1,north,2.5,2026-01-31\n2,south,4.0,2026-02-01\n";

const KERNEL = {
  kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
  language_info: {
    name: "python",
    version: "3.12.0",
    file_extension: ".py",
    mimetype: "text/x-python",
  },
};

export function cell(id, source, { type = "code", ...more } = {}) {
  const base = {
    cell_type: type,
    id,
    metadata: {},
    source: source.split(/(?<=\n)/),
  };
  return type === "code" ? { ...base, execution_count: null, outputs: [], ...more } : { ...base, ...more };
}

export function notebook(cells, metadata = KERNEL) {
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

/** Python, SQL by magic, SQL by the editor's own language, and a name that is used before it is defined. */
const SALES = [
  cell("title", "# Sales\n\nA table that flows from Python to SQL and back.", {
    type: "markdown",
  }),
  cell("load", 'import pandas as pd\n\nsales = pd.read_csv("sales.csv")'),
  cell("magic", "%%sql totals <<\nselect region, sum(price) as total from sales group by region"),
  cell("native", "select region, price from sales where price > 1", {
    metadata: { vscode: { languageId: "sql" } },
  }),
  cell("early", "print(late)"),
  cell("define", "late = 1"),
  cell("back", "totals"),
];

/** A mistake behind a magic with arguments: JupyterLab counts such lines in its own way. */
const MISTAKE = [
  cell("load", 'import pandas as pd\n\nsales = pd.read_csv("sales.csv")'),
  cell("plain", "%%sql\nselect region, sum(price from sales"),
  cell("named", "%%sql totals <<\nselect region, sum(price from sales"),
];

/** To be changed on disk by another program. */
const CHANGING = [cell("a", "early = 1"), cell("b", "print(early)"), cell("c", "early = 2")];

/** As Polynote writes it: the language stands beside the metadata. */
const POLYNOTE = [
  cell("0", "# Polynote", { type: "markdown", language: "text" }),
  cell("1", "val rows = List(1, 2)", { language: "scala" }),
  cell("2", "x = 1", { language: "python" }),
  cell("3", "select 1 as one", { language: "sql" }),
];

const SCRIPT = `# %%
import pandas as pd

sales = pd.read_csv("sales.csv")
print(late)

# %% [sql] -> totals
# select region from sales

# %%
late = 1
sales["
`;

/** Write everything into `folder`. */
export function writeSamples(folder) {
  const files = {
    "sales.csv": CSV,
    "sales.ipynb": notebook(SALES),
    "mistake.ipynb": notebook(MISTAKE),
    "changing.ipynb": notebook(CHANGING),
    "polynote.ipynb": notebook(POLYNOTE, {
      config: { sparkConfig: { "spark.master": "local[*]" } },
      language_info: { name: "scala" },
    }),
    "script.py": SCRIPT,
    "plain.py": "x = undefined_here\n",
    "README.md": "# Read me\n\n```python\nundefined_here\n```\n",
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}
