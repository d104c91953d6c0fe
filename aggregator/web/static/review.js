// The pages with a script: the keys of the terminal, one after the other, and what others change.
import { listKeys } from "./list.js";
import { dragging } from "./drag.js";
import { ask, closeBox, openBox, send, settle, show, tell, turn, watch } from "./wire.js";

const page = document.body.dataset.page;
const list = page === "queue" || page === "outline" ? listKeys(page) : null;

// ---------------------------------------------------------------- keys

// The table stands in the help, so that what it says is what is done.
const actions = new Map();
for (const one of document.querySelectorAll("#keys [data-keys]"))
  for (const key of one.dataset.keys.split(" ")) actions.set(key, one.dataset.do);

let tabbing = false;

function nameOf(event) {
  // An input method may send a full-width sign for a key (７, ？, 、).
  const key = event.key === "、" ? "/" : event.key.length === 1 ? event.key.normalize("NFKC") : event.key;
  if (event.ctrlKey || event.metaKey) return `Ctrl+${key.toLowerCase()}`;
  return event.altKey ? `Alt+${key}` : key;
}

function isField(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function fieldKey(event, name) {
  const form = event.target.form;
  if ((name === "Ctrl+enter" || name === "Ctrl+s") && form?.getAttribute("method") === "post") {
    event.preventDefault();
    form.requestSubmit();
  } else if (name === "Escape" && list && !event.target.closest("dialog")) {
    event.preventDefault();
    const open = event.target.closest("details.edit");
    if (open) open.open = false;
    list.focus();
  }
}

document.addEventListener("keydown", (event) => {
  // What an input method composes is text, never a key.
  if (event.isComposing || event.keyCode === 229 || event.key === "Process" || event.defaultPrevented) return;
  const name = nameOf(event);
  const tabbed = tabbing;
  tabbing = name === "Tab";
  if (isField(event.target)) {
    tabbing = true;
    return fieldKey(event, name);
  }
  if (document.querySelector("dialog[open]")) return boxKey(event, name);
  const own = event.target.closest("a, button, summary") && !event.target.closest("#rows");
  if (own && (name === "Enter" || name === " ")) return;
  // Whoever walks through the page with Tab goes on with it.
  const away = event.target !== document.body && !event.target.closest("#rows");
  if (name === "Tab" && (event.shiftKey || tabbed || away)) return;
  const action = actions.get(name);
  if (!action || !list) return;
  event.preventDefault();
  if (event.repeat && !["down", "up", "page-down", "page-up"].includes(action)) return;
  press(action, name);
});

function boxKey(event, name) {
  const box = document.querySelector("dialog[open]");
  const choices = [...box.querySelectorAll("button, a[href], input, summary")].filter((one) => one.offsetParent !== null);
  const at = choices.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[name];
  if (step && choices.length) {
    event.preventDefault();
    choices[(at + step + choices.length) % choices.length].focus();
  } else if (name === "q" || name === "?" || name === "0") {
    event.preventDefault();
    box.close();
  } else if (box.id === "help" && actions.has(name) && !["Enter", " ", "Tab", "Escape"].includes(name)) {
    event.preventDefault();
    box.close();
    press(actions.get(name), name);
  }
}

// Moving needs no answer; everything else waits its turn, so that a key is about the row that stands there by then.
function press(action, name) {
  if (action === "open") return list.open();
  turn(() => run(action, name));
}

const boxes = { preview: "/draft/preview", check: "/draft/check", publish: "/draft/finish", lead: "/draft/lead" };

async function run(action, name) {
  if (action in boxes) return openBox(action, boxes[action]);
  if (action === "help") return openHelp();
  if (action === "undo" || action === "redo") return send(`/${action}`, list.where());
  if (action === "outline") return leaveFor("/draft");
  if (action === "queue") return leaveFor("/");
  if (action === "text") return leaveFor("/draft/text");
  if (action === "search") return focusField("#q");
  if (action === "add") return focusField("#add-url");
  return list.run(action, name);
}

function leaveFor(address) {
  location.assign(address);
  // Keys that come before the other page stands are not about this one.
  return new Promise(() => {});
}

function focusField(selector) {
  const field = document.querySelector(selector);
  field.focus();
  field.select();
}

function openHelp() {
  const help = document.querySelector("#help");
  if (!help) return leaveFor("/keys");
  help.showModal();
  help.querySelector("button")?.focus();
}

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-do]");
  if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (one.dataset.do === "help" && !document.querySelector("#help")) return;
  if (!list && one.dataset.do !== "help") return;
  event.preventDefault();
  one.closest("dialog")?.close();
  press(one.dataset.do, "");
});

// ---------------------------------------------------------------- forms

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.getAttribute("method") !== "post" || "plain" in form.dataset || !list) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, button));
  delete fields.csrf;
  delete fields.back;
  const box = form.closest("dialog");
  const index = list.where().index;
  // Not `form.action`: the buttons go by that name.
  const path = form.getAttribute("action");
  turn(async () => {
    const well = await send(path, { index, ...fields });
    if (!well) return;
    if (box) closeBox();
    if (path === "/add") form.reset();
    list.focus();
  });
});

const find = document.querySelector("#find");
if (find) {
  const narrowed = () => {
    const asked = new URLSearchParams([...new FormData(find)].filter(([name, value]) => value && !(name === "status" && value === "pending")));
    const address = asked.size ? `/?${asked}` : "/";
    history.replaceState(null, "", address);
    return show(address);
  };
  let waiting = 0;
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => turn(narrowed), 120);
  });
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    turn(narrowed);
    list.focus();
  });
  document.addEventListener("narrow", (event) => {
    Object.assign(find.elements[event.detail.name], { value: event.detail.value });
    turn(narrowed);
  });
}

// The summary that is being typed is part of the page that is left.
const text = document.querySelector("form.text textarea");
if (text) {
  text.dataset.first = text.value;
  let leaving = false;
  text.form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== text.dataset.first) event.preventDefault();
  });
}

if (list) {
  settle(list);
  list.start();
  watch(list);
  if (page === "outline") dragging(list);
  window.addEventListener("unhandledrejection", (event) => tell(String(event.reason), true));
}
export { ask };
