// Keeps a new API key in this tab, for the live calls of the docs, until the
// key or the session is gone.
const kept = globalThis.altaKept;

const made = document.querySelector("[data-api-key]");
if (made) {
  kept.keep(made.textContent.trim(), made.dataset.apiKey, kept.own);
  for (const says of document.querySelectorAll("[data-kept-says]")) says.hidden = false;
  // The browser must not show the key again when somebody goes back.
  addEventListener("pagehide", () => {
    for (const secret of document.querySelectorAll("[data-api-key], #command code")) secret.textContent = "";
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.replace("/account/credentials"); });
}

// The list has every key that works: one that is not there was revoked, was
// rotated away, has expired or is somebody else's.
if (document.querySelector("[data-keys]")) {
  const id = kept.id();
  const listed = id && document.querySelector(`[data-key-id="${CSS.escape(id)}"] [data-kept]`);
  if (listed) listed.hidden = false;
  else kept.forget();
}
