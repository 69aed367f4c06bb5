// Prints a slip, a sheet or a list, one that was opened to be printed at once; a slip is as wide as the paper of the printer at this desk, which is remembered.
"use strict";
(() => {
  const button = document.getElementById("print");
  button.addEventListener("click", () => window.print());
  if ("atOnce" in button.dataset) addEventListener("load", () => window.print());
  const paper = document.getElementById("paper");
  if (!paper) return;
  const slip = document.getElementById("slip");
  const show = () => { slip.className = `slip paper-${paper.value}`; };
  paper.value = localStorage.getItem("desk-paper") || "80";
  show();
  paper.addEventListener("change", () => { localStorage.setItem("desk-paper", paper.value); show(); });
})();
