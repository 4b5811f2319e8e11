// The driver's round: three taps make a report, which is kept on the device first and sent afterwards. Without this
// file the same forms are sent the plain way.
import { ARRIVED, HELD, REFUSED, SAVED, SENDING, SIGNED_OUT, all, drop, flush, put, tidy, turn } from "./outbox.js";
import { made, shrink } from "./photos.js";

const page = document.getElementById("round");
const box = document.getElementById("outbox");
const words = box.dataset;
const me = page.dataset.person;
const holding = 6000; // long enough to see that it was the wrong tap
const edge = 2048;
const showing = 120e3; // what arrived is of no interest for longer
let again;
let looking;
let known = null; // how many had arrived when we last looked

const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

// The moment with the device's own offset: what the driver's clock showed.
function moment(at) {
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const offset = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + offset * 60e3).toISOString().slice(0, 23);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---------------------------------------------------------------- what is shown
function stateOf(report) {
  if (report.person !== me) return words.textWaiting.replace("NAME", report.personName);
  if (report.state === SAVED || (report.state === HELD && !navigator.onLine)) return words.textSaved;
  const said = { [HELD]: words.textHeld, [SENDING]: words.textSending, [ARRIVED]: words.textArrived, [REFUSED]: words.textRefused };
  return said[report.state] ?? words.textSignedOut;
}

function rowOf(report) {
  const row = document.getElementById("outbox-mould").content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  const mine = report.person === me;
  row.dataset.state = mine ? report.state : SIGNED_OUT;
  // Another driver's customers are nobody's business here: only that something waits is said.
  part("what").textContent = mine ? `${report.what} ${clock(report.tappedAt)} · ${report.label}` : clock(report.tappedAt);
  part("state").textContent = stateOf(report);
  part("why").textContent = mine && report.state === REFUSED ? report.text : "";
  const acts = {
    undo: () => turn(report.id, [HELD, SAVED, SIGNED_OUT], null),
    again: () => turn(report.id, [REFUSED], { state: SAVED, text: "" }).then(leave),
    drop: () => drop(report.id),
  };
  const offered = { [ARRIVED]: ["open"], [HELD]: ["undo"], [SAVED]: ["undo"], [SIGNED_OUT]: ["undo"], [REFUSED]: ["again", "open", "drop"] };
  for (const button of row.querySelectorAll("[data-act]")) {
    const act = button.dataset.act;
    if (!mine || !(offered[report.state] ?? []).includes(act)) {
      button.remove();
    } else if (act === "open") {
      button.href = `/promises/${report.promise}/`;
    } else {
      button.addEventListener("click", () => acts[act]().then(draw));
    }
  }
  return row;
}

function mark(reports) {
  const last = new Map(reports.filter((one) => one.person === me && one.state !== REFUSED).map((one) => [one.promise, one]));
  for (const stop of page.querySelectorAll(".stop")) {
    const report = last.get(stop.dataset.promise);
    const said = stop.querySelector("[data-said]");
    said.hidden = !report;
    said.textContent = report ? `${report.what} ${clock(report.tappedAt)}` : "";
    stop.toggleAttribute("data-reported", Boolean(report));
  }
}

let drawing = Promise.resolve();
function draw() {
  // One at a time: two at once would show every row twice.
  drawing = drawing.then(async () => {
    const reports = await all();
    const list = document.getElementById("outbox-list");
    const focused = document.activeElement?.closest?.(".outbox-row")?.dataset.id;
    const shown = reports.filter((report) => report.state !== ARRIVED || Date.now() - report.arrivedAt < showing);
    list.replaceChildren(...shown.map((report) => Object.assign(rowOf(report), { tabIndex: -1 })));
    [...list.children].forEach((row, place) => (row.dataset.id = shown[place].id));
    if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
    box.hidden = shown.length === 0;
    mark(reports);
    clearTimeout(looking);
    // The service worker may be the one who sends, and its word may not reach us.
    if (shown.some((report) => report.state === SENDING)) looking = setTimeout(draw, 2000);
    const arrived = reports.filter((report) => report.state === ARRIVED).length;
    if (known !== null && arrived > known) refresh();
    known = arrived;
  });
  return drawing;
}

function signal() {
  const note = document.getElementById("signal");
  note.hidden = navigator.onLine;
  note.textContent = navigator.onLine ? "" : note.dataset.textOffline;
}

// ---------------------------------------------------------------- tapping
function say(text) {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" } }));
}

