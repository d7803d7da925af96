// Owns the options of one command while they are filled in: a pill for each, with suggestions.

import { about, fitting, offered, valueOf } from "./commands.js";
import { fill, freshId, h, set } from "./dom.js";
import { COMBOBOX } from "./suggestions.js";

export class SlashForm {
  #tools;
  #pills = [];
  #tail = h("input", { ...COMBOBOX, class: "tail", "data-key": "tail" });
  #asking = false;
  #askAgain = null;

  /** `tools`: store, suggestions, deeds, leave(text) to go back to plain text, send(). */
  constructor(leaf, tools) {
    this.leaf = leaf;
    this.#tools = tools;
    this.element = h("div", { class: "slash", role: "group", "aria-label": `Command /${leaf.shown}` });
    this.#tail.addEventListener("input", () => this.#offerMore());
    this.#tail.addEventListener("focus", () => this.#offerMore());
    this.#tail.addEventListener("blur", () => tools.suggestions.close());
    this.#tail.addEventListener("keydown", (event) => this.#tailKey(event));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      tools.leave("");
    });
  }

  /** Show the pills: those that are required, those that are given, and what was typed behind the name. */
  begin(given, rest = "") {
    for (const option of this.leaf.options) {
      if (option.required || option.name in given) this.#add(option);
    }
    for (const pill of this.#pills) {
      const text = given[pill.option.name];
      if (text === undefined) continue;
      pill.input.value = typeof text === "string" ? text : text.text;
      pill.value = text.value;
    }
    this.#draw();
    const empty = this.#pills.find((pill) => pill.input.value === "");
    const next = empty?.input ?? this.#tail;
    next.value = rest;
    next.focus();
  }

  /** What is filled in, to be put in again. */
  texts() {
    return Object.fromEntries(this.#pills.filter((pill) => pill.input.value !== "").map((pill) => [pill.option.name, { text: pill.input.value, value: pill.value }]));
  }

  /** The values to be sent; null, after telling why, where one is missing or wrong. */
  values(tell) {
    const found = {};
    for (const pill of this.#pills) {
      set(pill.input, { "aria-invalid": null });
      pill.element.classList.remove("wrong");
      try {
        const value = this.#valueOf(pill);
        if (value !== undefined) found[pill.option.name] = value;
      } catch (wrong) {
        pill.element.classList.add("wrong");
        set(pill.input, { "aria-invalid": "true" });
        pill.input.focus();
        tell(wrong.message);
        return null;
      }
    }
    return found;
  }

  #valueOf(pill) {
    const text = pill.input.value;
    if (text === "" && pill.option.required) throw new Error(`${pill.option.name} is needed.`);
    if (text === "") return undefined;
    return pill.value ?? valueOf(pill.option, text, this.#tools.store);
  }

  #draw() {
    const left = this.#missing().length;
    set(this.#tail, { placeholder: left ? `+${left} optional` : "", "aria-label": left ? `Add an option: ${this.#missing().map((option) => option.name).join(", ")}` : "Enter sends the command" });
    fill(this.element, h("span", { class: "command-name" }, `/${this.leaf.shown}`), this.#pills.map((pill) => pill.element), this.#tail);
  }

  #missing() {
    const there = new Set(this.#pills.map((pill) => pill.option.name));
    return this.leaf.options.filter((option) => !there.has(option.name));
  }

  /** Offer the options that are not there yet; nothing is taken by Enter until one is meant. */
  #offerMore() {
    const { suggestions } = this.#tools;
    const typed = this.#tail.value.trim().toLowerCase();
    const named = this.#missing().map((option) => ({ option, ...about(option, this.#locale) }));
    const exact = named.find((each) => typed === `${each.name}:` || typed === `${each.option.name}:`);
    if (exact) {
      this.#addFromTail(exact.option);
      return;
    }
    const items = named.filter((each) => each.name.toLowerCase().includes(typed)).map(({ option, name, description }) => ({ term: name, about: description, value: option }));
    if (items.length) suggestions.offer(this.#tail, items, ({ value }) => this.#addFromTail(value), { reach: typed !== "" });
    else if (typed && named.length) this.#addFromTail(named[0].option, this.#tail.value);
    else if (typed) suggestions.say(this.#tail, "There is nothing more that this command takes.");
    else suggestions.close();
  }

  /** Add an option; what is typed and names none is meant for the first one. */
  #addFromTail(option, text = "") {
    this.#tail.value = "";
    this.#tools.suggestions.close();
    const pill = this.#add(option);
    pill.input.value = text;
    this.#draw();
    pill.input.focus();
  }

  #add(option) {
    const id = freshId("option-input");
    const words = about(option, this.#locale);
    const input = h("input", { ...COMBOBOX, id, maxlength: option.max_length ?? 6000, title: words.description, "aria-required": option.required ? "true" : null, "data-option": option.name });
    const pill = { option, input, value: undefined, element: h("span", { class: "pill" }, h("label", { for: id }, words.name), input) };
    input.addEventListener("input", () => {
      pill.value = undefined;
      pill.element.classList.remove("wrong");
      this.#suggest(pill);
    });
    input.addEventListener("focus", () => pill.value === undefined && this.#suggest(pill));
    input.addEventListener("blur", () => this.#tools.suggestions.close());
    input.addEventListener("keydown", (event) => this.#key(event, pill));
    this.#pills.push(pill);
    this.#pills.sort((a, b) => this.leaf.options.indexOf(a.option) - this.leaf.options.indexOf(b.option));
    return pill;
  }

  #suggest(pill) {
    const { store, suggestions } = this.#tools;
    const { option, input } = pill;
    const own = offered(option, store);
    if (own !== null) this.#offer(pill, fitting(own, input.value));
    else if (option.autocomplete) void this.#ask(pill);
    else if (input.value === "") suggestions.say(input, about(option, this.#locale).description);
    else suggestions.close();
  }

  #offer(pill, choices) {
    const items = choices.map((choice) => ({ term: choice.name, value: choice.value }));
    const words = about(pill.option, this.#locale);
    if (items.length === 0) this.#tools.suggestions.say(pill.input, `Nothing fits. ${words.description}`);
    else this.#tools.suggestions.offer(pill.input, items, (item) => this.#take(pill, item));
  }

  /** Ask the bot, one question at a time; the newest one is asked when the one before is answered. */
  async #ask(pill) {
    this.#tools.suggestions.outdate();
    if (this.#asking) {
      this.#askAgain = pill;
      return;
    }
    this.#asking = true;
    const typed = pill.input.value;
    let answer;
    try {
      answer = await this.#tools.deeds.autocomplete(this.leaf, pill.option.name, typed, this.#others(pill));
    } catch {
      answer = null;
    }
    this.#asking = false;
    const again = this.#askAgain;
    this.#askAgain = null;
    const here = document.activeElement === pill.input && pill.value === undefined;
    if (here && answer === null) this.#tools.suggestions.say(pill.input, "Loading options failed.");
    else if (here && pill.input.value === typed) this.#offer(pill, answer);
    if (again && document.activeElement === again.input) void this.#ask(again);
  }

  #others(asked) {
    const found = {};
    for (const pill of this.#pills.filter((each) => each !== asked)) {
      try {
        const value = this.#valueOf(pill);
        if (value !== undefined) found[pill.option.name] = value;
      } catch {
        // What is wrong or missing so far is not sent along.
      }
    }
    return found;
  }

  #take(pill, { term, value }) {
    pill.input.value = term;
    pill.value = value;
    this.#tools.suggestions.close();
    const next = this.#pills.find((each) => each.option.required && each.input.value === "");
    (next?.input ?? this.#tail).focus();
  }

  #tailKey(event) {
    const { suggestions } = this.#tools;
    if (event.isComposing) return;
    if (suggestions.move(event.key)) {
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!suggestions.take() && this.#tail.value === "") this.#tools.send();
    } else if (event.key === "Escape" && suggestions.open) {
      event.preventDefault();
      suggestions.close();
    } else if (event.key === "Backspace" && this.#tail.value === "") {
      event.preventDefault();
      const last = this.#pills.at(-1);
      if (last) last.input.focus();
      else this.#tools.leave(`/${this.leaf.shown}`);
    }
  }

  #key(event, pill) {
    const { suggestions } = this.#tools;
    if (event.isComposing) return;
    if (suggestions.move(event.key)) {
      event.preventDefault();
    } else if (event.key === "Escape" && suggestions.open) {
      event.preventDefault();
      suggestions.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!(pill.value === undefined && suggestions.take())) this.#tools.send();
    } else if (event.key === "Tab" && !event.shiftKey && pill.value === undefined && pill.input.value !== "" && suggestions.take()) {
      event.preventDefault();
    } else if (event.key === "Backspace" && pill.input.value === "") {
      event.preventDefault();
      this.#remove(pill);
    }
  }

  /** Take an optional pill away; without it, go back to text. */
  #remove(pill) {
    const index = this.#pills.indexOf(pill);
    if (pill.option.required && index === 0) {
      this.#tools.leave(`/${this.leaf.shown}`);
      return;
    }
    const before = this.#pills[index - 1];
    if (!pill.option.required) {
      this.#pills.splice(index, 1);
      this.#tools.suggestions.close();
      this.#draw();
    }
    (before?.input ?? this.#tail).focus();
  }

  get #locale() {
    return this.#tools.store.self?.locale;
  }
}
