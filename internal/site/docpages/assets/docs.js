// What makes the documentation more pleasant. All of it is there without.

const $ = (selector) => document.querySelector(selector);

for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;

// Code samples: one language at a time, the same one on each page.
const languageKept = "alta.language";

// kept is what localStorage has. Browsers that keep nothing throw.
function kept() {
  try {
    return localStorage.getItem(languageKept);
  } catch {
    return null;
  }
}

function keep(language) {
  try {
    localStorage.setItem(languageKept, language);
  } catch {
    // the choice is for this page
  }
}

function tabs(group) {
  const panels = [...group.querySelectorAll("[data-tab]")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", group.dataset.tabs);
  const buttons = panels.map((panel) => {
    const button = document.createElement("button");
    button.type = "button";
    button.id = `tab-${panel.id}`;
    button.textContent = panel.dataset.tab;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    panel.querySelector("h3").hidden = true;
    return button;
  });
  const select = (index) => {
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", i === index);
      button.tabIndex = i === index ? 0 : -1;
      panels[i].hidden = i !== index;
    });
  };
  const choose = (index) => {
    select(index);
    buttons[index].focus();
    keep(panels[index].dataset.tab);
  };
  buttons.forEach((button, i) => button.addEventListener("click", () => choose(i)));
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose((to + buttons.length) % buttons.length);
  });
  list.append(...buttons);
  group.prepend(list);
  select(Math.max(0, panels.findIndex((panel) => panel.dataset.tab === kept())));
}

for (const group of document.querySelectorAll("[data-tabs]")) tabs(group);

// Search as one types. The form works as it is, too.
const field = $("#q");
const hits = $("#hits");
const shown = 8;
let asked = new AbortController();

async function search() {
  asked.abort();
  asked = new AbortController();
  const query = field.value.trim();
  if (!query) {
    hits.hidden = true;
    return;
  }
  try {
    const url = `${field.form.action}?${new URLSearchParams({ q: query })}`;
    const response = await fetch(url, { credentials: "omit", signal: asked.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const late of [...page.querySelectorAll("[data-hits] li")].slice(shown)) late.remove(); // Enter shows them all
    hits.replaceChildren(...page.querySelectorAll("main [role=status], main [data-hits] > *"));
    hits.hidden = false;
  } catch (error) {
    if (error.name !== "AbortError") hits.hidden = true; // Enter still asks for the page
  }
}

let typing;
field.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 120);
});
field.form.addEventListener("keydown", (event) => {
  const links = [field, ...hits.querySelectorAll("a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && !hits.hidden) {
    hits.hidden = true;
    field.focus();
  } else if (step && !hits.hidden) {
    event.preventDefault();
    const to = links.indexOf(document.activeElement) + step;
    links[(to + links.length) % links.length].focus();
  }
});
field.form.addEventListener("focusout", (event) => {
  if (!field.form.contains(event.relatedTarget)) hits.hidden = true;
});
$("#shortcut").hidden = false;
addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, select");
  const asks = (event.key === "k" && (event.metaKey || event.ctrlKey)) || (event.key === "/" && !writes);
  if (!asks) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// The navigation is open where there is room for it, in older browsers too,
// and shows where one is.
const wide = matchMedia("(min-width: 48.01rem)").matches;
if (wide) {
  $(".menu").open = true;
  const side = $(".side");
  const current = side.querySelector("[aria-current]");
  if (current) side.scrollTop = current.offsetTop - side.clientHeight / 2;
}

// The contents show which section is being read.
const entries = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const reading = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (!isIntersecting) continue;
    for (const link of entries.values()) link.removeAttribute("aria-current");
    entries.get(target.id).setAttribute("aria-current", "true");
  }
}, { rootMargin: "0px 0px -70% 0px" });
for (const id of entries.keys()) reading.observe(document.getElementById(id));
