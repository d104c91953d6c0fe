// What goes to the server and comes back: one thing after the other, and every answer is the page as the store has it.
let chain = Promise.resolve();
let waiting = 0;
let list = null;

const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
const words = () => document.querySelector("#words").dataset;

/** Do something when everything before it is done. */
export function turn(work) {
  waiting += 1;
  chain = chain
    .then(work)
    .catch((error) => tell(`${document.querySelector("#said").dataset.lost} (${error.message ?? error})`, true))
    .finally(() => (waiting -= 1));
  return chain;
}

/** The list that answers belong to. */
export function settle(one) {
  list = one;
}

export function state() {
  return document.querySelector("#state")?.dataset ?? {};
}

/** Ask for a part of a page. */
export async function ask(address, signal) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

/** Put the parts of an answer where they say that they belong: htmx's own out-of-band form, without its walk over every row. */
export function place(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of template.content.querySelectorAll("[hx-swap-oob]")) {
    const target = document.querySelector(part.getAttribute("hx-swap-oob").replace("innerHTML:", ""));
    if (!target) continue;
    target.replaceChildren(...part.childNodes);
    if (target.querySelector("[hx-post], [hx-get]")) htmx.process(target);
  }
}

function put(html) {
  const focused = document.activeElement;
  const inside = focused && focused !== document.body;
  place(html);
  list?.settle();
  // What had the focus may have gone with the part that was replaced.
  if (inside && (document.activeElement === document.body || !document.contains(focused))) list?.focus();
}

/** Show another part of the queue or of the draft. */
export async function show(address) {
  put(await ask(address));
}

/** Send a form; true when it was taken. */
export async function send(path, fields) {
  const body = new URLSearchParams({ csrf, back: state().back ?? "/", ...fields });
  const answer = await fetch(path, { method: "POST", headers: { "HX-Request": "true" }, body });
  const goal = answer.headers.get("HX-Redirect");
  if (goal) {
    location.assign(goal);
    return new Promise(() => {});
  }
  if (!answer.ok) {
    tell(`${document.querySelector("#said").dataset.lost} (${answer.status})`, true);
    return false;
  }
  const html = await answer.text();
  if (!html) return true;
  put(html);
  return !document.querySelector("#said .wrong");
}

/** Remember the row for the next sitting; when that fails, the next sitting begins elsewhere and nothing else is lost. */
export function keepPlace(id, index) {
  const body = new URLSearchParams({ csrf, id, index });
  fetch("/place", { method: "POST", headers: { "HX-Request": "true" }, body, keepalive: true }).catch(() => {});
}

/** Say something where the answers are said. */
export function tell(message, wrong = false) {
  const said = document.querySelector("#said");
  const box = document.createElement("div");
  box.className = wrong ? "flash wrong" : "flash";
  if (wrong) box.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = message;
  box.append(line);
  said.replaceChildren(...(message ? [box] : []));
}

/** Open a part of the draft over the page. */
export async function openBox(name, address) {
  const box = document.querySelector("#box");
  const back = state().back ?? "/";
  const html = await ask(`${address}?back=${encodeURIComponent(back)}`);
  box.querySelector("#box-title").textContent = words()[name];
  const body = box.querySelector("#box-body");
  body.innerHTML = html;
  htmx.process(body);
  if (!box.open) box.showModal();
  body.querySelector("textarea, input[type=checkbox]")?.focus();
}

export function closeBox() {
  document.querySelector("#box")?.close();
}

/** Show what others change, within a second; a page that nobody sees asks for nothing. */
export function watch(one) {
  let asking = false;
  setInterval(async () => {
    if (asking || document.hidden || waiting) return;
    asking = true;
    try {
      const since = state().version;
      const answer = await fetch(`/news?since=${encodeURIComponent(since)}`);
      if (answer.status === 200 && !waiting && state().version === since) {
        const now = await answer.text();
        turn(async () => {
          if (state().version !== since) return;
          // What is being written beside the rows stays.
          const keep = document.activeElement?.closest("#preview, #heads, dialog") && document.activeElement.matches("input, textarea, select");
          // A server that was started again takes no forms of pages from before.
          if (now.split(".")[0] !== since.split(".")[0] && !keep) return location.reload();
          await show(one.address(keep));
        });
      }
    } catch {
      // The server is away: the next key says so.
    } finally {
      asking = false;
    }
  }, 700);
}

export { words };
