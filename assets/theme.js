// Runs in <head>, before the first paint: turns the choice "auto" into light or dark, so that nothing flashes.
// The style sheets also understand "auto" by themselves; this file is for the few Tabler rules that ask by name.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
root.dataset.themeChoice = root.dataset.bsTheme || "auto";

function settle() {
  const choice = root.dataset.themeChoice;
  root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
}

settle();
dark.addEventListener("change", settle);
