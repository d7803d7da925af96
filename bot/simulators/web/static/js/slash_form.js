// Owns the options of one command while they are filled in: a pill for each, with suggestions.

import { about, fitting, offered } from "./commands.js";
import { fill, h, set } from "./dom.js";
import { Pill } from "./pill.js";
import { COMBOBOX } from "./suggestions.js";
import { afterChoice, partOptions } from "./typed_options.js";

export class SlashForm {
  #tools;
  #pills = [];
  #tail = h("input", { ...COMBOBOX, class: "tail", "data-key": "tail" });
  #asked = null;
  #askNext = null;
  #entersWait = 0;

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
      if (typeof text === "string") pill.fill(text);
      else if (text) pill.fill(text.text, text);
    }
    this.#draw();
    const empty = this.#pills.find((pill) => pill.empty);
    const next = empty?.input ?? this.#tail;
    next.value = rest;
    const last = rest && this.#spread(empty ?? null);
    (last ? last.input : next).focus();
  }

  /** What is filled in, to be put in again. */
  texts() {
    return Object.fromEntries(this.#pills.filter((pill) => !pill.empty).map((pill) => [pill.option.name, { text: pill.text, value: pill.value }]));
  }

  /** The values to be sent; null, after telling why, where one is missing or wrong. */
  values(tell) {
    const found = {};
    for (const pill of this.#pills) {
      pill.mark(false);
      try {
        const value = pill.valueFor(this.#tools.store);
        if (value !== undefined) found[pill.option.name] = value;
      } catch (wrong) {
        pill.mark(true);
        pill.input.focus();
        tell(wrong.message);
        return null;
      }
    }
    return found;
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
    const named = this.#missing().map((option) => ({ option, ...about(option, this.#tools.store.locale) }));
    const last = this.#spread(null);
    if (last) {
      last.input.focus();
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
    const pill = new Pill(option, about(option, this.#tools.store.locale), {
      input: (event) => this.#typed(pill, event),
      focus: () => pill.value === undefined && this.#suggest(pill),
      blur: () => this.#left(),
      keydown: (event) => this.#key(event, pill),
    });
    this.#pills.push(pill);
    this.#pills.sort((a, b) => this.leaf.options.indexOf(a.option) - this.leaf.options.indexOf(b.option));
    return pill;
  }

  #typed(pill, event) {
    pill.retyped();
    this.#entersWait = 0;
    const last = event.isComposing ? pill : this.#spread(pill);
    if (last === pill) this.#suggest(pill);
    else last.input.focus();
  }

  #left() {
    this.#entersWait = 0;
    this.#tools.suggestions.close();
  }

  /**
   * Take what was typed apart where it names other options, and return where one goes on: `pill`,
   * or the tail if that is null, is where it was typed.
   */
  #spread(pill) {
    const { value } = pill?.input ?? this.#tail;
    const filled = new Set(this.#pills.filter((each) => each !== pill && !each.empty).map((each) => each.option));
    const called = (name) => this.leaf.options.find((option) => !filled.has(option) && [option.name, about(option, this.#tools.store.locale).name].includes(name));
    const parts = partOptions(value, pill?.option ?? null, called);
    if (parts.length === 1 && !parts[0].named) return (pill && this.#spreadChoice(pill, pill)) ?? pill;
    (pill?.input ?? this.#tail).value = "";
    let last = pill;
    for (const { option, text, named } of parts) {
      // What names none is meant for the first that is left.
      const meant = option ?? this.#missing().find((each) => !parts.some((part) => part.option === each));
      if (meant) last = this.#fill(meant, text, named);
    }
    return (pill && this.#spreadChoice(pill, last)) ?? last;
  }

  /** Behind a choice that is written out stands the next option. */
  #spreadChoice(pill, last) {
    const choices = offered(pill.option, this.#tools.store);
    const after = choices && afterChoice(pill.input.value, choices);
    if (!after) return null;
    pill.input.value = after.choice;
    const empty = this.#pills.find((each) => each.option.required && each.empty);
    const option = empty?.option ?? this.#missing()[0];
    if (after.rest === "" && !empty) return { input: this.#tail };
    if (option === undefined) return last;
    const next = this.#spread(this.#fill(option, after.rest));
    return last === pill ? next : last;
  }

  /** Put a text into an option, which may not be there yet. */
  #fill(option, text, named = false) {
    const pill = this.#pills.find((each) => each.option === option) ?? this.#add(option);
    pill.fill(text, { named });
    if (!pill.input.isConnected) this.#draw();
    return pill;
  }

  #suggest(pill) {
    const { store, suggestions } = this.#tools;
    const { option, input } = pill;
    const own = offered(option, store);
    if (own !== null) this.#offer(pill, fitting(own, pill.text));
    else if (option.autocomplete) void this.#ask(pill);
    else if (pill.empty) suggestions.say(input, about(option, this.#tools.store.locale).description);
    else suggestions.close();
  }

  #offer(pill, choices) {
    const items = choices.map((choice) => ({ term: choice.name, value: choice.value }));
    const words = about(pill.option, this.#tools.store.locale);
    if (items.length === 0) this.#tools.suggestions.say(pill.input, `Nothing fits. ${words.description}`);
    else this.#tools.suggestions.offer(pill.input, items, (item) => this.#take(pill, item));
  }

  /** Ask the bot, one question at a time; the newest one is asked when the one before is answered. */
  async #ask(pill) {
    this.#tools.suggestions.outdate();
    if (this.#asked) {
      this.#askNext = pill;
      return;
    }
    this.#asked = pill;
    const typed = pill.input.value;
    let answer;
    try {
      answer = await this.#tools.deeds.autocomplete(this.leaf, pill.option.name, pill.text, this.#others(pill));
    } catch {
      answer = null;
    }
    this.#asked = null;
    const again = this.#askNext;
    this.#askNext = null;
    const here = document.activeElement === pill.input && pill.value === undefined;
    if (here && answer === null) this.#tools.suggestions.say(pill.input, "Loading options failed.");
    else if (here && pill.input.value === typed) this.#offer(pill, answer);
    if (again && document.activeElement === again.input) {
      void this.#ask(again);
      return;
    }
    const entered = here && answer !== null ? this.#entersWait : 0;
    this.#entersWait = 0;
    for (let left = entered; left > 0; left -= 1) this.#enter();
  }

  /** Where the focus is take what is suggested, or send; what is being asked for is waited for. */
  #enter() {
    const { activeElement } = document;
    const pill = this.#pills.find((each) => each.input === activeElement);
    if (!pill && activeElement !== this.#tail) return;
    const isMeant = pill?.value !== undefined;
    if (!isMeant && [this.#asked, this.#askNext].includes(pill)) this.#entersWait += 1;
    else if ((isMeant || !this.#tools.suggestions.take()) && (pill || this.#tail.value === "")) this.#tools.send();
  }

  #others(asked) {
    const found = {};
    for (const pill of this.#pills.filter((each) => each !== asked)) {
      try {
        const value = pill.valueFor(this.#tools.store);
        if (value !== undefined) found[pill.option.name] = value;
      } catch {
        // What is wrong or missing so far is not sent along.
      }
    }
    return found;
  }

  #take(pill, { term, value }) {
    pill.fill(term, { value });
    this.#tools.suggestions.close();
    const next = this.#pills.find((each) => each.option.required && each.empty);
    (next?.input ?? this.#tail).focus();
  }

  #tailKey(event) {
    const { suggestions } = this.#tools;
    if (event.isComposing || suggestions.handle(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#enter();
    } else if (event.key === "Backspace" && this.#tail.value === "") {
      event.preventDefault();
      const last = this.#pills.at(-1);
      if (last) last.input.focus();
      else this.#tools.leave(`/${this.leaf.shown}`);
    }
  }

  #key(event, pill) {
    const { suggestions } = this.#tools;
    if (event.isComposing || suggestions.handle(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#enter();
    } else if (event.key === "Tab" && !event.shiftKey && pill.value === undefined && pill.input.value !== "" && suggestions.take()) {
      event.preventDefault();
    } else if (event.key === "Backspace" && pill.empty) {
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
}
