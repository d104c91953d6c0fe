// Items of the draft carried by hand: what is dropped on an item goes before it, on a heading to the end of its section.
import { turn } from "./wire.js";

export function dragging(list) {
  const rows = document.querySelector("#rows");
  let carried = null;
  let over = null;

  function at(event) {
    const line = event.target.closest?.("a.line[data-id]");
    if (line) {
      const box = line.getBoundingClientRect();
      return { line, below: event.clientY > box.top + box.height / 2, group: line.closest(".group") };
    }
    const group = event.target.closest?.(".group");
    return group ? { line: null, below: true, group } : null;
  }

  function draw(spot) {
    for (const one of rows.querySelectorAll(".before, .after, .into")) one.classList.remove("before", "after", "into");
    if (spot?.line) spot.line.classList.add(spot.below ? "after" : "before");
    else spot?.group.classList.add("into");
  }

  rows.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("a.line[data-id]");
    if (!carried) return;
    list.select(carried, { look: false });
    carried.classList.add("carried");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.id);
  });
  rows.addEventListener("dragover", (event) => {
    if (!carried) return;
    over = at(event);
    if (!over) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    draw(over);
  });
  rows.addEventListener("drop", (event) => {
    const spot = at(event) ?? over;
    if (!carried || !spot) return;
    event.preventDefault();
    const id = carried.dataset.id;
    const others = [...spot.group.querySelectorAll("a.line[data-id]")].filter((line) => line.dataset.id !== id);
    const place = spot.line && spot.line !== carried ? others.indexOf(spot.line) + (spot.below ? 2 : 1) : others.length + 1;
    if (spot.line !== carried) turn(() => list.arrange("to", { anchor: id, section: spot.group.dataset.section, position: String(place) }));
  });
  rows.addEventListener("dragend", () => {
    carried?.classList.remove("carried");
    draw(null);
    carried = over = null;
  });
}
