// The outbox: reports that a driver tapped, kept in this browser until the server has answered each of them.
// The page and the service worker share this file. A report leaves in the order in which it was tapped, as the person
// who tapped it, with a key made here: sent twice, it is still one. Nothing is dropped but by the driver's own hand.
const shelf = "goodwill-round";
const store = "reports";
const patience = 60e3;
const arrivedFor = 12 * 3600e3; // arrived ones stay to be seen for a shift

export const HELD = "held"; // may still be undone; its time is `holdUntil`
export const SAVED = "saved"; // waits for a signal
export const SENDING = "sending";
export const ARRIVED = "arrived";
export const REFUSED = "refused"; // the server said why; the driver decides
export const SIGNED_OUT = "signed_out"; // waits for its person

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(shelf, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(store, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// One transaction; it counts once the browser says that it is on the disk.
async function within(mode, work) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
}

export const put = (report) => within("readwrite", (shelf) => shelf.add(report));
export const all = () => within("readonly", (shelf) => shelf.getAll());
export const drop = (id) => within("readwrite", (shelf) => shelf.delete(id));

// Changes a report if it is still there and still in one of these states; whoever undoes it and whoever sends it may
// come at the same moment, and only one of them gets it.
export function turn(id, from, changes) {
  let turned = false;
  return within("readwrite", (shelf) => {
    const asked = shelf.get(id);
    asked.onsuccess = () => {
      const report = asked.result;
      if (!report || (from && !from.includes(report.state))) return;
      turned = true;
      if (changes === null) shelf.delete(id);
      else shelf.put({ ...report, ...changes });
    };
  }).then(() => turned);
}

export async function tidy() {
  for (const report of await all()) {
    if (report.state === ARRIVED && Date.now() - report.arrivedAt > arrivedFor) await drop(report.id);
    // A page that was closed while it sent: the key makes sure that it counts once.
    if (report.state === SENDING && Date.now() - report.sentAt > 60e3) await turn(report.id, [SENDING], { state: SAVED });
  }
}

function bodyOf(report) {
  const form = new FormData();
  for (const [name, value] of report.fields) form.append(name, value);
  form.set("key", report.key);
  form.set("person", report.person);
  form.set("said_at", report.saidAt);
  report.photos.forEach((photo, place) => form.append("photos", photo, `${place + 1}.jpg`));
  return form;
}

// What became of one attempt: the next state, and whether there is any use in going on.
async function send(report, token) {
  let answer;
  try {
    answer = await fetch(report.url, {
      method: "POST",
      body: bodyOf(report),
      headers: { Accept: "application/json", "X-CSRFToken": await token() },
      signal: AbortSignal.timeout(patience),
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
    });
  } catch {
    return { state: SAVED, stop: true }; // no signal, or one too weak to carry it
  }
  // The sign-in page is a redirection: the session is over, or it is somebody else's.
  if (answer.type === "opaqueredirect" || answer.status === 401) return { state: SIGNED_OUT, skip: true };
  const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json().catch(() => null) : null;
  if (answer.ok && told) return { state: ARRIVED, text: told.text, arrivedAt: Date.now(), photos: [] };
  if (told && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    return { state: REFUSED, text: told.text };
  }
  // A server in trouble, a proxy in its place, or a form that is too old: later is another chance.
  return { state: SAVED, stop: true };
}

// Sends what may be sent. `token` is asked for each report, because a sign-in renews it; `person` is who is signed in,
// where that is known: others' reports wait. True when nothing is left that another attempt could send.
export async function flush({ token, person = null, onChange = () => {}, patient = false }) {
  const run = async (lock) => {
    if (!lock) return false;
    const skipped = new Set();
    for (const report of (await all()) ?? []) {
      if (![HELD, SAVED, SIGNED_OUT].includes(report.state)) continue;
      if (skipped.has(report.person) || (person !== null && report.person !== person)) continue;
      const left = report.state === HELD ? report.holdUntil - Date.now() : 0;
      if (left > 0) {
        if (!patient) return false; // order is kept: what is tapped later waits, too
        await new Promise((resolve) => setTimeout(resolve, left));
      }
      if (!(await turn(report.id, [HELD, SAVED, SIGNED_OUT], { state: SENDING, sentAt: Date.now() }))) continue;
      await onChange();
      const { stop, skip, ...changes } = await send(report, token);
      await turn(report.id, [SENDING], changes);
      await onChange();
      if (stop) return false;
      if (skip) skipped.add(report.person);
    }
    return true;
  };
  if (!navigator.locks) return run(true);
  return navigator.locks.request("goodwill-outbox", { ifAvailable: true }, run);
}
