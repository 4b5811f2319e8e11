// What the browser does for the pages. Every page reads and submits without it; this makes it quick.
// No sentence lives here: words come from data attributes, so that they are translated with the page.
import Alpine from "@alpinejs/csp";
import { watchCharts } from "./charts.js";
import { combobox } from "./combobox.js";
import { watchDialogs } from "./dialogs.js";
import { watchDrafts } from "./drafts.js";
import { watchKeys } from "./keys.js";
import { watchLeaving } from "./leaving.js";
import { watchMoments } from "./moments.js";
import { watchToasts } from "./toasts.js";
import { watchTwice } from "./twice.js";

Alpine.data("combobox", combobox);
window.Alpine = Alpine;

// `visit(part)` is called for the page and again for every part that htmx swaps in.
function whenever(visit) {
  visit(document.body);
  document.body.addEventListener("htmx:load", (event) => visit(event.detail.elt));
}

watchDialogs();
watchKeys();
watchToasts(whenever);
watchMoments(whenever);
watchDrafts(whenever);
watchCharts(whenever);
watchLeaving();
watchTwice();
Alpine.start();
