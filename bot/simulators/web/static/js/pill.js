// Owns one option of a command while it is filled in: what was typed into it, and what is meant by it.

import { valueOf } from "./commands.js";
import { freshId, h, set } from "./dom.js";
import { COMBOBOX } from "./suggestions.js";
import { unquoted } from "./typed_options.js";

export class Pill {
  /** What was chosen among the suggestions, if anything. */
  value = undefined;
  #named = false;

  /** `words` are its name and description for the reader, `on` the listeners of its line. */
  constructor(option, words, on) {
    const id = freshId("option-input");
    this.option = option;
    this.input = h("input", { ...COMBOBOX, id, maxlength: option.max_length ?? 6000, title: words.description, "aria-required": option.required ? "true" : null, "data-option": option.name, on });
    this.element = h("span", { class: "pill" }, h("label", { for: id }, words.name), this.input);
  }

  get empty() {
    return this.input.value === "";
  }

  /** What was typed; behind its name it may stand in quotes. */
  get text() {
    return this.#named ? unquoted(this.input.value) : this.input.value;
  }

  /** Put a text in, which may have stood behind the option's name, and what it means if that is known. */
  fill(text, { named = false, value } = {}) {
    this.input.value = text;
    this.value = value;
    this.#named ||= named;
  }

  /** Something else was typed: what was chosen does not count any more. */
  retyped() {
    this.value = undefined;
    this.#named &&= !this.empty;
    this.element.classList.remove("wrong");
  }

  /** The value to be sent, undefined for none; throws a sentence where it is missing or wrong. */
  valueFor(store) {
    if (this.empty && this.option.required) throw new Error(`${this.option.name} is needed.`);
    if (this.empty) return undefined;
    return this.value ?? valueOf(this.option, this.text, store);
  }

  /** Mark it as wrong, or as right. */
  mark(isWrong) {
    set(this.input, { "aria-invalid": isWrong ? "true" : null });
    this.element.classList.toggle("wrong", isWrong);
  }
}
