// Live queries: sends an operation's call from the reader's browser, by the
// reader's key, and shows what is answered.

const kept = globalThis.altaKept;
const firstHeaders = ["x-token-cost", "x-token-balance", "x-request-id", "ratelimit", "ratelimit-policy", "retry-after"];
const longest = 100_000; // characters of a body that are shown
const form = document.querySelector("[data-run]");
const place = document.getElementById("answer");
const keyField = document.getElementById("run-key");
const tokenField = document.getElementById("run-token");
let download = "";
let filled = ""; // the key of the field, if it is kept

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

// keep keeps the key that a person has entered for that person, as far as can be said
// who it is.
async function keep(key) {
  if (await kept.keep(key, "")) filled = key;
}

// mayUse says why the key of the page must not be used, or "". Somebody else than the
// person it was kept for may be there by now.
async function mayUse() {
  const key = keyField?.value;
  if (!key) return "";
  if (key !== filled) {
    await keep(key);
    return "";
  }
  const present = await kept.key();
  if (present === null) return "The server cannot say who is logged in here. Try again.";
  return present === key ? "" : "The key is forgotten: it was kept for a session that has ended. Enter one of your own.";
}

async function answer() {
  const refusal = await mayUse();
  if (refusal) return [element("p", { className: "failed" }, refusal)];
  const [url, options] = call();
  const begun = performance.now();
  const response = await fetch(url, options);
  const took = `${Math.round(performance.now() - begun)} ms`;
  if (response.type === "opaqueredirect") {
    return [element("p", {}, element("strong", {}, "A redirect"), ` in ${took}. Browsers do not tell scripts where it leads: `, element("a", { href: url }, "open it"), ".")];
  }
  if (response.status === 401 && keyField?.value) kept.forget(); // it opens nothing any more
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

async function showKey() {
  keyField.value = filled = await kept.key() ?? "";
}

// clear takes away what a person typed and was answered.
function clear() {
  if (download) URL.revokeObjectURL(download);
  download = "";
  place.replaceChildren();
  for (const secret of [keyField, tokenField]) if (secret) secret.value = "";
}

form?.addEventListener("submit", run);
if (form) {
  addEventListener("alta:left", () => {
    form.reset();
    clear();
  });
  addEventListener("pagehide", clear); // the page that the browser keeps for the way back has no secrets
}
if (keyField) {
  showKey();
  addEventListener("alta:key", showKey);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) showKey(); });
  keyField.addEventListener("change", async () => {
    if (!keyField.value) {
      kept.forget();
      return;
    }
    await keep(keyField.value);
    dispatchEvent(new Event("alta:kept"));
  });
}
