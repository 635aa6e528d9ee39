// A tour of an editor as a user takes it, step by step, with a picture of each: a step that fails does not end the tour.
import fs from "node:fs";
import path from "node:path";
import { cacheFolder } from "./cache.mjs";

/** Pictures go to $POLYCELL_E2E_SHOTS, or to the cache. */
export function tour(page, editor) {
  const folder = path.join(process.env.POLYCELL_E2E_SHOTS ?? path.join(cacheFolder(), "shots"), editor);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const failures = [];
  let count = 0;
  const only = process.env.POLYCELL_E2E_ONLY;

  async function step(name, walk, { always = false } = {}) {
    if (only && !always && !name.includes(only)) return;
    count += 1;
    const start = Date.now();
    try {
      await walk();
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (problem) {
      failures.push(name);
      console.log(
        `FAILED  ${name}: ${String(problem.message ?? problem)
          .split("\n")
          .slice(0, 3)
          .join(" | ")}`,
      );
    }
    const title = `${String(count).padStart(2, "0")}-${name.replace(/\W+/g, "-")}`;
    await page.screenshot({ path: path.join(folder, `${title}.png`) });
  }

  return {
    step,
    pictures: folder,
    end() {
      console.log(`pictures: ${folder}`);
      return failures.length === 0 ? 0 : 1;
    },
  };
}

/** The first truthy answer of `ask`. */
export async function until(what, ask, patience = 15_000) {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`waited in vain: ${what}`);
}
