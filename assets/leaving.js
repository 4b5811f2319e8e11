// Whoever signs out takes the kept round along: the next person at this device must not find its customers.
// Reports that have not arrived yet stay; they wait for the person who tapped them.
const shelves = "goodwill-round-";

async function clear() {
  if (!("caches" in window)) return;
  for (const name of await caches.keys()) if (name.startsWith(shelves)) await caches.delete(name);
}

export function watchLeaving() {
  // A page for those who are not signed in: whoever was here has left, by whatever way.
  if (document.body.dataset.page === "plain") clear();
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sign-out]") || event.defaultPrevented) return;
    event.preventDefault();
    clear().finally(() => event.target.submit());
  });
}
