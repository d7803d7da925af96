// Owns dark and light: as the system has it, until the switch says otherwise.

import { set } from "./dom.js";
import { keep, recall } from "./kept.js";

const KEPT = "deckhand-theme";
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** Make a button switch between dark and light. */
export function themeSwitch(button) {
  const kept = recall("localStorage", KEPT);
  let chosen = ["dark", "light"].includes(kept) ? kept : null;
  const dark = () => (chosen === null ? DARK.matches : chosen === "dark");
  const show = () => {
    set(document.documentElement, { "data-theme": chosen });
    const next = dark() ? "light" : "dark";
    button.textContent = dark() ? "☀" : "☾";
    set(button, { "aria-label": `Switch to ${next}`, title: `Switch to ${next}` });
  };
  button.addEventListener("click", () => {
    chosen = dark() ? "light" : "dark";
    keep("localStorage", KEPT, chosen);
    show();
  });
  DARK.addEventListener("change", show);
  show();
}
