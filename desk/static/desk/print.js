// Prints a slip or a sheet; a slip is as wide as the paper of the printer at this desk, which is remembered.
"use strict";
(() => {
  document.getElementById("print").addEventListener("click", () => window.print());
  const paper = document.getElementById("paper");
  if (!paper) return;
  const slip = document.getElementById("slip");
  const show = () => { slip.className = `slip paper-${paper.value}`; };
  paper.value = localStorage.getItem("desk-paper") || "80";
  show();
  paper.addEventListener("change", () => { localStorage.setItem("desk-paper", paper.value); show(); });
})();
