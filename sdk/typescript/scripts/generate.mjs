// Generates src/schema.ts and src/operations.ts from the contract.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle, createConfig } from "@redocly/openapi-core";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../../openapi.yaml", import.meta.url);
const notice = "// Made from openapi.yaml by `make sdk`. Do not edit.\n\n";
const methods = ["get", "put", "post", "delete", "patch"];

// Every $ref is resolved, because parameters and schemas may be behind one.
const { bundle: bundled } = await bundle({ ref: fileURLToPath(contract), config: await createConfig({}), dereference: true });
const operations = Object.entries(bundled.parsed.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ name: `${method.toUpperCase()} ${path}`, method, ...item[method] })),
);

const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
if (version !== bundled.parsed.info.version) {
  const wanted = bundled.parsed.info.version;
  throw new Error(`package.json has version ${version}: run npm version --no-git-tag-version ${wanted}, the contract's`);
}

// The generator does not follow references to examples. A response's only example belongs in the type's comment.
const { bundle: document } = await bundle({ ref: fileURLToPath(contract), config: await createConfig({}) });
for (const media of mediaIn(document.parsed)) {
  const name = media.examples?.example?.$ref?.split("/").at(-1);
  if (name) {
    media.example = document.parsed.components.examples[name].value;
    delete media.examples;
  }
}

// Properties with a default are optional in requests.
const schema = astToString(await openapiTS(document.parsed, { silent: true, defaultNonNullable: false }));
await writeFile(new URL("../src/schema.ts", import.meta.url), notice + schema);
await writeFile(new URL("../src/operations.ts", import.meta.url), notice + operationLists());

function mediaIn(node) {
  const inside = Object.entries(node ?? {}).filter(([, value]) => typeof value === "object");
  return inside.flatMap(([key, value]) => (key === "content" ? Object.values(value) : mediaIn(value)));
}

function operationLists() {
  const keyed = operations.filter((o) => o.method !== "get" && o.parameters?.some((p) => p.name === "Idempotency-Key"));
  const parsed = operations.filter((o) => parseAs(o) !== "json");
  return `/** The operations that change something and take an Idempotency-Key. */
export const keyed: ReadonlySet<string> = new Set([
${keyed.map((o) => `  ${JSON.stringify(o.name)},\n`).join("")}]);

/** How answers that are no JSON are read. */
export const parsedAs = {
${parsed.map((o) => `  ${JSON.stringify(o.name)}: "${parseAs(o)}",\n`).join("")}} as const;
`;
}

function parseAs(operation) {
  const media = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith("2"))
    .flatMap(([, response]) => Object.entries(response.content ?? {}));
  if (media.every(([type]) => type === "application/json")) return "json";
  // As text, a file would lose its byte order mark, which spreadsheets need.
  return Object.values(operation.responses).some(({ headers }) => headers?.["Content-Disposition"]) ? "blob" : "text";
}
