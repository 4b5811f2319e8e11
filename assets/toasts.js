// Short words after an act. They come from the server: as Django messages in the page, or with htmx in the header
//   HX-Trigger: {"toast": {"text": "Saved", "tone": "good", "url": "/undo/7", "label": "Undo"}}
// Good news leaves after a while, unless somebody is reading it; trouble stays until it is dismissed.
const staying = 8000;

function leave(toast) {
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), staying));
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function settle(toast) {
  if (toast.dataset.settled) return;
  toast.dataset.settled = "yes";
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
  // An act to take back needs time to be read (WCAG 2.2.1), so it stays too.
  if (!["bad", "doubt"].includes(toast.dataset.tone) && !toast.querySelector("a, form")) leave(toast);
}

export function say({ text, tone = "good", url = "", label = "" }) {
  const mould = document.getElementById("toast-mould");
  const place = document.getElementById("toasts");
  if (!mould || !place || !text) return;
  const toast = mould.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.querySelector("[data-text]").textContent = text;
  const form = toast.querySelector("form");
  if (url.startsWith("/") && !url.startsWith("//") && label) {
    form.action = url;
    form.querySelector("button").textContent = label;
  } else {
    form.remove();
  }
  place.append(toast);
  settle(toast);
}

export function watchToasts(whenever) {
  whenever((part) => part.querySelectorAll("#toasts > .note").forEach(settle));
  document.body.addEventListener("toast", (event) => say(event.detail));
  const { textOffline, textFailed } = document.body.dataset;
  // What asks by itself each minute says nothing when it fails: nobody did anything, and it asks again.
  const loud = (event) => !event.target.closest?.("[data-quiet]");
  document.body.addEventListener("htmx:sendError", (event) => loud(event) && say({ text: textOffline, tone: "bad" }));
  document.body.addEventListener("htmx:responseError", (event) => loud(event) && say({ text: textFailed, tone: "bad" }));
}
