// Servers that the tests start: on a free port, ready when they answer, gone when the test is over.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Start a program and wait until `url` answers. Its output goes to `logFile`, whose end is shown when it does not come
 * up. `stop()` ends it and what it started: it is the head of a process group.
 */
export async function startServer(command, args, { env, cwd, url, logFile }) {
  const log = fs.openSync(logFile, "w");
  const child = spawn(command, args, {
    env,
    cwd,
    stdio: ["ignore", log, log],
    detached: true,
  });
  let ended = false;
  const end = new Promise((resolve) => child.once("exit", () => resolve((ended = true))));
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It is gone already.
    }
  };
  const stop = async () => {
    signal("SIGTERM");
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 5_000))]);
    signal("SIGKILL");
    fs.closeSync(log);
  };
  for (const until = Date.now() + 90_000; Date.now() < until && !ended;) {
    try {
      if ((await fetch(url)).ok) return { stop };
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error(`${command} did not come up:\n${fs.readFileSync(logFile, "utf8").slice(-3_000)}`);
}
