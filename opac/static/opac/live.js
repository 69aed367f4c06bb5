// Keeps the stock of each book on the page current: every element with data-stock="ID", also those that come later.
// The contract of page and script is in opac/templatetags/live_stock.py; how polls are answered, in opac/live.
(() => {
  const EVERY = [1640, 1660]; // ms; with what the server remembers, a loan is seen within two seconds
  const FIRST = 800; // the server may remember for a moment what was true before the page was made
  const LONGEST = 30000;
  const COMPLETE = [12000, 15000]; // ms from one poll for all books to the next, while a file says what has changed
  const MOST = 50;
  const sentences = document.currentScript.dataset;
  let timer = 0;
  let failures = 0;
  let asking = false;
  let changes = null; // the file of changes, up to which reading this page knows them, and of which books
  let noFileUntil = 0;

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

  function plan(milliseconds) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, milliseconds);
  }

  function between([least, most]) {
    return least + Math.random() * (most - least);
  }

  async function get(address) {
    const answer = await fetch(address, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.ok || answer.status === 404) return answer;
    throw Object.assign(new Error(answer.statusText), { wait: 1000 * (Number(answer.headers.get("Retry-After")) || 0) });
  }

  // The stock of those books that have changed; null where the file does not tell, so that all have to be asked for.
  async function changed(books) {
    if (!changes || changes.books !== String(books) || Date.now() > changes.until) return null;
    const answer = await get(changes.address);
    if (!answer.ok) { // another server, or one that was started again
      changes = null;
      noFileUntil = Date.now() + COMPLETE[0];
      return null;
    }
    const [reading, since, found] = await answer.json();
    if (reading <= changes.reading || since > changes.reading) return null;
    changes.reading = reading;
    return found;
  }

  async function ask(books) {
    const answer = await get(`/live/stock?books=${books.join(",")}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const found = await answer.json();
    const address = answer.headers.get("Library-Changes");
    const told = address && Date.now() >= noFileUntil && books.every((book) => found[book]);
    const reading = Number(answer.headers.get("Library-Reading"));
    changes = told ? { address, reading, books: String(books), until: Date.now() + between(COMPLETE) } : null;
    return found;
  }

  async function poll() {
    if (asking) return;
    const books = [...new Set(elements().map((element) => element.dataset.stock))].slice(0, MOST);
    if (!books.length) return plan(EVERY[1]);
    asking = true;
    try {
      const found = (await changed(books)) ?? (await ask(books));
      for (const element of elements()) {
        if (found[element.dataset.stock]) show(element, found[element.dataset.stock]);
      }
      failures = 0;
      plan(between(EVERY));
    } catch (error) {
      failures += 1;
      if (failures > 2) elements().forEach((element) => element.setAttribute("data-stale", ""));
      const backoff = Math.min(LONGEST, EVERY[0] * 2 ** failures);
      plan(Math.max(error.wait ?? 0, between([backoff / 2, backoff])));
    } finally {
      asking = false;
    }
  }

  document.addEventListener("visibilitychange", () => plan(0));
  plan(FIRST);
})();
