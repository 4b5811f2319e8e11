// The keyboard. Single letters act only outside fields, and a person can switch them off for this browser
// (WCAG 2.1.4: speech input and shaky hands press letters by accident).
import { openDialog, openQuickEntry } from "./dialogs.js";

const switchName = "goodwill.keys";
let goingUntil = 0; // `g` waits this long for its letter

function on() {
  return localStorage.getItem(switchName) !== "off";
}

function typing(target) {
  return target.isContentEditable || Boolean(target.closest("input:not([type=checkbox], [type=radio]), textarea, select"));
}

// On a Russian keyboard the key J types "о". The place of the key then says which one is meant; on Latin
// layouts (Hungarian swaps Y and Z) the letter itself does.
function letter(event) {
  if (/^[\x21-\x7e]$/.test(event.key) && !(event.key === "." && event.code === "Slash")) return event.key.toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  const place = /^Key([A-Z])$/.exec(event.code);
  return place ? place[1].toLowerCase() : event.key;
}

function shown(node) {
  return node.getClientRects().length > 0;
}

function doors() {
  return [...document.querySelectorAll("[data-rows] [data-open]")].filter(shown);
}

function rowOf(door) {
  return door.closest("[data-row], tr, li") ?? door;
}

function move(step) {
  const all = doors();
  if (!all.length) return false;
  const row = document.activeElement.closest("[data-row], tr, li");
  const now = all.findIndex((door) => door === document.activeElement || rowOf(door) === row);
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1);
  all[next].focus(); // the link itself, so that Enter opens it without help
  rowOf(all[next]).scrollIntoView({ block: "nearest" });
  return true;
}

// `data-key="e"` on a button: first the one in the row that has the focus, then the first on the page.
function press(key) {
  const mine = `[data-key="${CSS.escape(key)}"]`;
  const row = document.activeElement.closest("[data-row], tr, li");
  const button = row?.querySelector(mine) ?? [...document.querySelectorAll(mine)].find(shown);
  if (!button) return false;
  button.focus();
  button.click();
  return true;
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (link) window.location.assign(link.href);
  return Boolean(link);
}

function act(key) {
  if (performance.now() < goingUntil) {
    goingUntil = 0;
    return go(key);
  }
  switch (key) {
    case "g":
      goingUntil = performance.now() + 1500;
      return true;
    case "/": {
      // A page that is searched itself comes first: a driver looks for a stop of the round.
      const own = document.querySelectorAll("main [data-search]");
      const field = [...own, ...document.querySelectorAll("[data-search]")].find(shown);
      field?.focus();
      field?.select();
      return Boolean(field);
    }
    case "n":
      return openQuickEntry();
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "?":
      return openDialog("keys");
    default:
      return press(key);
  }
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      // Dialogs close themselves. A menu made of <details> does not.
      const menu = event.target.closest?.("details.menu[open]");
      menu?.removeAttribute("open");
      menu?.querySelector("summary").focus();
      return;
    }
    if (event.key.length !== 1 || !on() || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(letter(event))) event.preventDefault();
  });

  // A menu also closes when the focus or a click goes elsewhere.
  for (const leave of ["click", "focusin"]) {
    document.addEventListener(leave, (event) => {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        if (!menu.contains(event.target)) menu.removeAttribute("open");
      }
    });
  }

  const toggle = document.querySelector("[data-keys-switch]");
  if (toggle) {
    toggle.checked = on();
    toggle.addEventListener("change", () => localStorage.setItem(switchName, toggle.checked ? "on" : "off"));
  }
}
