// Shows the whole contract by Redoc.
const place = document.getElementById("redoc");
Redoc.init(place.dataset.document, {
  nonce: place.dataset.nonce, // its styles are made here, which the page's policy lets pass by this
  disableSearch: true, // would take a worker, and the docs have a search of their own
  hideDownloadButton: true,
  expandResponses: "200,201",
  showExtensions: ["x-token-cost", "x-rate-class", "x-since", "x-role"],
  theme: {
    colors: { primary: { main: "#3b4fd8" } },
    typography: { fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif", headings: { fontFamily: "inherit" }, code: { fontFamily: "ui-monospace, SFMono-Regular, Consolas, Liberation Mono, monospace" } },
  },
}, place);
