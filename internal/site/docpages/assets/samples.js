// Code samples with the reader's own API key in them, and with colours.

const kept = globalThis.altaKept;
const placeholder = "YOUR_API_KEY";
const samples = [...document.querySelectorAll("pre code[data-language]")].filter((code) => code.textContent.includes(placeholder));
const written = new Map(samples.map((code) => [code, code.textContent]));
const forget = document.getElementById("forget");

function write(key) {
  for (const [code, text] of written) code.textContent = key ? text.replaceAll(placeholder, key) : text;
  if (forget) forget.hidden = !key;
  paint();
}

const fillIn = async () => write(await kept.key());

forget?.addEventListener("click", kept.forget);
for (const change of ["alta:key", "alta:kept"]) addEventListener(change, fillIn);
addEventListener("alta:code", paint); // there is more to be coloured

// The page that the browser keeps for the way back has no key.
addEventListener("pagehide", () => write(""));
addEventListener("pageshow", ({ persisted }) => { if (persisted) fillIn(); });

// Colours are ranges over the text, so that the text stays as it is.
const words = "await|const|def|defer|err|from|func|if|import|new|nil|None|null|package|throw|true|True|false|False|curl";
const token = new RegExp(`(?<string>"(?:[^"\\\\\\n]|\\\\.)*"|'[^']*'|\`[^\`]*\`)(?<colon>\\s*:)?|(?<word>\\b(?:${words})\\b)|(?<number>\\b\\d+(?:\\.\\d+)?\\b)`, "g");

function paint() {
  if (!CSS.highlights) return;
  const ranges = { name: [], string: [], word: [], number: [] };
  for (const code of document.querySelectorAll("pre code[data-language]")) {
    const text = code.firstChild;
    for (const match of code.textContent.matchAll(token)) {
      const { string, colon, number } = match.groups;
      const kind = string ? (colon ? "name" : "string") : number ? "number" : "word";
      const range = new StaticRange({
        startContainer: text, startOffset: match.index,
        endContainer: text, endOffset: match.index + (string ?? match[0]).length,
      });
      ranges[kind].push(range);
    }
  }
  for (const [kind, list] of Object.entries(ranges)) CSS.highlights.set(`code-${kind}`, new Highlight(...list));
}

write("");
fillIn();
