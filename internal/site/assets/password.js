// Passwords can be shown while they are typed: <input data-show="Show" data-hide="Hide">.
for (const input of document.querySelectorAll("input[type=password][data-show]")) {
  const {show, hide} = input.dataset;
  const label = document.querySelector(`label[for="${input.id}"]`).textContent;
  const wrapper = document.createElement("div");
  const button = document.createElement("button");
  const set = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.textContent = isShown ? hide : show;
    button.setAttribute("aria-label", `${button.textContent}: ${label}`);
  };
  wrapper.className = "secret";
  button.className = "quiet";
  button.type = "button";
  button.addEventListener("click", () => set(input.type === "password"));
  const isFocused = document.activeElement === input;
  input.replaceWith(wrapper);
  wrapper.append(input, button);
  if (isFocused) input.focus();
  set(false);
  // It is sent as a password, so that browsers keep it as one.
  input.form.addEventListener("submit", () => set(false));
}
