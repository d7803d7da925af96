// Owns the line where one writes: plain text, or "/" and then a command with its options.

import { leaves, matching, typedInFull } from "./commands.js";
import { fill, h } from "./dom.js";
import { SlashForm } from "./slash_form.js";
import { COMBOBOX, Suggestions } from "./suggestions.js";

const HINT = "Type / for commands.";
const HINT_COMMAND = "Tab goes on, Enter sends, Esc takes the command back.";
const LONGEST = 2000;

export class Composer {
  #store;
  #deeds;
  #line;
  #hint;
  #trouble;
  #suggestions;
  #input;
  #send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
  #form = null;
  #all = [];

  /** `deeds` has slash(leaf, options), autocomplete(...) and say(text), each a promise. */
  constructor(store, deeds, { form, line, hint, trouble, list }) {
    this.#store = store;
    this.#deeds = deeds;
    this.#line = line;
    this.#hint = hint;
    this.#trouble = trouble;
    this.#suggestions = new Suggestions(list);
    this.#input = h("input", { ...COMBOBOX, id: "line", class: "line", "aria-label": "Message", maxlength: LONGEST });
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#suggestions.close());
    this.#input.addEventListener("focus", () => this.#typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    store.addEventListener("commands", () => this.#learn());
    store.addEventListener("channel", () => this.#label());
    for (const event of ["state", "surroundings"]) store.addEventListener(event, () => this.#label());
    this.#toText();
  }

  /** Put a command into the line, with some options filled in, for the member to send. */
  prepare(path, given = {}) {
    const leaf = this.#all.find((each) => each.path === path);
    if (leaf === undefined) return false;
    this.#toCommand(leaf, given);
    return true;
  }

  /** Take the focus to where one writes on. */
  focus() {
    this.#line.querySelector("input").focus();
  }

  #learn() {
    this.#all = leaves(this.#store.commands, this.#store.locale);
    if (this.#form && !this.#all.some((leaf) => leaf.path === this.#form.leaf.path)) {
      const path = this.#form.leaf.path;
      this.#toText();
      this.#say(`/${path} is not offered to ${this.#store.self?.name ?? "you"}.`);
    } else if (this.#form === null && document.activeElement === this.#input) {
      this.#typed();
    }
  }

  #label() {
    const channel = this.#store.channel;
    const writable = channel?.may_write ?? false;
    this.#input.placeholder = writable || !channel ? `Message #${channel?.name ?? ""}` : "You may only use commands here";
  }

  #typed() {
    const text = this.#input.value;
    if (text !== "") this.#say("");
    if (!text.startsWith("/")) {
      this.#suggestions.close();
      return;
    }
    const full = typedInFull(this.#all, text.slice(1));
    if (full !== null) {
      this.#toCommand(full.leaf, {}, full.rest);
      return;
    }
    const found = matching(this.#all, text.slice(1));
    const items = found.map((leaf) => ({ term: `/${leaf.shown}`, names: leaf.options.filter((each) => each.required).map((each) => each.name).join(" "), about: leaf.description, value: leaf }));
    if (items.length) this.#suggestions.offer(this.#input, items, (item) => this.#toCommand(item.value));
    else this.#suggestions.say(this.#input, this.#all.length ? "No such command is offered to you." : "The bot has registered no commands yet.");
  }

  #key(event) {
    if (event.isComposing || this.#suggestions.handle(event)) return;
    if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && this.#suggestions.take()) {
      event.preventDefault();
    }
  }

  #toText(text = "") {
    this.#form = null;
    this.#suggestions.close();
    this.#input.value = text;
    fill(this.#line, this.#input, this.#send);
    this.#hint.textContent = HINT;
    this.#label();
  }

  #toCommand(leaf, given = {}, rest = "") {
    this.#say("");
    this.#form = new SlashForm(leaf, {
      store: this.#store,
      suggestions: this.#suggestions,
      deeds: this.#deeds,
      leave: (text) => {
        this.#toText(text);
        this.#input.focus();
      },
      send: () => void this.#submit(),
    });
    fill(this.#line, this.#form.element, this.#send);
    this.#hint.textContent = HINT_COMMAND;
    this.#form.begin(given, rest);
  }

  async #submit() {
    const form = this.#form;
    if (form === null) {
      await this.#sendText();
      return;
    }
    const options = form.values((sentence) => this.#say(sentence));
    if (options === null) return;
    const channel = this.#store.current;
    this.#toText();
    this.#input.focus();
    this.#say("");
    try {
      await this.#deeds.slash(form.leaf, options, channel);
    } catch (refusal) {
      this.#say(`/${form.leaf.shown}: ${refusal.message}`);
      // What was typed is not lost, unless something else is being typed already.
      if (this.#form === null && this.#input.value === "" && this.#store.current === channel) this.#toCommand(form.leaf, form.texts());
      this.#say(`/${form.leaf.shown}: ${refusal.message}`);
    }
  }

  async #sendText() {
    const text = this.#input.value;
    if (text.trim() === "") return;
    if (text.startsWith("/")) {
      this.#say(`${this.#store.self?.name ?? "You"} cannot use ${text.slice(0, 40)} here. Choose one of the commands that are offered.`);
      return;
    }
    this.#toText();
    try {
      await this.#deeds.say(text, this.#store.current);
    } catch (refusal) {
      if (this.#form === null && this.#input.value === "") this.#toText(text);
      this.#say(refusal.message);
    }
  }

  #say(sentence) {
    if (this.#trouble.textContent !== sentence) this.#trouble.textContent = sentence;
  }
}
