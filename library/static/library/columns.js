/* Names each cell of a list after its column: where the window is narrow, every row stands as a card of its own. */
"use strict";
for (const table of document.querySelectorAll("#result_list")) {
  const names = [...table.querySelectorAll("thead th")].map((head) => head.querySelector(".text")?.textContent.trim() ?? "");
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, place) => { if (names[place] && cell.className !== "action-checkbox") cell.dataset.column = names[place]; });
  }
}
