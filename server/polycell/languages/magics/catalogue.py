"""Magics that people use, in our own words: what each does and which options it takes. Data, no code.

A row is `%name`, `%%name` or `%,%%name` with a sentence; the rows below it, indented, are its options with the value
that they take, if any; `= %%name` stands for those of a magic above, and behind `:` stand the usual words that may
follow the magic itself. Sources: IPython's, JupySQL's, DuckDB's,
sparkmagic's and BigQuery's own documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

_TEXT = """
%,%%time  Run a statement or the cell once and tell how long it took.
  --no-raise-error  tell the time also where the code fails
%,%%timeit  Run a statement or the cell many times and tell how long it takes. Names that it binds are lost.
  -n N  how often in one round
  -r R  how many rounds
  -t  measure wall-clock time
  -c  measure CPU time
  -p P  digits that are shown
  -q  print nothing
  -o  give the result as a value
  -v NAME  keep the result in this name
%,%%prun  Run a statement or the cell under the profiler.
  -s KEY  sort by this column
  -l LIMIT  show only so many rows, or functions of this name
  -D FILE  write the statistics to a file
  -T FILE  write the report to a file
  -r  give the statistics as a value
  -q  show no report
%%capture  Run the cell and keep what it prints and shows in a name.
  --no-stderr  leave standard error
  --no-stdout  leave standard output
  --no-display  leave what is displayed
%%writefile  Write the cell into a file instead of running it.
  -a  append
  --append  append
%%file  Write the cell into a file, as `%%writefile` does.
  -a  append
  --append  append
%,%%debug  Enter the debugger, after an error or for a statement.
  -b LINE  stop at this place
  --breakpoint LINE  stop at this place
%%bash  Run the cell in bash.
  --out NAME  what it prints goes into this name
  --err NAME  its errors go into this name
  --bg  do not wait for it
  --proc NAME  with `--bg`, the process goes into this name
  --no-raise-error  go on when it fails
%%sh  Run the cell in sh.
  = %%bash
%%script  Run the cell in the program that the line names.
  : bash sh python3 ruby perl node powershell
  = %%bash
%%python  Run the cell in a Python process of its own: it sees no name of the notebook.
  = %%bash
%%python3  Run the cell in a Python 3 process of its own.
  = %%bash
%%pypy  Run the cell in PyPy.
  = %%bash
%%html  Show the cell as HTML.
  --isolated  in a frame of its own
%%javascript  Run the cell in the browser.
%%js  Run the cell in the browser.
%%latex  Show the cell as LaTeX.
%%markdown  Show the cell as Markdown.
%%svg  Show the cell as SVG.
%%ruby  Run the cell in Ruby.
  = %%bash
%%perl  Run the cell in Perl.
  = %%bash
%alias  Give a shell command a name.
%alias_magic  Give a magic another name.
  -l  only a line magic
  --line  only a line magic
  -c  only a cell magic
  --cell  only a cell magic
  -p PARAMETERS  what the new name always passes
  --params PARAMETERS  what the new name always passes
%autoawait  Whether `await` works outside of functions, and with which loop.
  : asyncio trio curio sync true false
%automagic  Whether line magics may be written without the percent sign.
  : on off
%bookmark  Remember a folder under a name for `%cd`.
  -l  list all
  -d  delete one
  -r  delete all
%cd  Change the folder in which the notebook works.
  -q  do not print it
  -b  a bookmark
%,%%code_wrap  Run every cell inside of the code that this cell holds.
  --remove  stop doing so
  --list  list the names of such code
  --list-all  with the code
%conda  Run conda for the environment of the kernel.
%config  Show or set an option of IPython: `%config InlineBackend.figure_format = "retina"`.
  : InlineBackend.figure_format InlineBackend.rc InlineBackend.figure_formats InlineBackend.close_figures
  : SqlMagic.autopandas SqlMagic.autopolars SqlMagic.displaylimit SqlMagic.feedback SqlMagic.displaycon
  : SqlMagic.named_parameters SqlMagic.dsn_filename SqlMagic.style Completer.use_jedi IPCompleter.greedy
  : InteractiveShell.ast_node_interactivity InteractiveShell.autocall Application.log_level
%dhist  The folders in which the notebook worked.
%dirs  The stack of folders of `%pushd`.
%edit  Open an editor, and run what was written there.
  -p  what was edited last
  -r  the text as it was typed
  -x  do not run it
  -n LINE  at this line
%env  Show or set environment variables.
%history  Show what was run.
  -n  with numbers
  -o  with what came out
  -p  with the prompts of a Python session
  -t  as Python that IPython made of it
  -g PATTERN  only what matches
  -u  each line once
  -l N  the last N lines
  -f FILE  into a file
  -y  without asking before a file is overwritten
%killbgscripts  End all scripts that run with `--bg`.
%load  Put a file's text into this cell.
  -r LINES  these lines only
  -s NAMES  these functions and classes only
  -y  do not ask when it is long
  -n  look for the code in the notebook's names too
