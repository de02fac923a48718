import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setting } from "./harness.js";

const root = new URL("../", import.meta.url);

test("the sample in the README works", async () => {
  const readme = await readFile(new URL("README.md", root), "utf8");
  const [, sample] = /```js\n(import .*?)```/s.exec(readme);
  const env = { ...process.env, ALTA_URL: setting("ALTA_URL"), ALTA_API_KEY: setting("ALTA_SAMPLE_KEY") };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", sample], { cwd: fileURLToPath(root), env });
  assert.match(stdout, /^Efectivo \/ Billetera: 0 ARS\n1 token, \d+ left\nno such account \([0-9a-f-]{36}\)\n$/);
});
