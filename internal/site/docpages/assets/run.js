// Live queries: sends an operation's call from the reader's browser, by the
// reader's key, and shows what is answered.

const keyKept = "alta.apiKey"; // where the page of credentials keeps a key, too
const idKept = "alta.apiKeyID"; // and which one it is, which it cannot know of others
const firstHeaders = ["x-token-cost", "x-token-balance", "x-request-id", "ratelimit", "ratelimit-policy", "retry-after"];
const longest = 100_000; // characters of a body that are shown
const form = document.querySelector("[data-run]");
const place = document.getElementById("answer");
const keyField = document.getElementById("run-key");
const tokenField = document.getElementById("run-token");
let download = "";

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// call makes the request of what was typed.
function call() {
  const headers = {};
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const input of form.querySelectorAll("[data-in]")) {
    const { in: where, name } = input.dataset;
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value === "") continue;
    else if (where === "query") query.set(name, input.value);
    else headers[name] = input.value;
  }
  if (keyField?.value) headers["X-API-Key"] = keyField.value;
  if (tokenField?.value) headers.Authorization = `Bearer ${tokenField.value}`;
  const body = document.getElementById("run-body")?.value;
  if (body) headers["Content-Type"] = "application/json";
  const url = query.size ? `${path}?${query}` : path;
  return [url, { method: form.dataset.method, headers, body: body || undefined, credentials: "omit", redirect: "manual", cache: "no-store" }];
}

// spent says what the call cost.
function spent({ headers }) {
  const [cost, balance] = ["X-Token-Cost", "X-Token-Balance"].map((name) => headers.get(name));
  if (cost === null || balance === null) return "charged nothing";
  return `charged ${Number(cost).toLocaleString("en")} ${cost === "1" ? "token" : "tokens"}, ${Number(balance).toLocaleString("en")} left`;
}

function headerList({ headers }) {
  const rank = ([name]) => (firstHeaders.includes(name) ? firstHeaders.indexOf(name) : firstHeaders.length);
  const list = [...headers].sort((a, b) => rank(a) - rank(b));
  return element("details", { open: true }, element("summary", {}, "Headers"), element("dl", {}, ...list.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
}

// label names a status as the page does, since HTTP/2 has no words for it.
function label(status) {
  const row = [...document.querySelectorAll("#errors tbody tr")].find(({ cells }) => cells[0].textContent === String(status));
  return row?.cells[1].textContent ?? "";
}

function indented(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // not what it says it is, so shown as it came
  }
}

// content shows the body, or offers it as a file.
async function content(response) {
  const type = response.headers.get("Content-Type") ?? "";
  const disposition = response.headers.get("Content-Disposition") ?? "";
  if (disposition.startsWith("attachment") && !type.startsWith("application/json")) {
    const blob = await response.blob();
    const name = disposition.match(/filename="([^"]*)"/)?.[1] ?? "download";
    download = URL.createObjectURL(blob);
    return element("p", {}, element("a", { href: download, download: name }, `Save ${name}`), ` (${blob.size.toLocaleString("en")} bytes)`);
  }
  let text = await response.text();
  if (!text) return element("p", {}, "No body.");
  if (type.startsWith("application/json")) text = indented(text);
  if (text.length > longest) text = `${text.slice(0, longest)}\n… ${(text.length - longest).toLocaleString("en")} more characters`;
  const box = element("pre", { tabIndex: 0 }, element("code", {}, text));
  box.firstChild.dataset.language = "json";
  return box;
}

async function answer() {
  const [url, options] = call();
  const begun = performance.now();
  const response = await fetch(url, options);
  const took = `${Math.round(performance.now() - begun)} ms`;
  if (response.type === "opaqueredirect") {
    return [element("p", {}, element("strong", {}, "A redirect"), ` in ${took}. Browsers do not tell scripts where it leads: `, element("a", { href: url }, "open it"), ".")];
  }
  const status = element("strong", {}, `${response.status} ${label(response.status)}`);
  const cost = form.dataset.cost === "0" ? [] : [element("p", { className: "spent" }, spent(response))];
  return [element("p", { className: response.ok ? "" : "failed" }, status, ` in ${took}`), ...cost, headerList(response), await content(response)];
}

async function run(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  if (download) URL.revokeObjectURL(download);
  download = "";
  try {
    place.replaceChildren(...await answer());
  } catch (error) {
    place.replaceChildren(element("p", { className: "failed" }, `The call failed: ${error.message}`));
  }
  button.disabled = false;
  dispatchEvent(new Event("alta:code"));
}

function showKey() {
  keyField.value = sessionStorage.getItem(keyKept) ?? "";
}

form?.addEventListener("submit", run);
if (keyField) {
  showKey();
  addEventListener("alta:key", showKey);
  keyField.addEventListener("change", () => {
    if (keyField.value) sessionStorage.setItem(keyKept, keyField.value);
    else sessionStorage.removeItem(keyKept);
    sessionStorage.removeItem(idKept);
    dispatchEvent(new Event("alta:key"));
  });
}
