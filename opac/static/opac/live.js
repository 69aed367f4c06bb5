// Keeps the stock of each book on the page current: every element with data-stock="ID", also those that come later.
// The contract of page and script is in opac/templatetags/live_stock.py; how polls are answered, in opac/live.
(() => {
  const EVERY = 1400; // ms from the beginning of a poll to that of the next; a loan is seen within two seconds
  const PAUSE = [500, 700]; // ms from an answer to the next poll, at least: another process has read the stock by then
  const FIRST = 800; // the server may remember for a moment what was true before the page was made
  const LONGEST = 30000;
  const GIVEN_UP = 30000; // ms; the server answers within 20 s, also where there is no news
  const MOST = 50;
  const sentences = document.currentScript.dataset;
  let timer = 0;
  let failures = 0;
  let asking = null; // the poll under way: of which books, and how to end it
  let known = {}; // the stock of each book, as it was answered last

  function chosen([available, total, forLoan]) {
    if (!forLoan) return total ? "inside" : "none";
    if (!available) return forLoan > 1 ? "out" : "out_one";
    return forLoan > 1 ? "some" : "one";
  }

  function show(element, stock) {
    const which = chosen(stock);
    const said = sentences[which].replace("%(available)s", stock[0]).replace("%(for_loan)s", stock[2]);
    element.removeAttribute("data-stale");
    if (element.textContent === said) return; // or a screen reader would say it again
    element.textContent = said;
    element.dataset.level = { one: "some", out_one: "out" }[which] ?? which;
  }

  function elements() {
    return [...document.querySelectorAll("[data-stock]")];
  }

  function books() {
    return [...new Set(elements().map((element) => element.dataset.stock))].slice(0, MOST).join(",");
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, milliseconds);
  }

  function between([least, most]) {
    return least + Math.random() * (most - least);
  }

  // The stock of these books: at once, or, where the page knows all of it, as soon as one has another.
  async function ask(of, signal) {
    const asked = of.split(",").map((book) => [book, ...(known[book] ?? [])].join("-"));
    const answer = await fetch(`/live/stock?books=${asked}`, { credentials: "omit", cache: "no-store", signal });
    if (answer.ok) return answer.json();
    const wait = 1000 * (Number(answer.headers.get("Retry-After")) || 0);
    throw Object.assign(new Error(answer.statusText), { wait });
  }

  async function poll() {
    const of = books();
    if (asking) return;
    if (!of) return plan(EVERY);
    const began = Date.now();
    const end = new AbortController();
    const giveUp = setTimeout(() => end.abort(), GIVEN_UP);
    const mine = { of, end, left: false };
    asking = mine;
    try {
      known = await ask(of, end.signal);
      for (const element of elements()) {
        if (known[element.dataset.stock]) show(element, known[element.dataset.stock]);
      }
      failures = 0;
      plan(Math.max(began + EVERY - Date.now(), between(PAUSE)));
    } catch (error) {
      if (mine.left) return plan(Math.max(began + EVERY - Date.now(), 0));
      failures += 1;
      if (failures > 2) elements().forEach((element) => element.setAttribute("data-stale", ""));
      const backoff = Math.min(LONGEST, EVERY * 2 ** failures);
      plan(Math.max(error.wait ?? 0, between([backoff / 2, backoff])));
    } finally {
      clearTimeout(giveUp);
      asking = null;
    }
  }

  // The poll under way ends without an answer.
  function leave() {
    if (!asking) return;
    asking.left = true;
    asking.end.abort();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    plan(0);
  });
  new MutationObserver(() => asking && asking.of !== books() && leave()).observe(document.body, {
    childList: true,
    subtree: true,
  });
  plan(FIRST);
})();
