// A second press of a button while the first is on its way would do the same once more: the browser lets go of the
// first answer, but the server has done both. What htmx or the round sends is not ours: they say `preventDefault`.
const patience = 10e3; // whoever has waited that long, or stopped the page from loading, may try again
let sent = new WeakMap();

export function watchTwice() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (Date.now() - (sent.get(form) ?? -patience) < patience) event.preventDefault();
    else sent.set(form, Date.now());
  });
  // The way back leads to the same page, where the form may be sent anew.
  window.addEventListener("pageshow", () => (sent = new WeakMap()));
}
