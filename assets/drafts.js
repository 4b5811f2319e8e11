// Work is never lost: a form with `data-draft="case-7-reply"` is kept in this browser as it is typed, put back
// when the page is opened again, and forgotten when the server took it, on signing out, and after two weeks.
const shelf = "goodwill.draft.";
// Forms in which somebody types just now, each with the clock that keeps its words.
const typing = new Map();
const waiting = "goodwill.draft-sent";
const twoWeeks = 14 * 864e5;
const skipped = "[type=hidden], [type=password], [type=file], [type=submit], [data-no-draft]";

function nameOf(form) {
  return `${shelf}${document.body.dataset.viewer ?? ""}.${form.dataset.draft}`;
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && field.matches("input, textarea, select") && !field.matches(skipped));
}

function read(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
}

function write(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
  else field.value = value;
  field.dispatchEvent(new Event("draft-restored", { bubbles: true }));
}

// Two radio buttons share a name, so the place among the fields of that name belongs to the key.
function snapshot(form) {
  const words = {};
  const seen = {};
  for (const field of fields(form)) {
    const place = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    words[`${field.name} ${place}`] = read(field);
  }
  // A type-ahead keeps its answer in a hidden field that the first loop skips.
  for (const field of form.querySelectorAll("input[data-combobox-value]")) words[`${field.name} 0`] = field.value;
  return words;
}

function keep(form) {
  const words = snapshot(form);
  const name = nameOf(form);
  if (JSON.stringify(words) === form.dataset.draftBefore) return localStorage.removeItem(name);
  try {
    localStorage.setItem(name, JSON.stringify({ at: Date.now(), words }));
  } catch {
    // The browser's shelf is full or closed. The page still works; there is only no second copy.
  }
}

// Keep what was typed at once, and wait no longer for more.
function settle(form) {
  clearTimeout(typing.get(form));
  typing.delete(form);
  keep(form);
}

function forget(name) {
  localStorage.removeItem(name);
}

function restore(form) {
  const kept = localStorage.getItem(nameOf(form));
  if (!kept) return;
  const { words } = JSON.parse(kept);
  // What the server sent back with its errors is newer than any draft.
  if (form.querySelector("[aria-invalid=true], .is-invalid")) return;
  const seen = {};
  for (const field of fields(form)) {
    const place = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    const value = words[`${field.name} ${place}`];
    if (value !== undefined) write(field, value);
  }
  for (const field of form.querySelectorAll("input[data-combobox-value]")) {
    const value = words[`${field.name} 0`];
    if (value !== undefined) field.value = value;
  }
  const { textDraft, textDraftDiscard } = document.body.dataset;
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-sm";
  drop.textContent = textDraftDiscard;
  drop.addEventListener("click", () => {
    forget(nameOf(form));
    form.reset();
    for (const field of form.querySelectorAll("input[data-combobox-value]")) field.value = field.defaultValue;
    note.remove();
    fields(form)[0]?.focus();
  });
  note.append(textDraft, " ", drop);
  form.prepend(note);
}

// A form sent the plain way leaves the page, so the next page decides: it came from here by following the answer
// (not by Back, Reload or a typed address), it is no error page, and it does not show the form with its faults.
function settleSent() {
  const sent = JSON.parse(sessionStorage.getItem(waiting) ?? "null");
  if (!sent) return;
  sessionStorage.removeItem(waiting);
  const followed = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer === sent.from;
  if (!followed || document.body.dataset.page === "error") return;
  const again = [...document.querySelectorAll("form[data-draft]")].find((form) => nameOf(form) === sent.name);
  if (!again?.querySelector("[aria-invalid=true], .is-invalid")) forget(sent.name);
}

function tidy() {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(shelf)) continue;
    try {
      if (Date.now() - JSON.parse(localStorage.getItem(name)).at > twoWeeks) forget(name);
    } catch {
      forget(name);
    }
  }
}

function adopt(form) {
  if (form.dataset.draftBefore !== undefined) return;
  form.dataset.draftBefore = JSON.stringify(snapshot(form));
  restore(form);
  form.addEventListener("input", () => {
    clearTimeout(typing.get(form));
    typing.set(
      form,
      setTimeout(() => settle(form), 400),
    );
  });
  form.addEventListener("submit", () => {
    settle(form);
    const from = window.location.href.split("#")[0];
    const htmx = form.closest("[hx-post], [hx-put], [hx-patch], [data-hx-post]");
    if (!htmx) sessionStorage.setItem(waiting, JSON.stringify({ name: nameOf(form), from }));
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    // A refusal comes back as 200 with the form and its faults, or as 422: both keep the draft.
    const { successful, xhr, elt } = event.detail;
    if (elt !== form || !successful) return;
    if (/aria-invalid="?true|is-invalid/.test(xhr.responseText)) return;
    forget(nameOf(form));
    form.querySelector(".draft-note")?.remove();
  });
}

export function watchDrafts(whenever) {
  tidy();
  settleSent();
  whenever((part) => {
    if (part.matches?.("form[data-draft]")) adopt(part);
    part.querySelectorAll("form[data-draft]").forEach(adopt);
  });
  // Whoever leaves in the middle of a word keeps the word.
  window.addEventListener("pagehide", () => [...typing.keys()].forEach(settle));
  document.addEventListener("submit", (event) => {
    // The next person at this desk must not find these words.
    if (!event.target.matches("[data-sign-out]")) return;
    typing.forEach(clearTimeout);
    typing.clear();
    for (const name of Object.keys(localStorage)) if (name.startsWith(shelf)) forget(name);
  });
}
