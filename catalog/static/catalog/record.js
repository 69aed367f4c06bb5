// Asks for what may stand on the form of a book (what others say of its ISBN, a call number), and puts what is chosen
// into the fields. Nothing is saved by it.
"use strict";
(() => {
  const value = (name) => document.getElementById(`id_${name}`)?.value ?? "";
  for (const place of document.querySelectorAll("[data-asks]")) {
    const shown = place.querySelector("[role=status]");
    const button = place.querySelector("button");
    button.addEventListener("click", async () => {
      const asked = new URLSearchParams({ book: place.dataset.book });
      for (const name of place.dataset.asks.split(" ")) asked.set(name, value(name));
      button.disabled = true;
      const answer = await fetch(`${place.dataset.address}?${asked}`).catch(() => null);
      if (answer?.ok && !answer.redirected) shown.innerHTML = await answer.text();
      else shown.textContent = place.dataset.failed; // signed out, or the library is away: what was typed stays
      shown.hidden = false;
      button.disabled = false;
    });
    shown.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-fill], [data-record]");
      if (!chosen) return;
      const record = chosen.dataset.record ? JSON.parse(chosen.dataset.record) : { [chosen.dataset.fill]: chosen.dataset.value };
      for (const [id, text] of Object.entries(record)) {
        const field = document.getElementById(id);
        if (field) field.value = text;
      }
    });
  }
})();
