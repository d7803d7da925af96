// Owns dark and light: as the system has it, until the switch says otherwise.

import { set } from "./dom.js";

const KEPT = "deckhand-theme";
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** Make a button switch between dark and light. */
export function themeSwitch(button) {
  let chosen = recall();
  const dark = () => (chosen === null ? DARK.matches : chosen === "dark");
  const show = () => {
    set(document.documentElement, { "data-theme": chosen });
    const next = dark() ? "light" : "dark";
    button.textContent = dark() ? "☀" : "☾";
    set(button, { "aria-label": `Switch to ${next}`, title: `Switch to ${next}` });
  };
  button.addEventListener("click", () => {
    chosen = dark() ? "light" : "dark";
    keep(chosen);
    show();
  });
  DARK.addEventListener("change", show);
  show();
}

function recall() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "dark" || kept === "light" ? kept : null;
  } catch {
    return null; // A browser may forbid it.
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // Then it is forgotten with the page.
  }
}
