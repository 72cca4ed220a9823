// The same labelled lines through redact-pii, for the benchmark's side-by-side.
// usage: NODE_PATH-resolvable `redact-pii` and: node redact-pii.mjs FILE.tsv NODE_MODULES. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [path, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { SyncRedactor } = require("redact-pii");
const redactor = new SyncRedactor();
const counts = { phi: [0, 0], clean: [0, 0] };
const times = [];
for (const line of readFileSync(path, "utf8").split("\n")) {
  if (!line.trim()) continue;
  const [label, , ...rest] = line.split("\t");
  const text = rest.join("\t").replaceAll("\\n", "\n");
  const start = process.hrtime.bigint();
  const redacted = redactor.redact(text);
  times.push(Number(process.hrtime.bigint() - start));
  counts[label][redacted === text ? 0 : 1] += 1;
}
times.sort((a, b) => a - b);
const rate = ([no, yes]) => (no + yes ? yes / (no + yes) : null);
console.log(JSON.stringify({
  peer: "redact-pii",
  version: JSON.parse(readFileSync(resolve(modules, "redact-pii/package.json"), "utf8")).version,
  phi: counts.phi[0] + counts.phi[1],
  clean: counts.clean[0] + counts.clean[1],
  recall: rate(counts.phi),
  false_alarms: rate(counts.clean),
  p50_ns: times[Math.floor(times.length / 2)],
  p99_ns: times[Math.floor((times.length * 99) / 100)],
}));
