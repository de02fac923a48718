// What this tab keeps for a person: an API key for the live calls of the docs. It
// belongs to the session that put it there, or to nobody's if nobody was logged in.
// When somebody else is there, it goes.
const names = { key: "alta.apiKey", id: "alta.apiKeyID", owner: "alta.session" };
const own = document.querySelector("meta[name=alta-session]")?.content; // pages that are the same for everybody have none
const tabs = new BroadcastChannel("alta");
let keeping = Promise.resolve();
let asking;

async function ask() {
  try {
    const response = await fetch("/session", { cache: "no-store" });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

// whoIsThere returns the pseudonym of the live session, "" if nobody is logged in, and
// null if the server cannot say.
function whoIsThere() {
  asking ??= ask().finally(() => { asking = undefined; });
  return asking;
}

function forget() {
  for (const name of Object.values(names)) sessionStorage.removeItem(name);
  dispatchEvent(new Event("alta:key"));
}

// leave forgets everything that is somebody else's.
function leave() {
  forget();
  dispatchEvent(new Event("alta:left"));
}

// follow goes by the session that a page of this browser was just shown to.
function follow(session) {
  const owner = sessionStorage.getItem(names.owner);
  if (sessionStorage.getItem(names.key) && owner !== session) leave();
}

globalThis.altaKept = {
  own,
  forget,
  // key returns the key if it is the present person's, else "". It returns null if that
  // cannot be said now.
  async key() {
    await keeping;
    const key = sessionStorage.getItem(names.key);
    if (!key) return "";
    const session = await whoIsThere();
    if (session === null) return null;
    follow(session);
    return sessionStorage.getItem(names.key) ?? "";
  },
  id: () => sessionStorage.getItem(names.id),
  // keep keeps the key of the id for the session, which is asked for if it is not given.
  // It returns whether that could be said.
  keep(key, id, session) {
    sessionStorage.removeItem(names.key);
    keeping = (async () => {
      const owner = session ?? await whoIsThere();
      if (owner === null) return false;
      sessionStorage.setItem(names.owner, owner);
      sessionStorage.setItem(names.id, id);
      sessionStorage.setItem(names.key, key);
      return true;
    })();
    return keeping;
  },
};

if (own !== undefined) {
  follow(own);
  tabs.postMessage(own);
  // Browsers restore what was typed into a page's forms, also if somebody else did.
  const entry = globalThis.navigation?.currentEntry;
  const typedBy = (entry ? entry.getState() : history.state)?.session;
  addEventListener("pageshow", () => {
    if (typedBy !== undefined && typedBy !== own) for (const form of document.forms) form.reset();
  });
  // After replaceState, a reload would not send a form again, whose answer has the key.
  if (entry) navigation.updateCurrentEntry({ state: { session: own } });
  else if (!document.querySelector("[data-api-key]")) history.replaceState({ session: own }, "");
}
tabs.addEventListener("message", ({ data }) => (data === null ? leave() : follow(data)));

// What this tab keeps, and what the others show, goes with the person.
for (const form of document.querySelectorAll('form[action="/logout"]')) {
  form.addEventListener("submit", () => {
    sessionStorage.clear();
    tabs.postMessage(null);
  });
}

// A page that the browser has kept as it was is not shown to somebody else.
addEventListener("pageshow", async ({ persisted }) => {
  if (!persisted || !own) return;
  document.body.hidden = true;
  if (await whoIsThere() === own) document.body.hidden = false;
  else location.replace(location.href);
});
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && sessionStorage.getItem(names.key)) globalThis.altaKept.key();
});
