// Builds goodwill/web/static/dist from assets/ and the pinned npm packages.
//   node assets/build.mjs           writes the folder
//   node assets/build.mjs --check   writes nothing; fails when the committed folder differs
// The output is committed, because a clone of the repository has no Node. So it has to be the same bytes
// on every machine: no time stamps, no absolute paths, no source maps.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(root, "goodwill/web/static/dist");
const browsers = ["chrome123", "firefox120", "safari17.5"]; // the first ones that know CSS light-dark()
const heaviest = 600 * 1024;

async function bundle(entry, name, more = {}) {
  const result = await build({
    absWorkingDir: root, // otherwise the folder of the build shows in the comments of the bundle
    entryPoints: [join("assets", entry)],
    outfile: join("goodwill/web/static/dist", name),
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: browsers,
    legalComments: "inline",
    logLevel: "warning",
    ...more,
  });
  return result.outputFiles[0].contents;
}

// Tabler ends in a sourceMappingURL. The map is not shipped, and Django's manifest storage refuses to collect
// a style sheet that names a missing file.
async function tabler() {
  const css = await readFile(join(root, "node_modules/@tabler/core/dist/css/tabler.min.css"), "utf8");
  return Buffer.from(css.replace(/\/\*# sourceMappingURL=.*?\*\/\s*/g, "") + "\n");
}

// One sprite with only the icons in icons.json: `<use href="icons.svg#name">` needs neither script nor inline style.
async function sprite() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = [];
  for (const name of [...new Set(names)].sort()) {
    const svg = await readFile(join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s*\n\s*/g, "");
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
        `stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`,
    );
  }
  const credit = "<!-- Tabler Icons, MIT licence, https://tabler.io/icons -->";
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${credit}\n${symbols.join("\n")}\n</svg>\n`);
}

async function make() {
  const files = {
    "tabler.css": await tabler(),
    "goodwill.css": await bundle("goodwill.css", "goodwill.css"),
    "theme.js": await bundle("theme.js", "theme.js", { format: "iife" }),
    "goodwill.js": await bundle("goodwill.js", "goodwill.js", { format: "iife" }),
    "round.js": await bundle("round.js", "round.js", { format: "iife" }),
    "round-worker.js": await bundle("round-worker.js", "round-worker.js", { format: "iife" }),
    "echarts.js": await bundle("echarts.js", "echarts.js", { format: "esm" }),
    "icons.svg": await sprite(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    if (/sourceMappingURL/.test(Buffer.from(bytes).toString("utf8"))) throw new Error(`${name} names a source map`);
  }
  return files;
}

// Beside each file its brotli twin, which the server hands to browsers that take it (all do).
const squeezed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

// Twins are compared by what they hold: another Node may squeeze the same bytes in another way.
async function check(files) {
  const faults = [];
  const there = await readdir(dist).catch(() => []);
  for (const name of there) {
    if (!(name.replace(/\.br$/, "") in files)) faults.push(`${name} is committed but nothing builds it`);
  }
  for (const [name, bytes] of Object.entries(files)) {
    const twin = await readFile(join(dist, `${name}.br`)).catch(() => null);
    if (twin === null) faults.push(`${name}.br is missing`);
    else if (!brotliDecompressSync(twin).equals(Buffer.from(bytes))) faults.push(`${name}.br holds something else`);
  }
  for (const [name, bytes] of Object.entries(files)) {
    const old = await readFile(join(dist, name)).catch(() => null);
    if (old === null) faults.push(`${name} is missing`);
    else if (!old.equals(Buffer.from(bytes))) faults.push(`${name} differs from what assets/ builds`);
  }
  return faults;
}

const files = await make();
if (process.argv.includes("--check")) {
  const faults = await check(files);
  for (const fault of faults) console.error(fault);
  if (faults.length) {
    console.error("Run: npm ci && node assets/build.mjs, and commit the result.");
    process.exit(1);
  }
  console.log(`${relative(root, dist)} is what assets/ builds.`);
} else {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(dist, name), bytes);
    await writeFile(join(dist, `${name}.br`), squeezed(bytes));
    const heavy = bytes.length > heaviest ? "  (heavy)" : "";
    console.log(`${name.padEnd(14)} ${(bytes.length / 1024).toFixed(1).padStart(7)} KB${heavy}`);
  }
}
