// What the editor tests download, outside of the repository, once: $POLYCELL_E2E_CACHE or ~/.cache/polycell-e2e.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** The exit status that says "not run, and here is why" (as automake has it). */
export const SKIPPED = 77;

/** Thrown when something that a test needs cannot be had on this machine. Its message says what to do. */
export class Unavailable extends Error {}

export function cacheFolder() {
  const folder =
    process.env.POLYCELL_E2E_CACHE ??
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "polycell-e2e");
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * The folder `name` of the cache, made by `build(folder)` unless an earlier run has finished it. What a build leaves
 * behind when it fails is removed: a folder that exists is complete.
 */
export async function cached(name, build) {
  const folder = path.join(cacheFolder(), name);
  const stamp = path.join(folder, ".complete");
  if (fs.existsSync(stamp)) return folder;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  console.log(`fetching ${name} into ${cacheFolder()}`);
  try {
    await build(folder);
  } catch (problem) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw new Unavailable(
      `${name} could not be fetched: ${String(problem.stderr || problem.message || problem)
        .trim()
        .split("\n")
        .slice(-3)
        .join(" ")}`,
    );
  }
  fs.writeFileSync(stamp, "");
  return folder;
}

/** Run a program; its output only when it fails. */
export function run(program, args, options = {}) {
  return execFileSync(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 26,
    ...options,
  });
}

export function works(program, args, options = {}) {
  return spawnSync(program, args, { stdio: "ignore", ...options }).status === 0;
}

/** `main()` as a program: its result is the exit status; what is unavailable is said loudly, with a status of its own. */
export async function program(main, skipped = SKIPPED) {
  try {
    process.exit((await main()) ?? 0);
  } catch (problem) {
    if (!(problem instanceof Unavailable)) throw problem;
    const line = "=".repeat(100);
    console.log(`${line}\nSKIPPED: ${problem.message}\n${line}`);
    process.exit(skipped);
  }
}
