// A transaction's form offers the categories that take its type only, and always the one that it has.

const category = document.querySelector("select#categoryId:has(option[data-kind])");
const types = document.querySelectorAll("input[type=radio][name=type]");
const chosenType = () => [...types].find((type) => type.checked)?.value;

if (category && types.length > 0) {
  const all = [...category.options].map((option) => ({option, group: option.parentElement}));
  const own = category.selectedOptions[0];
  let chosen = category.value; // by the person, who may go back to the type that it is for
  category.addEventListener("change", () => { chosen = category.value; });

  // Options cannot be hidden everywhere, so those that do not fit are taken out.
  const offer = () => {
    const type = chosenType();
    const fits = ({option}) => option === own || !type || !option.dataset.kind || [type, "BOTH"].includes(option.dataset.kind);
    for (const {option} of all) option.remove();
    category.replaceChildren();
    for (const {option, group} of all.filter(fits)) {
      group.append(option);
      if (group !== category) category.append(group);
    }
    category.value = [...category.options].some((option) => option.value === chosen) ? chosen : "";
  };

  for (const type of types) type.addEventListener("change", offer);
  offer();
}

// What an empty account held before is asked for an expense from it only.

const account = document.querySelector("select#accountId:has(option[data-kind=empty])");
const opening = document.querySelector("input#openingBalance");

if (account && opening) {
  const ask = () => {
    const asked = chosenType() !== "INCOME" && account.selectedOptions[0]?.dataset.kind === "empty";
    opening.closest(".field").hidden = !asked;
    opening.disabled = !asked;
  };

  account.addEventListener("change", ask);
  for (const type of types) type.addEventListener("change", ask);
  ask();
}
