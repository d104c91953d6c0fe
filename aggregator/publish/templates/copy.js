// Copies the article as rich text, the way a selection by hand would.
const button = document.getElementById("copy");
const article = document.getElementById("article");

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

button.addEventListener("click", async () => {
  const done = await copy();
  document.getElementById("copied").textContent = done ? button.dataset.done : button.dataset.failed;
});
