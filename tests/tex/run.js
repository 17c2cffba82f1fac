// Compiles LaTeX under pdflatex and lualatex: every block of standard input or of the files named, blocks separated by a line
// `%%`. All blocks stand in one document (article, amsmath and amssymb, nothing else), each on a page of its own. A display fails
// if it does not compile, if a letter of it is dropped, or if it runs off the page; the last is only told with `--wide`.
//
//   ../../target/debug/symdiff derive 'x^x' --wrt x --format latex | node run.js [--wide] [--engine pdflatex] [--keep FOLDER]

const { spawnSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const files = [];
const engines = [];
let keep = null;
let isWideWrong = false;
const words = process.argv.slice(2);
while (words.length) {
  const word = words.shift();
  if (word === "--wide") isWideWrong = true;
  else if (word === "--engine") engines.push(words.shift());
  else if (word === "--keep") keep = path.resolve(words.shift());
  else files.push(word);
}
if (engines.length === 0) engines.push("pdflatex", "lualatex");
const text = files.length ? files.map((f) => fs.readFileSync(f, "utf8")).join("\n%%\n") : fs.readFileSync(0, "utf8");
const blocks = text.split(/^%%$/m).map((block) => block.trim()).filter((block) => block);
const folder = keep ?? fs.mkdtempSync(path.join(os.tmpdir(), "symdiff-tex-"));
fs.mkdirSync(folder, { recursive: true });

/** The document of these blocks; the log says where each begins. */
function document(numbers) {
  const pages = numbers.map((at) => `\\typeout{symdiff block ${at}}\n${blocks[at]}\n\\clearpage`);
  return [
    "\\documentclass[a4paper]{article}",
    "\\usepackage{amsmath,amssymb}",
    "\\begin{document}",
    ...pages,
    "\\typeout{symdiff end}",
    "\\end{document}",
    "",
  ].join("\n");
}

/** What the engine says: how it left, and the log from each block on. */
function run(engine, numbers) {
  fs.writeFileSync(path.join(folder, `${engine}.tex`), document(numbers));
  const options = ["-interaction=nonstopmode", "-halt-on-error", `-output-directory=${folder}`, `${engine}.tex`];
  // a log whose lines are cut at 79 signs cannot be read
  const env = { ...process.env, max_print_line: "10000", TEXINPUTS: `${folder}:` };
  const made = spawnSync(engine, options, { cwd: folder, env, encoding: "latin1", maxBuffer: 1 << 28 });
  if (made.error) throw made.error;
  const log = fs.readFileSync(path.join(folder, `${engine}.log`), "utf8");
  return { isDone: made.status === 0, parts: log.split(/^symdiff (?:block (\d+)|end)$/m) };
}

let wrong = 0;
for (const engine of engines) {
  const failed = new Map();
  const wide = new Map();
  let numbers = [...blocks.keys()];
  // halted at the first error: that block is left out, and the rest compiled again
  while (numbers.length) {
    const { isDone, parts } = run(engine, numbers);
    let last = null;
    for (let at = 1; at < parts.length; at += 2) {
      if (parts[at] === undefined) continue;
      const number = Number(parts[at]);
      last = number;
      const dropped = parts[at + 1].match(/^Missing character: .*$/gm);
      if (dropped) failed.set(number, [...new Set(dropped)].join("\n"));
      const over = [...parts[at + 1].matchAll(/^Overfull \\hbox \(([\d.]+)pt too wide\)/gm)].map((m) => Number(m[1]));
      if (over.length) wide.set(number, Math.max(...over));
    }
    if (isDone) break;
    if (last === null) throw new Error(`${engine} does not start, see ${folder}/${engine}.log`);
    failed.set(last, parts[parts.length - 1].match(/^!.*(\n.*){0,4}/m)?.[0] ?? "no page");
    numbers = numbers.filter((number) => number !== last);
  }
  for (const [number, why] of failed) console.log(`${engine}: ${why}\n${blocks[number]}\n`);
  if (isWideWrong) {
    for (const [number, points] of wide) console.log(`${engine}: ${points}pt too wide\n${blocks[number]}\n`);
  }
  console.log(`${engine}: ${blocks.length - failed.size} of ${blocks.length} compile, ${wide.size} run off the page`);
  wrong += failed.size + (isWideWrong ? wide.size : 0);
}
if (!keep) fs.rmSync(folder, { recursive: true });
process.exit(wrong ? 1 : 0);
