#!/usr/bin/env node
// Counts how often each book was borrowed, from the library's event log. Node 18 or later, no dependencies.
//
//   LIBRARY_URL=http://127.0.0.1:8000 LIBRARY_TOKEN=... node loans-per-book.mjs loans.json
//
// loans.json holds {"position": 17, "loans": {"3": 5}}. The position and the counts are replaced together, so
// whenever it is stopped or killed it goes on where it was, and no loan counts twice. Where the library does not keep
// the events from there on any more (KEEP_EVENTS_MONTHS), it says so and goes on with the first that are kept.

import { open, readFile, rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const WAIT_SECONDS = 20;
const LONGEST_PAUSE = 30_000;

class Unauthorized extends Error {}

async function load(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return { position: 0, loans: {} };
  }
}

async function save(file, state) {
  const fresh = await open(`${file}.new`, "w");
  try {
    await fresh.writeFile(JSON.stringify(state));
    await fresh.sync();
  } finally {
    await fresh.close();
  }
  await rename(`${file}.new`, file);
}

async function eventsAfter(position, { url, token, signal }) {
  const call = new AbortController();
  const end = () => call.abort();
  const limit = setTimeout(end, (WAIT_SECONDS + 10) * 1_000);
  signal.addEventListener("abort", end);
  try {
    const query = new URLSearchParams({ after: position, types: "BookBorrowed", wait: WAIT_SECONDS });
    const headers = { Authorization: `Token ${token}` };
    const answer = await fetch(new URL(`/api/v1/events?${query}`, url), { headers, signal: call.signal });
    if ([401, 403].includes(answer.status)) throw new Unauthorized(`the token is refused (${answer.status})`);
    if (answer.status === 410) return { events: [], again: 0, beginAt: (await answer.json()).begin_at };
    if (!answer.ok) throw new Error(`the library answered ${answer.status}`);
    return { events: (await answer.json()).results, again: Number(answer.headers.get("Retry-After") ?? 0) };
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", end);
  }
}

function counted(state, events) {
  const loans = { ...state.loans };
  for (const { data } of events) loans[data.book] = (loans[data.book] ?? 0) + 1;
  return { position: events.at(-1).position, loans };
}

async function listen(file, library) {
  const { signal } = library;
  let state = await load(file);
  let failures = 0;
  while (!signal.aborted) {
    try {
      const { events, again, beginAt } = await eventsAfter(state.position, library);
      failures = 0;
      if (beginAt > 0) {
        console.error(`what happened up to position ${beginAt} is not kept any more: loans of it are not counted`);
        await save(file, (state = { ...state, position: beginAt }));
      }
      if (events.length > 0) await save(file, (state = counted(state, events)));
      if (again > 0) await pause(again * 1_000, undefined, { signal }); // too many wait there already
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const longest = error instanceof Unauthorized ? LONGEST_PAUSE : Math.min(500 * 2 ** failures, LONGEST_PAUSE);
      const milliseconds = Math.round(longest * (0.5 + Math.random() / 2));
      console.error(`${error.cause?.message ?? error.message}; again in ${milliseconds} ms`);
      await pause(milliseconds, undefined, { signal }).catch(() => {});
    }
  }
}

const [file] = process.argv.slice(2);
const { LIBRARY_URL: url, LIBRARY_TOKEN: token } = process.env;
if (!file || !url || !token) {
  console.error("usage: LIBRARY_URL=... LIBRARY_TOKEN=... node loans-per-book.mjs FILE");
  process.exit(2);
}
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stop.abort());
await listen(file, { url, token, signal: stop.signal });
