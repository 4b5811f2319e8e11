// Dialogs are <dialog> elements: the browser holds the focus inside, closes on Esc and gives the focus back.

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

// Quick entry is fetched when it is wanted. Where it cannot be fetched, its own page opens instead.
export function openQuickEntry() {
  const url = document.body.dataset.quickEntry;
  const dialog = document.getElementById("quick-entry");
  if (!url) return false;
  if (!dialog || !window.htmx) {
    window.location.assign(url);
    return true;
  }
  window.htmx
    .ajax("GET", url, { target: "#quick-entry-body", swap: "innerHTML" })
    .then(() => {
      const body = document.getElementById("quick-entry-body");
      if (!body.childElementCount) return window.location.assign(url);
      if (!dialog.open) dialog.showModal();
      body.querySelector("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
    })
    .catch(() => window.location.assign(url));
  return true;
}

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opener = event.target.closest("[data-dialog]");
    if (opener && openDialog(opener.dataset.dialog)) return event.preventDefault();
    if (event.target.closest("[data-quick-entry-open]") && openQuickEntry()) return event.preventDefault();
    if (event.target.closest("[data-print]")) return window.print();
    const closer = event.target.closest("[data-close]");
    if (closer?.closest("dialog")) return closer.closest("dialog").close();
    // A click on the backdrop lands on the dialog itself. A dialog with a form in it stays: work is never lost.
    if (event.target.matches("dialog") && !event.target.querySelector("form")) event.target.close();
  });
  // The answer to a form in a dialog says so when the dialog has done its work: HX-Trigger: close-dialog.
  document.body.addEventListener("close-dialog", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
}
