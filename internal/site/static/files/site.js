// What makes every page more pleasant. None of them needs it.

// Browsers have a clipboard only for pages from https and from this machine, and
// may refuse it. Elsewhere the text is copied from a field, by an older command.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.className = "copied-text";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}

// Copy buttons: <button data-copy="#id" data-copied="Copied">. If nothing can be
// copied, the text is selected.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    if (!await copy(source.value ?? source.textContent.trim())) {
      getSelection().selectAllChildren(source);
      return;
    }
    const says = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = says; }, 2000);
  });
}

// A toast goes when it has been read, and is not there again after a reload.
const toast = document.querySelector("[data-toast]");
if (toast) {
  const url = new URL(location.href);
  url.searchParams.delete("done");
  history.replaceState(null, "", url);
  setTimeout(() => toast.remove(), 8000);
}

// A form is sent once: the second press of its button does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
