// The desk's box: a scan is taken at once, waits in the browser until it is answered, and is sent in its order under a
// key of its own, so that nothing is lost and nothing is done twice. Without this script each scan is a plain form.
"use strict";
(() => {
  const desk = document.querySelector(".desk-columns");
  const box = document.getElementById("box");
  if (!desk || !box) return;
  const field = box.elements.typed;
  const notice = document.getElementById("waiting");
  const acts = document.getElementById("acts");
  const QUEUE = `desk-scans-${desk.dataset.user}`; // another person's scans are not sent by this one
  const PARTS = (desk.dataset.parts ?? "patron question basket").split(" "); // a stocktaking has a part of its own
  const CARRIED = ["patron", "basket"].filter((name) => box.elements[name]);
  const PAUSE = [50, 150, 500, 1000, 2000, 4000]; // a process that died is another one's turn, at once
  const CLOSES_AFTER = 6000;
  const MOST_ACTS = 50;
  const READ_TWICE = 5000; // a number that is read again within so long was read twice by mistake
  const lastRead = new Map();
  let failures = 0;
  let sending = false;
  let leaving = false;

  // What waits, in this tab; it outlives a page that is loaded again and a session that has ended.
  const waiting = {
    all: () => JSON.parse(sessionStorage.getItem(QUEUE) || "[]"),
    keep: (scans) => sessionStorage.setItem(QUEUE, JSON.stringify(scans)),
    add(scan) { this.keep([...this.all(), scan]); },
    drop(key) { this.keep(this.all().filter((scan) => scan.form_key !== key)); },
  };

  function take(address, values) {
    const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    if (address === box.action) values.push(["again_of", againOf(values.find(([name]) => name === "typed")?.[1].trim(), key)]);
    waiting.add({ address, values, form_key: key, at: Date.now() });
    showWaiting();
    send();
  }

  // The key of the scan that read the same a moment ago. Only this clock knows: a scan may wait here and on its way.
  function againOf(typed, key) {
    const first = lastRead.get(typed);
    if (first && Date.now() - first.at <= READ_TWICE) return first.key;
    lastRead.set(typed, { key, at: Date.now() });
    return "";
  }

  function showWaiting(sentence = "") {
    const scans = waiting.all();
    notice.hidden = !sentence && (failures < 2 || !scans.length);
    const list = scans.map((scan) => scan.values.find(([name]) => name === "typed")?.[1] ?? "").filter(Boolean);
    notice.textContent = `${sentence || notice.dataset.sending} ${list.join(", ")}`;
  }

  async function send() {
    if (sending || leaving) return;
    sending = true;
    try {
      for (let scan; (scan = waiting.all()[0]); ) {
        const answer = await ask(scan);
        if (!answer) return;
        waiting.drop(scan.form_key);
        show(answer);
      }
    } finally {
      sending = false;
      showWaiting(notice.dataset.said || "");
    }
  }

  async function ask(scan) {
    const body = new URLSearchParams(); // which is read in a fraction of the time that a form of many parts takes
    for (const [name, value] of scan.values) body.append(name, value);
    // Who is on screen and what waits for a card is as the scans before this one have left it.
    for (const name of CARRIED) body.set(name, box.elements[name].value);
    if (box.elements.day && !body.has("day")) body.set("day", box.elements.day.value);
    body.set("form_key", scan.form_key);
    body.set("waited", Date.now() - scan.at);
    body.set("csrfmiddlewaretoken", box.elements.csrfmiddlewaretoken.value);
    let answer;
    try {
      answer = await fetch(scan.address, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store",
        signal: AbortSignal.timeout(20000),
      });
    } catch {
      return later();
    }
    if (answer.ok) {
      failures = 0;
      delete notice.dataset.said;
      return answer.json();
    }
    if (answer.type === "opaqueredirect") return signedOut();
    if (answer.status === 400) return { errors: (await answer.json()).errors };
    if (answer.status === 403) return scan.again ? { errors: [notice.dataset.refused] } : onFreshPage(scan);
    if (answer.status === 404) return { errors: [] };
    return later(1000 * Number(answer.headers.get("Retry-After") || 0));
  }

  function later(wait = 0) {
    const pause = Math.max(wait, PAUSE[Math.min(failures, PAUSE.length - 1)]);
    failures += 1;
    setTimeout(send, pause);
    return null;
  }

  // Somebody has signed in anew in another tab, perhaps: then this page's token is old, and a fresh page has the new one.
  function onFreshPage(refused) {
    waiting.keep(waiting.all().map((scan) => (scan.form_key === refused.form_key ? { ...scan, again: true } : scan)));
    return loadAgain();
  }

  function signedOut() {
    failures += 1;
    notice.dataset.said = notice.dataset.signedOut;
    return loadAgain();
  }

  function loadAgain() {
    leaving = true; // nothing more is sent by a page that is about to go
    location.assign(`${desk.dataset.desk}?${new URLSearchParams(CARRIED.map((name) => [name, box.elements[name].value]))}`);
    return null;
  }

  function show(answer) {
    document.getElementById("said")?.remove(); // what is said of an earlier scan is not said of this one
    if (answer.errors) {
      for (const sentence of answer.errors) toast("refused", sentence);
      return play("refused");
    }
    for (const part of PARTS) document.getElementById(part).innerHTML = answer[part];
    if (CARRIED.length) {
      box.elements.patron.value = answer.on_screen ?? "";
      box.elements.basket.value = answer.waiting;
      box.elements.day.value = answer.day;
      document.getElementById("backdate").hidden = !answer.day;
    }
    for (const act of answer.acts) list(act);
    play(answer.sound);
    const asked = document.querySelector("#question [autofocus], #question button");
    if (asked) asked.focus();
    else field.focus();
    if (answer.slip && answer.on_screen) window.open(`${desk.dataset.slip}?patron=${answer.on_screen}`, "_blank", "noopener");
  }

  function list(act) {
    const shown = document.getElementById(`act-${act.id}`);
    const holder = document.createElement("ol");
    holder.innerHTML = act.html;
    const entry = holder.firstElementChild;
    if (shown) shown.replaceWith(entry);
    else acts.prepend(entry);
    while (acts.children.length > MOST_ACTS) acts.lastElementChild.remove();
    const said = entry.querySelector(".act-undone") || entry.querySelector(".act-said");
    toast(entry.classList.contains("refused") || entry.classList.contains("repeated") ? "refused" : "done",
      [entry.querySelector("b")?.textContent, said.textContent].filter(Boolean).join(": "));
  }

  // The newest word stands by the box and goes by itself; the list keeps it.
  function toast(level, sentence) {
    document.getElementById("said")?.remove();
    const said = document.createElement("p");
    said.id = "said";
    said.className = `said ${level}`;
    said.textContent = sentence;
    box.append(said);
    setTimeout(() => said.remove(), CLOSES_AFTER);
  }

  // Sounds: off until somebody asks for them; a browser plays none before.
  const sounds = document.getElementById("sounds");
  const TONES = { lent: [[880, 0.09]], back: [[660, 0.07], [880, 0.07]], refused: [[220, 0.3]] };
  let audio = null;
  function play(name) {
    if (!audio || !TONES[name]) return;
    let at = audio.currentTime;
    for (const [pitch, length] of TONES[name]) {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.frequency.value = pitch;
      loudness.gain.value = 0.2;
      tone.connect(loudness).connect(audio.destination);
      tone.start(at);
      tone.stop((at += length));
    }
  }
  function setSounds(on) {
    audio = on ? (audio ?? new AudioContext()) : null;
    sounds.setAttribute("aria-pressed", on);
    localStorage.setItem("desk-sounds", on ? "on" : "off");
  }
  sounds.hidden = false;
  sounds.addEventListener("click", () => { setSounds(!audio); play("lent"); field.focus(); });
  if (localStorage.getItem("desk-sounds") === "on") document.addEventListener("keydown", () => setSounds(true), { once: true });

  // Every form of the page goes through the queue; the box is empty at once for the next scan.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!desk.contains(form)) return;
    event.preventDefault();
    const values = [...new FormData(form, event.submitter ?? undefined)].filter(
      ([name]) => !["csrfmiddlewaretoken", "form_key", "patron", "basket"].includes(name));
    if (form === box) {
      if (!field.value.trim()) return;
      field.value = "";
      field.focus();
    }
    take(form.action, values);
  });

  // A scanner types wherever the cursor is: letters that no field takes go to the box, also from a button that waits
  // for an answer, or the scanner's Enter would press it. Space is for buttons.
  const TAKES_LETTERS = "input:not([type=checkbox], [type=submit]), select, textarea";
  document.addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && !event.target.closest(TAKES_LETTERS)) field.focus();
    if (event.key === "Escape" && !event.isComposing) nextPatron(event); // else it ends a syllable that is not done
  });
  desk.addEventListener("click", (event) => event.target.closest(".next-patron") && nextPatron(event));

  // The desk is emptied for whoever comes next.
  function nextPatron(event) {
    if (!box.elements.patron) return;
    event.preventDefault();
    field.value = "";
    field.focus();
    take(box.action, [["typed", "DESK-NEXT"]]);
  }

  let idle = 0;
  function stay() {
    clearTimeout(idle);
    idle = setTimeout(leave, 60000 * Number(desk.dataset.idle));
  }
  async function leave() {
    if (waiting.all().length) return stay();
    const body = new URLSearchParams();
    body.set("csrfmiddlewaretoken", box.elements.csrfmiddlewaretoken.value);
    desk.hidden = true;
    try {
      await fetch(desk.dataset.away, { method: "POST", body, redirect: "manual" });
    } finally {
      location.assign(desk.dataset.desk);
    }
  }
  for (const name of desk.dataset.idle ? ["keydown", "pointerdown"] : []) document.addEventListener(name, stay);
  if (desk.dataset.idle) stay();
  field.focus();
  send();
})();
