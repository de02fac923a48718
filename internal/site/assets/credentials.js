// Keeps a new API key in this tab, for the live calls of the docs, until the
// key is gone.
const keyName = "alta.apiKey", idName = "alta.apiKeyID";

const made = document.querySelector("[data-api-key]");
if (made) {
  sessionStorage.setItem(keyName, made.textContent.trim());
  sessionStorage.setItem(idName, made.dataset.apiKey);
  for (const says of document.querySelectorAll("[data-kept-says]")) says.hidden = false;
}

// The list has every key that works: one that is not there was revoked, was
// rotated away, has expired or is somebody else's.
if (document.querySelector("[data-keys]")) {
  const id = sessionStorage.getItem(idName);
  const kept = id && document.querySelector(`[data-key-id="${CSS.escape(id)}"] [data-kept]`);
  if (kept) {
    kept.hidden = false;
  } else {
    sessionStorage.removeItem(keyName);
    sessionStorage.removeItem(idName);
  }
}
