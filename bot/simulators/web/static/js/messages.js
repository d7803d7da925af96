// Owns the list of messages of the channel that is looked at: what is drawn, and where it is scrolled.

import { fill, h } from "./dom.js";
import { MessageView, spoken } from "./message.js";

const PAGE = 50;
const NEAR = 400;

export class Messages {
  #store;
  #deeds;
  #list;
  #newest;
  #announcer;
  #views = new Map();
  #start = h("div", { class: "start" });
  #stream = h("div", {}, this.#start);
  #loading = false;
  #atEnd = true;

  /** `deeds` has click, select, dismiss, jump and history(channel, before, limit). */
  constructor(store, deeds, { list, newest, announcer }) {
    this.#store = store;
    this.#deeds = deeds;
    this.#list = list;
    this.#newest = newest;
    this.#announcer = announcer;
    store.addEventListener("state", () => this.#show());
    store.addEventListener("channel", () => this.#show());
    store.addEventListener("surroundings", () => this.#renamed());
    store.addEventListener("entries", (event) => this.#changed(event.detail));
    store.addEventListener("gone", (event) => this.#gone(event.detail));
    list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    newest.addEventListener("click", () => this.toEnd());
    list.append(this.#stream);
    // Messages get their true height when they are first seen, and pictures when they are there.
    const growth = new ResizeObserver(() => this.#atEnd && this.toEnd());
    growth.observe(list);
    growth.observe(this.#stream);
  }

  /** Scroll to the newest message. */
  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#atEnd = true;
    this.#newest.hidden = true;
  }

  /** Show a message that may be far above; returns whether it is there. */
  async reveal(id) {
    while (!this.#views.has(id) && this.#store.channel?.more) {
      if (!(await this.#older())) break;
    }
    const element = this.#views.get(id)?.element;
    if (!element) return false;
    this.#atEnd = false;
    element.scrollIntoView({ block: "center" });
    element.classList.remove("found");
    requestAnimationFrame(() => element.classList.add("found"));
    return true;
  }

  #show() {
    const channel = this.#store.channel;
    this.#views.clear();
    fill(this.#stream, this.#start);
    if (!channel) return;
    this.#label(channel);
    this.#insert(channel.entries);
    this.toEnd();
  }

  /** People, roles or channels are other ones: what shows them is drawn anew, and nothing else. */
  #renamed() {
    const channel = this.#store.channel;
    if (!channel) return;
    this.#label(channel);
    channel.entries.forEach((entry, index) => {
      const view = this.#views.get(entry.id);
      if (view?.restful) view.draw(entry, channel.entries[index - 1] ?? null);
    });
    if (this.#atEnd) this.toEnd();
  }

  #label(channel) {
    this.#list.setAttribute("aria-label", `Messages in #${channel.name}`);
    this.#drawStart(channel);
  }

  #drawStart(channel) {
    fill(
      this.#start,
      h("h3", {}, `Welcome to #${channel.name}!`),
      h("p", {}, channel.more ? "Older messages come as you scroll." : ["This is where #", channel.name, " begins. Type ", h("kbd", {}, "/"), " below to see what the bot can do, or follow the tour."]),
    );
  }

  /** Put entries where they belong by their id; those that are there are drawn anew. */
  #insert(entries) {
    const all = this.#store.channel.entries;
    const places = new Map(all.map((entry, index) => [entry.id, index]));
    const context = { store: this.#store, deeds: this.#deeds };
    const touched = new Set();
    for (const entry of entries) {
      const index = places.get(entry.id);
      if (!this.#views.has(entry.id)) {
        const view = new MessageView(entry, context);
        this.#views.set(entry.id, view);
        const before = this.#views.get(all[index - 1]?.id)?.element ?? this.#start;
        before.after(view.element);
      }
      touched.add(index).add(index + 1);
    }
    for (const index of touched) {
      const entry = all[index];
      if (entry !== undefined) this.#views.get(entry.id)?.draw(entry, all[index - 1] ?? null);
    }
  }

  #changed({ channel, entries, fresh }) {
    if (channel !== this.#store.current) return;
    const known = new Set(this.#store.channel.entries.map((entry) => entry.id));
    this.#insert(entries.filter((entry) => known.has(entry.id)));
    const said = entries.map((entry) => spoken(entry, this.#store)).filter(Boolean);
    if (said.length) this.#announcer.textContent = said.at(-1);
    if (this.#atEnd) this.toEnd();
    else if (fresh.length) this.#newest.hidden = false;
  }

  #gone({ channel, ids }) {
    if (channel !== this.#store.current) return;
    for (const id of ids) {
      const element = this.#views.get(id)?.element;
      const hadFocus = element?.contains(document.activeElement);
      element?.remove();
      this.#views.delete(id);
      if (hadFocus) this.#list.focus({ preventScroll: true });
    }
    this.#insert(this.#store.channel.entries.slice(-PAGE));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < 60;
    if (this.#atEnd) this.#newest.hidden = true;
    if (scrollTop < NEAR && this.#store.channel?.more) void this.#older();
  }

  async #older() {
    const channel = this.#store.channel;
    if (this.#loading || !channel?.more) return false;
    this.#loading = true;
    try {
      const before = channel.entries[0]?.id;
      const { entries, more } = await this.#deeds.history(channel.id, before, PAGE);
      if (this.#store.current !== channel.id) return false;
      const first = this.#views.get(before)?.element;
      const top = first?.getBoundingClientRect().top;
      this.#insert(this.#store.older(channel.id, entries, more));
      this.#drawStart(this.#store.channel);
      // What was looked at stays where it was, also where the browser does not see to it.
      if (first) this.#list.scrollTop += first.getBoundingClientRect().top - top;
      return true;
    } catch {
      return false; // The next scroll asks again.
    } finally {
      this.#loading = false;
    }
  }
}
