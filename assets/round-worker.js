// The service worker of the round. Its address limits it to the pages under /shipments/; of these it keeps one: the
// round as it was last seen, with the files it needs, so that it opens without a signal. Nothing else is kept, and
// nothing of it outlives signing out.
import { flush } from "./outbox.js";

const shelf = "goodwill-round-1";
const waiting = "/shipments/round/?next"; // a fresh page, until its files are here, too
const round = "/shipments/round/";
const patience = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("goodwill-round-") && name !== shelf) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

const isRound = (url) => url.pathname === round && !url.search;
// A file's address carries a stamp of its content, so what is kept under it never grows old.
const isFile = (url) => url.pathname.startsWith("/static/") && url.searchParams.has("v");

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isFile(url)) event.respondWith(fileOf(request));
  else if (isRound(url)) event.respondWith(pageOf(request));
});

async function fileOf(request) {
  const kept = await caches.match(request, { cacheName: shelf, ignoreVary: true });
  return kept ?? fetch(request);
}

// Fresh where there is a signal; else, or where the signal is too weak to wait for, as it was last seen.
async function pageOf(request) {
  const fresh = fetch(request).then(async (answer) => {
    await lay(answer).catch(() => {
      // A device that is full keeps nothing, but what the server answered is shown all the same.
    });
    return answer;
  });
  const kept = await caches.match(round, { cacheName: shelf, ignoreVary: true });
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, patience, kept));
  return Promise.race([fresh.then((answer) => (answer.status >= 500 ? kept : answer)).catch(() => kept), late]);
}

async function lay(answer) {
  const place = await caches.open(shelf);
  if (answer.ok && !answer.redirected) await place.put(waiting, answer.clone());
  // The session is over: the next person must not find this one's customers.
  else if (answer.type === "opaqueredirect" || answer.redirected) await place.delete(round);
}

// The page says which files it is made of; only once they are all here does it take the place of the older one.
async function keep(files) {
  const place = await caches.open(shelf);
  for (const file of files) {
    if (await place.match(file, { ignoreVary: true })) continue;
    const answer = await fetch(file);
    if (!answer.ok) return;
    await place.put(file, answer);
  }
  let page = await place.match(waiting);
  if (!page) {
    page = await fetch(round);
    if (!page.ok || page.redirected) return;
  }
  await place.put(round, page);
  await place.delete(waiting);
  const needed = new Set(files.map((file) => new URL(file, self.location).href));
  for (const { url } of await place.keys()) {
    if (isFile(new URL(url)) && !needed.has(url)) await place.delete(url);
  }
}

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

// Where the browser has it, this wakes us once there is a signal again, even with the page closed.
self.addEventListener("sync", (event) => {
  if (event.tag !== "goodwill-outbox") return;
  const token = async () => (await self.cookieStore?.get("goodwill_csrf"))?.value ?? "";
  const tell = async () => {
    for (const client of await self.clients.matchAll()) client.postMessage({ outbox: true });
  };
  event.waitUntil(
    flush({ token, onChange: tell, patient: true }).then((done) => {
      if (!done) throw new Error("some reports still wait"); // the browser tries again later
    }),
  );
});