%load_ext  Load an extension, which brings magics of its own.
  : autoreload sql google.cloud.bigquery tensorboard jupyter_ai dotenv memory_profiler line_profiler cudf.pandas
  : magic_duckdb rpy2.ipython sparkmagic.magics snowflake kedro.ipython nb_black watermark Cython
%logstart  Write down everything that is run.
  -o  with what came out
  -r  the text as it was typed
  -t  with times
  -q  without a message
%logstop  Stop writing down what is run.
%lsmagic  List all magics.
  -j  as JSON
  --json  as JSON
%macro  Give lines of the history a name.
  -r  the text as it was typed
  -q  without printing it
%mamba  Run mamba for the environment of the kernel.
%matplotlib  How figures are shown: `inline`, `widget`, `qt`, …
  : inline widget notebook ipympl qt tk agg auto macosx gtk3 wx svg pdf
  -l  list what there is
  --list  list what there is
%micromamba  Run micromamba for the environment of the kernel.
%page  Show a value page by page.
  -r  as `str` and not as `repr`
%pdb  Whether the debugger starts at every error.
  : on off
%pdef  Show how something is called.
%pdoc  Show the documentation of something.
%pfile  Show the file in which something is defined.
%pinfo  What is known of a name, as `name?`.
%pinfo2  The same with its source, as `name??`.
%pip  Run pip for the environment of the kernel.
%popd  Go back to the folder before `%pushd`.
%pprint  Whether results are laid out over several lines.
%precision  How many digits of a float are shown.
%psearch  Look for names by a pattern.
  -a  those that begin with an underscore too
  -c  case counts
  -i  case does not count
  -e NAMES  leave out these name spaces
  -s NAMES  look in these name spaces too
  -l  list the kinds that can be looked for
%psource  Show the source of an object.
%pushd  Change the folder, and remember the one before.
%pwd  The folder in which the notebook works.
%pylab  Import NumPy and Matplotlib into the notebook's names. Better: import what you need.
  : inline widget notebook qt tk agg
  --no-import-all  leave the notebook's names alone
%recall  Put lines of the history into this cell.
%reload_ext  Load an extension again.
  : autoreload sql google.cloud.bigquery dotenv
%rerun  Run lines of the history again.
  -l N  the last N lines
  -g PATTERN  the last line that matches
%reset  Forget all names.
  -f  without asking
  -s  keep the history
  --aggressive  forget imported modules too
%reset_selective  Forget the names that match a pattern.
  -f  without asking
%run  Run a script or a notebook; its names become the notebook's.
  -n  as if it were imported: not as `__main__`
  -i  with the notebook's names in sight
  -t  tell how long it took
  -d  under the debugger
  -p  under the profiler
  -m MODULE  run a module
  -e  go on when the script calls `sys.exit()`
  -G  read no pattern in the arguments
  -N N  with `-t`: how often
  -b LINE  with `-d`: stop at this place
  -s KEY  with `-p`: sort by this column
  -l LIMIT  with `-p`: show only so many rows
  -r  with `-p`: give the statistics as a value
  -D FILE  with `-p`: write the statistics to a file
  -T FILE  with `-p`: write the report to a file
%save  Write lines of the history into a file.
  -r  the text as it was typed
  -f  over what is there
  -a  append
%set_env  Set an environment variable.
%store  Keep a name between sessions.
  -r  bring back
  -d  forget one
  -z  forget all
%,%%sx  Run a shell command and give what it prints as a list of lines.
  --out NAME  the lines go into this name
%,%%system  Run a shell command and give what it prints as a list of lines.
  --out NAME  the lines go into this name
%tb  Show the last traceback again.
%unalias  Forget the name of a shell command.
%unload_ext  Unload an extension.
  : autoreload sql
%uv  Run uv for the environment of the kernel.
%who  List the notebook's names.
%who_ls  The notebook's names as a list.
%whos  List the notebook's names with their types and values.
%xdel  Forget a name, and everything that IPython keeps of its value.
  -n  by its name alone, wherever it may be
%xmode  How much a traceback shows: `Plain`, `Context`, `Verbose`, `Minimal`.
  : Plain Context Verbose Minimal Docs
%autoreload  Whether changed modules are imported again before a cell runs: 0, 1, 2 or 3. Needs `%load_ext autoreload`.
  : 2 1 0 3 all explicit complete off now
  -p  tell which modules are read again
  --print  tell which modules are read again
  -l  write that to the log
  --log  write that to the log
  --hide-errors  say nothing of modules that fail
  --full  replace whole modules and not only their functions
%aimport  Which modules `%autoreload 1` reads again.
%,%%sql  Run SQL (JupySQL); its result is the cell's, or goes into a name: `%%sql name <<`.
  --save NAME  keep the query under a name, for others to use
  --with NAMES  the saved queries that this one uses
  --no-execute  only keep it
  --persist  write the frame that the line names into a table
  --persist-replace  the same, over a table that is there
  --append  add the rows of the frame that the line names to its table
  --no-index  with `--persist`: leave the frame's index
  --alias NAME  a short name for the connection
  --connections  list the connections
  --close NAME  close a connection
  --creator NAME  the function that connects
  --section NAME  connect as a section of the configuration file says
  --connection_arguments JSON  what the connection is made with
  --file FILE  run the queries of a file
  --interact NAMES  with widgets for these names
