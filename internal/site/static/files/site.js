// What makes every page more pleasant. None of them needs it.

// Copy buttons: <button data-copy="#id" data-copied="Copied">.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
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

// What this tab keeps for a person goes when they do.
for (const form of document.querySelectorAll('form[action="/logout"]')) {
  form.addEventListener("submit", () => sessionStorage.clear());
}
