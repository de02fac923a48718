// Puts what the browser knows about its user into the fields of a sign-up: the time
// zone, and the currency of the region that the languages name.
const zone = document.querySelector("input[data-guess]");
const known = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && known) zone.value = known;

const currency = document.querySelector("select[data-guess]");
const region = currency && findRegion();
if (region) {
  const code = JSON.parse(currency.dataset.guess)[region];
  if ([...currency.options].some((option) => option.value === code)) currency.value = code;
}

// The first language with a region counts. If none has one, it is the region where
// most people speak the first language.
function findRegion() {
  const locales = [];
  for (const language of navigator.languages ?? [navigator.language]) {
    try {
      locales.push(new Intl.Locale(language));
    } catch {
      continue; // the browser has a language of its own making
    }
  }
  return locales.find((locale) => locale.region)?.region ?? locales[0]?.maximize().region;
}
