// A Python that can run the server of this checkout.
import fs from "node:fs";
import path from "node:path";
import { REPOSITORY, Unavailable, cached, run, works } from "./cache.mjs";

/** The server's source, whatever is installed in the interpreter. */
export const SERVER_ENV = { PYTHONPATH: path.join(REPOSITORY, "server") };

const NEEDED = "import sys; assert sys.version_info >= (3, 10); import polycell, pygls, sqlglot, pyarrow, yaml";

/**
 * $POLYCELL_PYTHON, an environment in the repository, or the Python on the PATH: the first that has what the server
 * needs; else an environment in the cache, which pip fills.
 */
export async function serverPython() {
  const own = path.join(REPOSITORY, ".venv", "bin", "python");
  for (const python of [process.env.POLYCELL_PYTHON, own, "python3"].filter(Boolean)) {
    if (works(python, ["-c", NEEDED], { env: { ...process.env, ...SERVER_ENV } })) return python;
  }
  if (!works("python3", ["--version"])) throw new Unavailable("there is no python3 on the PATH");
  const folder = await cached("python", (made) => void run("python3", ["-m", "venv", made]));
  const python = path.join(folder, "bin", "python");
  installCheckout(python, folder);
  return python;
}

/** Install this checkout into an environment of the cache, again whenever its `pyproject.toml` has changed. */
export function installCheckout(python, folder) {
  const stamp = path.join(folder, ".polycell");
  const wanted = `${REPOSITORY}\n${fs.readFileSync(path.join(REPOSITORY, "pyproject.toml"), "utf8")}`;
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  try {
    run(python, ["-m", "pip", "install", "--quiet", "--editable", REPOSITORY]);
  } catch (problem) {
    throw new Unavailable(`this checkout could not be installed: ${String(problem.stderr).trim().split("\n").at(-1)}`);
  }
  fs.writeFileSync(stamp, wanted);
}
