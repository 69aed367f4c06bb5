/* Names each cell of a table after its column: where the window is narrow, every row stands as a card of its own. */
"use strict";
const capitalized = (words) => words.charAt(0).toUpperCase() + words.slice(1);
for (const table of document.querySelectorAll("#result_list, .tabular table, .in-cards table")) {
  const names = [...table.querySelectorAll("thead th")].map((head) => capitalized((head.querySelector(".text") ?? head).textContent.trim()));
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, place) => { if (names[place] && cell.colSpan === 1) cell.dataset.column = names[place]; });
  }
  table.classList.add("cards");
}
