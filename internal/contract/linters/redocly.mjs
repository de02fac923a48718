// Lints a contract by the rules of redocly.yaml: node redocly.mjs openapi.yaml. Any problem, a warning too, is a failure.
import { fileURLToPath } from "node:url";
import { formatProblems, getTotals, lint, loadConfig } from "@redocly/openapi-core";

const config = await loadConfig({ configPath: fileURLToPath(new URL("redocly.yaml", import.meta.url)) });
const problems = await lint({ ref: process.argv[2], config });
formatProblems(problems, { format: "stylish", totals: getTotals(problems), version: "", color: false });
process.exitCode = problems.length > 0 ? 1 : 0;
