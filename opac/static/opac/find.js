// Whoever followed a filter, which is gone with the results it stood beside, goes on from the new total.
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) document.getElementById("total")?.focus({ preventScroll: true });
});
