// Compiles LaTeX under KaTeX: every block of standard input or of the files named, blocks separated by a line `%%`.
// Prints what does not compile and leaves with failure if there is any.
//
//   cd tests/katex && npm install && ../../target/debug/symdiff derive 'x^x' --format latex | npm test --silent

const fs = require("fs");
const katex = require("katex");

const files = process.argv.slice(2);
const text = files.length ? files.map((f) => fs.readFileSync(f, "utf8")).join("\n%%\n") : fs.readFileSync(0, "utf8");
let count = 0;
let wrong = 0;
for (const block of text.split(/^%%$/m)) {
  if (!block.trim()) continue;
  // a display is compiled as it is; below it stand sentences with $…$ inside
  const displays = block.match(/\\begin\{(align\*|aligned|gather\*|array)\}[\s\S]*?\n\\end\{\1\}/g) ?? [];
  let rest = block;
  for (const display of displays) rest = rest.replace(display, "");
  const inline = [...rest.matchAll(/\$([^$]+)\$/g)].map((m) => m[1]);
  for (const [source, displayMode] of [...displays.map((d) => [d, true]), ...inline.map((i) => [i, false])]) {
    count += 1;
    try {
      katex.renderToString(source, { displayMode, strict: "error", throwOnError: true });
    } catch (error) {
      wrong += 1;
      console.log(`${error.message}\n${source}\n`);
    }
  }
  if (displays.length === 0) {
    wrong += 1;
    console.log(`no display in\n${block}`);
  }
}
console.log(`${count - wrong} of ${count} compile`);
process.exit(wrong ? 1 : 0);
