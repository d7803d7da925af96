// Owns the list above the composer: what it offers, and which of it the keys have reached.

import { fill, h, set } from "./dom.js";

export class Suggestions {
  #list;
  #input = null;
  #items = [];
  #rows = [];
  #active = -1;
  #pick = null;

  constructor(list) {
    this.#list = list;
  }

  /**
   * Offer items {term, names?, about?, value} below an input; `pick(item)` gets the chosen one.
   * Without `reach` none is taken by Enter before the arrows have reached it.
   */
  offer(input, items, pick, { reach = true } = {}) {
    this.#take(input);
    this.#items = items;
    this.#pick = pick;
    this.#rows = items.map((item, index) => this.#row(item, index));
    fill(this.#list, this.#rows);
    this.#list.classList.remove("stale");
    this.#list.hidden = items.length === 0;
    set(input, { "aria-expanded": String(items.length > 0) });
    this.#list.scrollTop = 0;
    this.#activate(reach ? 0 : -1);
  }

  /** Say one sentence in the place of suggestions. */
  say(input, sentence) {
    this.#take(input);
    this.#items = [];
    this.#rows = [];
    fill(this.#list, h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, sentence));
    this.#list.classList.remove("stale");
    this.#list.hidden = false;
    set(input, { "aria-expanded": "true", "aria-activedescendant": null });
  }

  /** What is shown may no longer be true: nothing of it is taken by a key until it is. */
  outdate() {
    this.#list.classList.add("stale");
    this.#activate(-1);
  }

  close() {
    this.#list.hidden = true;
    this.#items = [];
    this.#rows = [];
    this.#active = -1;
    if (this.#input) set(this.#input, { "aria-expanded": "false", "aria-activedescendant": null });
  }

  get open() {
    return !this.#list.hidden;
  }

  /** Take what the keys have reached; returns whether there was something. */
  take() {
    const item = this.#items[this.#active];
    if (!this.open || item === undefined) return false;
    this.#pick(item);
    return true;
  }

  /** Let a key move through the list or close it; returns whether it did. */
  handle(event) {
    const isClosing = event.key === "Escape" && this.open;
    if (isClosing) this.close();
    const handled = isClosing || this.#move(event.key);
    if (handled) event.preventDefault();
    return handled;
  }

  #move(key) {
    if (!this.open || this.#items.length === 0) return false;
    const last = this.#items.length - 1;
    const next = { ArrowDown: this.#active >= last ? 0 : this.#active + 1, ArrowUp: this.#active <= 0 ? last : this.#active - 1, PageDown: Math.min(this.#active + 8, last), PageUp: Math.max(this.#active - 8, 0) }[key];
    if (next === undefined) return false;
    this.#activate(next);
    return true;
  }

  #take(input) {
    if (this.#input && this.#input !== input) set(this.#input, { "aria-expanded": "false", "aria-activedescendant": null });
    this.#input = input;
  }

  #row(item, index) {
    // The input keeps the focus while one clicks.
    const on = { pointerdown: (event) => event.preventDefault(), click: () => this.#pick(item) };
    return h(
      "li",
      { role: "option", id: `suggestion-${index}`, "aria-selected": "false", on },
      h("span", { class: "term" }, item.term),
      item.names && h("span", { class: "option-names" }, item.names),
      item.about && h("span", { class: "about" }, item.about),
    );
  }

  #activate(index) {
    this.#active = Math.min(index, this.#items.length - 1);
    this.#rows.forEach((row, at) => {
      row.classList.toggle("active", at === this.#active);
      row.setAttribute("aria-selected", String(at === this.#active));
    });
    const row = this.#rows[this.#active];
    row?.scrollIntoView({ block: "nearest" });
    if (this.#input) set(this.#input, { "aria-activedescendant": row?.id });
  }
}

/** What makes an input a combobox over the list. */
export const COMBOBOX = {
  type: "text",
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": "suggestions",
  autocomplete: "off",
  autocapitalize: "off",
  spellcheck: "false",
};
