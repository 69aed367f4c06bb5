// Prints a slip or a sheet; a slip is as narrow as a receipt, or for A4.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("wide")?.addEventListener("change", (event) => {
  document.getElementById("slip").classList.toggle("wide", event.target.checked);
});
