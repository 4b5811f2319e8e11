// `<time datetime data-relative>`: on screen "in 3 hours" in the language of the page, kept fresh; the absolute
// moment stays in the title, and stands beside it while the time, or the row it is in, has the focus.
const steps = [
  ["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60],
];
const all = "time[data-relative]";
let format;
let onPaper = false;

function wholeDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function relative(text) {
  if (wholeDay(text)) {
    // A day has no hours: count midnights of the reader's own calendar, or "tomorrow" would be wrong all evening.
    const [year, month, day] = text.split("-").map(Number);
    const now = new Date();
    const days = Math.round((Date.UTC(year, month - 1, day) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / 864e5);
    return Math.abs(days) < 14 ? format.format(days, "day") : inUnits(days * 86400, "day");
  }
  return inUnits((Date.parse(text) - Date.now()) / 1000, "minute");
}

function inUnits(seconds, smallest) {
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length || unit === smallest) return format.format(Math.trunc(seconds / length), unit);
  }
  return "";
}

function draw(node) {
  if (Number.isNaN(Date.parse(node.dateTime))) return;
  node.dataset.absolute ??= node.textContent.trim();
  node.title ||= node.dataset.absolute;
  node.textContent = onPaper ? node.dataset.absolute : relative(node.dateTime);
}

function within(event) {
  const row = event.target.closest?.("time[data-relative], [data-row], tr");
  if (!row) return [];
  return row.matches(all) ? [row] : row.querySelectorAll(all);
}

export function watchMoments(whenever) {
  format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  const drawAll = (part) => {
    if (part.matches?.(all)) draw(part);
    part.querySelectorAll(all).forEach(draw);
  };
  whenever(drawAll);
  setInterval(() => document.hidden || drawAll(document), 30000);
  document.addEventListener("visibilitychange", () => document.hidden || drawAll(document));

  const show = (nodes, shown) => {
    for (const node of nodes) node.toggleAttribute("data-shown", shown);
  };
  // Only for the keyboard: a mouse has the title, and a click would make the row jump.
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && show(within(event), true));
  document.addEventListener("focusout", (event) => show(within(event), false));
  // Paper has no "in three hours".
  for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) {
    window.addEventListener(event, () => {
      onPaper = paper;
      drawAll(document);
    });
  }
}
