// A button that copies the article as rich text, the way a selection by hand would. Without this script there is no button.
const tools = document.getElementById("tools");
const article = document.getElementById("article");
const button = document.createElement("button");
const copied = document.createElement("span");

function bySelection() {
  const range = document.createRange();
  range.selectNodeContents(article);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand("copy");
}

async function copy() {
  try {
    const kinds = {
      "text/html": new Blob([article.innerHTML], { type: "text/html" }),
      "text/plain": new Blob([article.innerText], { type: "text/plain" }),
    };
    await navigator.clipboard.write([new ClipboardItem(kinds)]);
    return true;
  } catch {
    // Pages opened from a disk have no clipboard of their own.
    return bySelection();
  }
}

button.type = "button";
button.id = "copy";
button.className = "button";
button.textContent = tools.dataset.copy;
copied.id = "copied";
copied.setAttribute("role", "status");
button.addEventListener("click", async () => {
  const done = await copy();
  copied.textContent = done ? tools.dataset.done : tools.dataset.failed;
});
tools.querySelector("p").append(" ", button, " ", copied);