async function tapped(form, button) {
  const fields = [...new FormData(form, button)].filter(([, value]) => typeof value === "string");
  const stop = form.closest(".stop");
  const at = new Date(); // before the photos are made small: this is when it happened
  const report = {
    key: newKey(),
    person: me,
    personName: page.dataset.personName,
    promise: stop.dataset.promise,
    label: stop.dataset.label,
    what: form.dataset.what,
    url: new URL(form.action).pathname,
    fields: fields.filter(([name]) => !["csrfmiddlewaretoken", "key"].includes(name)),
    photos: made(form),
    tappedAt: at.getTime(),
    saidAt: moment(at),
    state: HELD,
    holdUntil: Date.now() + holding,
  };
  try {
    await put(report);
  } catch {
    return say(words.textFull);
  }
  form.reset();
  form.querySelector("[data-photos]")?.replaceChildren();
  for (const opened of stop.querySelectorAll("details[open]")) opened.open = false;
  const next = [...page.querySelectorAll(".stop")].slice([...page.querySelectorAll(".stop")].indexOf(stop) + 1);
  const open = next.find((one) => !one.hidden && !one.hasAttribute("data-reported"));
  if (open) open.querySelector("details").open = true;
  await draw();
  box.scrollIntoView({ block: "nearest" });
  setTimeout(leave, holding + 50);
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("goodwill-outbox")).catch(() => {
    // No background sync here: the next signal, or the next look at this page, sends it.
  });
}

async function leave() {
  clearTimeout(again);
  await tidy();
  const done = await flush({ token: async () => cookie("goodwill_csrf"), person: me, onChange: draw });
  await draw();
  const waits = (await all()).some((report) => report.person === me && [SAVED, HELD].includes(report.state));
  if (!done && waits) again = setTimeout(leave, 15000);
}

// What arrived is done: the list is fetched anew, unless somebody is in the middle of a tap.
function refresh() {
  if (!navigator.onLine || page.querySelector(".tap[open]") || !window.htmx) return;
  window.htmx.ajax("GET", "/shipments/round/", { target: "#stops", select: "#stops", swap: "outerHTML" }).then(draw).then(keep).catch(() => {
    // The older list stays; it is as true as it was.
  });
}

// ---------------------------------------------------------------- the page
page.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-report]")) return;
  event.preventDefault();
  const until = form.elements.until;
  if (event.submitter?.name !== "late_by" && until && !until.value) return until.focus();
  tapped(form, event.submitter);
});

page.addEventListener("change", async (event) => {
  const field = event.target;
  if (!field.matches("input[type=file]")) return;
  const note = field.form.querySelector("[data-photos]");
  const buttons = field.form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  const problem = await shrink(field, note, { edge, most: Number(field.dataset.most) });
  for (const button of buttons) button.disabled = false;
  if (problem) note.textContent = problem === "many" ? words.textMany : words.textPhoto;
});

function find(text) {
  const wanted = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const stop of page.querySelectorAll(".stop")) {
    const about = stop.dataset.find.toLocaleLowerCase();
    stop.hidden = !wanted.every((word) => about.includes(word));
  }
}
document.getElementById("stop-find").addEventListener("input", (event) => find(event.target.value));

// A stop's phone number and the way back to the page must work while the list is replaced, so all else listens above.
window.addEventListener("online", () => (signal(), leave()));
window.addEventListener("offline", () => (signal(), draw()));
document.addEventListener("visibilitychange", () => document.hidden || leave());

function filesOfThisPage() {
  const named = [...document.querySelectorAll("link[rel=stylesheet], script[src], use")];
  const addresses = named.map((node) => (node.href?.baseVal ?? node.href ?? node.src).split("#")[0]);
  return [...new Set(addresses.map((address) => new URL(address, location.href)))]
    .filter((url) => url.origin === location.origin && url.searchParams.has("v"))
    .map((url) => url.pathname + url.search)
    .filter((address, place, those) => those.indexOf(address) === place);
}

function keep() {
  navigator.serviceWorker?.ready.then((worker) => {
    if (!location.search && navigator.onLine) worker.active.postMessage({ keep: filesOfThisPage() });
  });
}

async function begin() {
  signal();
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.addEventListener("message", (event) => event.data?.outbox && draw());
    await navigator.serviceWorker.register(page.dataset.worker).catch(() => {
      // Without it the page needs a signal to open; what was tapped is kept all the same.
    });
    keep();
  }
  navigator.storage?.persist?.();
  await leave();
}

begin().catch(() => {
  const note = document.getElementById("signal");
  note.hidden = false;
  note.textContent = note.dataset.textNoShelf;
});