%sqlcmd  About the connected database (JupySQL): `tables`, `columns`, `profile`, `explore`, `snippets`, `test`.
  --table NAME  the table
  --schema NAME  its schema
  --column NAME  the column
%sqlplot  Draw a column of a table without loading it (JupySQL): `histogram`, `boxplot`, `bar`, `pie`.
  --table NAME  the table
  --schema NAME  its schema
  --column NAME  the column
  --bins N  how many bins
  --breaks NUMBERS  where bins end
  --binwidth NUMBER  how wide a bin is
  --orient WAY  `h` or `v`
  --show-numbers  with the numbers in the figure
  --with NAME  a saved query instead of a table
%sqlrender  Show a saved query with all that it uses (JupySQL).
  --with NAMES  the saved queries that it uses
%,%%dql  Run SQL in DuckDB (magic_duckdb).
  -co NAME  the connection
  -cn TEXT  connect to this file, or `:memory:`
  -d  the connection that DuckDB has by itself
  -g  give the connection
  -t TYPE  what the result is: `df`, `arrow`, `pl`, `show`, …
  -tp OPTION  an option of that type
  -o NAME  the name that gets the result
  -p NAME  a value for the query's parameters
  -r FILE  read the SQL from a file
  -e KIND  explain it: `explain`, `analyze`, …
  -f  lay the SQL out
  -j  fill in its Jinja template
  -l  list the types
  --tables  the tables that it reads
  --close  close the connection
%%bigquery  Run a query in BigQuery; the first word of the line is the name that gets the result.
  --project NAME  the project that pays
  --params NAMES  values for the query's parameters
  --pyformat  fill in `{name}` from the notebook
  --use_bqstorage_api  fetch faster
  --use_rest_api  fetch by the plain interface
  --use_legacy_sql  in the old dialect
  --use_geodataframe COLUMN  a geopandas frame with this column as its geometry
  --engine NAME  `pandas` or `bigframes`: what holds the result
  --dry_run  only tell what it would read
  --graph  show the result as a graph
  --max_results N  at most so many rows
  --maximum_bytes_billed N  fail where it would read more
  --no_query_cache  run it even if its result is kept
  --destination_table NAME  write the result there
  --location NAME  where it runs
  --progress_bar_type KIND  how its progress is shown: `tqdm`, `tqdm_notebook`, …
  --bigquery_api_endpoint ADDRESS  another server than Google's
  --bqstorage_api_endpoint ADDRESS  another server for fetching
  --verbose  tell more while it runs
%%spark  Run the cell in the remote session (sparkmagic).
  -o NAME  bring this frame here
  -m METHOD  how rows are chosen: `take` or `sample`
  -n N  at most so many rows
  -r FRACTION  the fraction that is sampled
  -c KIND  what is run: `sql` or `spark`
  -s NAME  the session, where there are several
  -q FLAG  show nothing
%%local  Run the cell here, not in the remote session (sparkmagic).
%%send_to_spark  Bring a value of this side to the remote session (sparkmagic).
  -i NAME  the value
  -t TYPE  `str` or `df`
  -n NAME  its name there
  -m N  at most so many rows
%%info  What the remote session is (sparkmagic).
%%logs  The log of the remote session (sparkmagic).
%%cleanup  End all remote sessions of this server (sparkmagic).
  -f FLAG  really
%%delete  End one remote session (sparkmagic).
  -f FLAG  really
  -s N  its number
%%configure  Settings of the remote session, as JSON (sparkmagic).
  -f  start the session anew
%%R  Run the cell in R (rpy2).
  -i NAMES  names that R gets
  -o NAMES  names that it gives back
  -w N  width of figures
  -h N  height of figures
"""


class Option(Struct, frozen=True):
    """`value` names what follows it; empty for a flag."""

    name: str
    value: str
    summary: str


class Entry(Struct, frozen=True):
    name: str
    line: bool
    cell: bool
    summary: str
    options: tuple[Option, ...] = ()
    words: tuple[str, ...] = ()


def _read() -> Mapping[str, Entry]:
    made: dict[str, Entry] = {}
    options: dict[str, list[Option]] = {}
    words: dict[str, list[str]] = {}
    name = ""
    for row in _TEXT.strip("\n").split("\n"):
        head, _, summary = row.strip().partition("  ")
        if row.startswith(" "):
            option, _, value = head.partition(" ")
            if option == ":":
                words.setdefault(name, []).extend(value.split())
            elif option == "=":
                options[name] += options[value.lstrip("%")]
            else:
                options[name].append(Option(option, value, summary))
            continue
        name = head.lstrip("%,")
        signs = head[: -len(name)].split(",")
        made[name] = Entry(name, "%" in signs, "%%" in signs, summary)
        options[name] = []
    return {
        n: Entry(e.name, e.line, e.cell, e.summary, tuple(options[n]), tuple(words.get(n, ()))) for n, e in made.items()
    }


ENTRIES = _read()
