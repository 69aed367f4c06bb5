// Asks for a call number for what stands on the form of a book, and puts what is chosen into its field.
"use strict";
(() => {
  const place = document.getElementById("call-number");
  if (!place) return;
  const shown = document.getElementById("suggested");
  const NAMES = ["title", "authors", "subjects", "class_number", "call_number"];
  document.getElementById("suggest").addEventListener("click", async () => {
    const asked = new URLSearchParams({ book: place.dataset.book });
    for (const name of NAMES) asked.set(name, document.getElementById(`id_${name}`)?.value ?? "");
    const answer = await fetch(`${place.dataset.address}?${asked}`).catch(() => null);
    if (answer?.ok && !answer.redirected) shown.innerHTML = await answer.text();
    else shown.textContent = place.dataset.failed; // signed out, or the library is away: what was typed stays
    shown.hidden = false;
  });
  shown.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (button) document.getElementById(button.dataset.fill).value = button.dataset.value;
  });
})();
