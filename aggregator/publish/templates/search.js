// Search over the indexes that lie beside the site. Results are put in as text, never as markup.
const box = document.getElementById("search");
const query = document.getElementById("query");
const status = document.getElementById("status");
const results = document.getElementById("results");
const site = new URL("../", location.href);
let engine;
let latest = 0;

async function open() {
  const place = (number) => new URL(`pagefind/${number}/`, site).href;
  const options = { baseUrl: site.pathname };
  let number = Number(box.dataset.bundles);
  const found = await import(place(number) + "pagefind.js");
  await found.options(options);
  while (--number > 0) await found.mergeIndex(place(number), options);
  return found;
}

async function load() {
  engine ??= open();
  try {
    return await engine;
  } catch (error) {
    engine = undefined;
    throw error;
  }
}

function row(page) {
  const entry = document.createElement("li");
  const link = document.createElement("a");
  link.href = new URL(page.url, location.href).href;
  link.textContent = page.meta.title;
  const excerpt = document.createElement("span");
  excerpt.className = "meta";
  excerpt.textContent = new DOMParser().parseFromString(page.excerpt, "text/html").body.textContent;
  entry.append(link, excerpt);
  return entry;
}

async function search() {
  const mine = ++latest;
  const text = query.value.trim();
  if (!text) {
    results.replaceChildren();
    status.textContent = "";
    return;
  }
  try {
    const found = await (await load()).search(text);
    const pages = await Promise.all(found.results.slice(0, 30).map((result) => result.data()));
    if (mine !== latest) return;
    results.replaceChildren(...pages.map(row));
    const words = found.results.length ? status.dataset.some : status.dataset.none;
    status.textContent = words.replace("{count}", found.results.length);
    history.replaceState(null, "", "?q=" + encodeURIComponent(text));
  } catch {
    status.textContent = status.dataset.failed;
  }
}

box.hidden = false;
query.value = new URLSearchParams(location.search).get("q") ?? "";
let timer;
query.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, 150);
});
if (query.value) search();
