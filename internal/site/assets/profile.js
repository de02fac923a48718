// Offers the time zones that the browser knows.
const field = document.querySelector("input[name=timezone]");
if (field && Intl.supportedValuesOf) {
  const list = document.createElement("datalist");
  list.id = "time-zones";
  for (const zone of Intl.supportedValuesOf("timeZone")) list.append(new Option(zone, zone));
  field.after(list);
  field.setAttribute("list", list.id);
}
