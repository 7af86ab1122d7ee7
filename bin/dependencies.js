// Plain JavaScript and no packages: this runs on a fresh clone, before anything is installed.
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const oldestNode = [20, 19];

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}

/** Names of packages in package-lock.json that node_modules lacks or holds in another version. */
function missingPackages() {
  const installedLock = "node_modules/.package-lock.json";
  const wanted = readJson("package-lock.json").packages;
  const installed = existsSync(path.join(root, installedLock))
    ? readJson(installedLock).packages
    : {};
  return Object.entries(wanted)
    .filter(([name, entry]) => name !== "" && !entry.optional && !entry.link)
    .filter(([name, entry]) => installed[name]?.version !== entry.version)
    .map(([name]) => name);
}

/** Installs exactly what package-lock.json names, when node_modules differs from it. */
function ensureDependencies() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    console.error(
      `schedlab needs Node ${oldestNode.join(".")} or newer; this is ${process.version}.`,
    );
    process.exit(1);
  }
  const missing = missingPackages();
  if (missing.length === 0) return;
  const started = Date.now();
  console.error(`Installing ${missing.length} npm packages (npm ci) ...`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    console.error("npm ci failed; run it by hand in the project's folder to see why.");
    process.exit(1);
  }
  console.error(`npm packages installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

module.exports = { ensureDependencies };
