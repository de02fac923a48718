// Where a form may be sent only after a while, its button waits along: <p data-wait="42">.
const notice = document.querySelector("[data-wait]");
const button = document.querySelector("main form button[type=submit]");
const says = button.textContent;
const until = Date.now() + notice.dataset.wait * 1000;

function count() {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  button.disabled = seconds > 0;
  if (seconds <= 0) {
    button.textContent = says;
    notice.hidden = true;
    return;
  }
  const two = String(seconds % 60).padStart(2, "0");
  button.textContent = `${says} (${Math.floor(seconds / 60)}:${two})`;
  setTimeout(count, 250);
}

count();
