// A Chromium without a window, driven by playwright-core.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { Unavailable, cached, run } from "./cache.mjs";

const PLAYWRIGHT = "1.65.0";
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function chromiumPath() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const candidates = [
    process.env.POLYCELL_CHROMIUM,
    ...NAMES.flatMap((name) => folders.map((f) => path.join(f, name))),
  ];
  const found = candidates.find((file) => file && fs.existsSync(file));
  if (!found)
    throw new Unavailable(
      "there is no Chromium: install it (Debian: apt-get install chromium), or set POLYCELL_CHROMIUM",
    );
  return found;
}

/** A browser page on a fresh profile: `{page, close()}`. */
export async function openBrowser(viewport = { width: 1500, height: 1050 }) {
  const executablePath = chromiumPath();
  const modules = await cached(`playwright-${PLAYWRIGHT}`, (folder) => {
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    run("npm", ["install", "--silent", "--no-audit", "--no-fund", `playwright-core@${PLAYWRIGHT}`], { cwd: folder });
  });
  const { chromium } = createRequire(path.join(modules, "package.json"))("playwright-core");
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "polycell-browser-"));
  const quiet = ["background-networking", "component-update", "sync", "quic", "gpu"].map((what) => `--disable-${what}`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport,
    args: ["--headless", "--no-sandbox", "--no-first-run", ...quiet],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(12_000);
  return {
    page,
    async close() {
      await context.close();
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}
