// The rows of the queue or of the draft: a cursor, marks, and what a key does with them.
import { ask, keepPlace, place, send, show, state, tell, turn, words } from "./wire.js";

const rows = document.querySelector("#rows");
const beside = document.querySelector("#preview");
const marked = new Set();
let merging = [];
let asked = null;
let places = 0;

const lines = () => [...rows.querySelectorAll("a.line[data-id]")];
const current = () => rows.querySelector('a.line[aria-selected="true"]') ?? lines()[0] ?? null;
const indexOf = (line) => lines().indexOf(line);

export function listKeys(page) {
  const queue = page === "queue";

  // ---------------------------------------------------------------- the cursor

  function settle() {
    const known = new Set(lines().map((line) => line.dataset.id));
    for (const id of [...marked]) if (!known.has(id)) marked.delete(id);
    for (const line of rows.querySelectorAll("a.line")) line.tabIndex = -1;
    drawMarks();
    const here = current();
    if (here) {
      here.setAttribute("aria-selected", "true");
      rows.setAttribute("aria-activedescendant", here.id);
      here.scrollIntoView({ block: "nearest" });
    } else rows.removeAttribute("aria-activedescendant");
  }

  function select(line, { look = true } = {}) {
    const before = current();
    if (!line || line === before) return;
    before?.setAttribute("aria-selected", "false");
    line.setAttribute("aria-selected", "true");
    rows.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
    if (look) lookAt(line);
    const left = lines().length - indexOf(line);
    const more = rows.querySelector("[data-more]");
    if (queue && more && left < 20 && !more.dataset.asked) {
      more.dataset.asked = "yes";
      const address = new URL(more.href);
      turn(() => {
        const here = current();
        address.searchParams.set("at", here?.dataset.id ?? "");
        address.searchParams.set("keep", "1");
        return show(address.pathname + address.search);
      });
    }
  }

  // Only the last row that was moved to matters, so an older question is dropped.
  async function lookAt(line) {
    asked?.abort();
    asked = new AbortController();
    const following = lines()[indexOf(line) + 1]?.dataset.id ?? "";
    try {
      const html = await ask(`${line.dataset.part}?back=${encodeURIComponent(state().back)}&next=${following}`, asked.signal);
      if (current() !== line) return;
      place(html);
      beside.scrollTop = 0;
    } catch (error) {
      if (error.name !== "AbortError") tell(`${document.querySelector("#said").dataset.lost} (${error.message})`, true);
    }
    if (queue && state().back === "/") {
      clearTimeout(places);
      places = setTimeout(() => current() === line && keepPlace(line.dataset.id, indexOf(line)), 400);
    }
  }

  function move(step) {
    const all = lines();
    const at = Math.max(0, indexOf(current()));
    select(all[Math.max(0, Math.min(at + step, all.length - 1))]);
  }

  function pageSize() {
    const line = lines()[0];
    return line ? Math.max(1, Math.floor(rows.clientHeight / line.offsetHeight) - 1) : 1;
  }

  // ---------------------------------------------------------------- marks

  function drawMarks() {
    for (const line of lines()) {
      if (marked.has(line.dataset.id)) line.setAttribute("aria-checked", "true");
      else line.removeAttribute("aria-checked");
    }
  }

  function chosen() {
    const all = lines().filter((line) => marked.has(line.dataset.id));
    return all.length ? all : [current()].filter(Boolean);
  }

  /** What is sent along with a decision: the row to go on with, and where it stood. */
  function where(about = []) {
    const all = lines();
    const at = Math.max(0, indexOf(about[0] ?? current()));
    if (!queue) return { at: `${current()?.dataset.id ?? ""}:${at}`, index: at };
    const next = all.slice(at).find((line) => !about.includes(line)) ?? all.slice(0, at).reverse().find((line) => !about.includes(line));
    const index = about.length ? Math.max(0, at) : at;
    return { next: next?.dataset.id ?? "", index };
  }

  // ---------------------------------------------------------------- the queue

  async function decide(action) {
    const about = chosen();
    if (!about.length) return;
    for (const line of about) line.classList.add("going");
    const well = await send("/decide", { action, id: about.map((line) => line.dataset.id).join(","), ...where(about) });
    if (well) {
      marked.clear();
      drawMarks();
    } else for (const line of about) line.classList.remove("going");
    focus();
  }

  async function merge() {
    const into = current();
    if (!into) return;
    if (!merging.length) {
      merging = chosen().map((line) => line.dataset.id);
      const like = into.dataset.like && document.getElementById(`r${into.dataset.like}`);
      if (like) select(like);
      tell(words().merge);
      return;
    }
    const losers = merging.filter((id) => id !== into.dataset.id);
    if (!losers.length) return tell(words().mergeSelf, true);
    merging = [];
    marked.clear();
    await send("/merge", { id: losers.join(","), into: into.dataset.id, index: indexOf(into) });
    focus();
  }

  function digit(name) {
    const group = page === "queue" ? "/decide" : "/arrange";
    const slugs = rows.dataset.sections?.split(" ") ?? [];
    const slug = slugs[Number(name) - 1];
    if (!slug) return tell(`${words().section} ${name}`, true);
    return group === "/decide" ? decide(`approve:${slug}`) : arrange(`to:${slug}`);
  }

  function only(name) {
    const field = document.querySelector(`#find [name=${name}]`);
    const value = field.value ? "" : (current()?.dataset[name] ?? "");
    document.dispatchEvent(new CustomEvent("narrow", { detail: { name, value } }));
  }

  function clear() {
    if (merging.length || marked.size) {
      merging = [];
      marked.clear();
      drawMarks();
      tell("");
      return;
    }
    const link = document.querySelector(".narrowed a");
    if (link) location.assign(link.href);
    else tell("");
  }

  function mark() {
    const line = current();
    if (!line) return;
    if (!marked.delete(line.dataset.id)) marked.add(line.dataset.id);
    drawMarks();
    move(1);
    tell(marked.size ? words().marked.replace("{count}", marked.size) : "");
  }

  // ---------------------------------------------------------------- the draft

  async function arrange(action, more = {}) {
    const line = current();
    if (!line) return;
    line.classList.add("going");
    const id = more.anchor ?? line.dataset.id;
    await send("/arrange", { action, anchor: id, at: `${id}:${indexOf(line)}`, ...more });
    focus();
  }

  // ---------------------------------------------------------------- both

  function edit() {
    const form = document.querySelector("#edit");
    if (!form) return;
    if (form.tagName === "DETAILS") form.open = true;
    const title = document.querySelector("#edit-title");
    title.focus();
    title.scrollIntoView({ block: "nearest" });
  }

  function open() {
    const url = current()?.dataset.url;
    if (url) window.open(url, "_blank", "noopener,noreferrer");
  }

  function focus() {
    rows.focus({ preventScroll: true });
  }

  const shared = {
    down: () => move(1),
    up: () => move(-1),
    "page-down": () => move(pageSize()),
    "page-up": () => move(-pageSize()),
    first: () => move(-lines().length),
    last: () => move(lines().length),
    edit,
    into: digit,
  };
  const own = queue
    ? {
        approve: () => (merging.length ? merge() : decide("approve")),
        reject: () => decide("reject"),
        defer: () => decide("defer"),
        brief: () => decide("brief"),
        star: () => decide("star"),
        rest: () => send("/rest", { index: 0 }).then(focus),
        merge,
        mark,
        clear,
        "only-section": () => only("section"),
        "only-source": () => only("source"),
      }
    : {
        "carry-down": () => arrange("down"),
        "carry-up": () => arrange("up"),
        cut: () => arrange("cut"),
        "cut-later": () => arrange("later"),
        star: () => arrange("starred" in (current()?.dataset ?? {}) ? "unstar" : "star"),
      };

  return {
    settle,
    focus,
    open,
    where,
    arrange,
    select,
    start() {
      settle();
      if (!document.activeElement || document.activeElement === document.body) focus();
      rows.addEventListener("click", (event) => {
        const line = event.target.closest("a.line");
        if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if ("more" in line.dataset) turn(() => show(line.getAttribute("href")));
        else select(line);
        focus();
        // On a narrow screen the candidate stands below the rows.
        if (beside.getBoundingClientRect().top > innerHeight * 0.7) beside.scrollIntoView({ block: "start" });
      });
      rows.addEventListener("dblclick", open);
    },
    /** The address of what is shown now, the cursor where it is. */
    address(keep) {
      const address = new URL(state().back, location.href);
      const here = current();
      if (here) address.searchParams.set("at", queue ? here.dataset.id : `${here.dataset.id}:${indexOf(here)}`);
      if (queue) address.searchParams.set("show", lines().length);
      if (keep) address.searchParams.set("keep", "1");
      return address.pathname + address.search;
    },
    run(action, name) {
      return (own[action] ?? shared[action])?.(name);
    },
  };
}
