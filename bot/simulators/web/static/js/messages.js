// Owns the list of messages of the channel that is looked at: what is drawn, and where it is scrolled.

import { fill, h } from "./dom.js";
import { MessageView, spoken } from "./message.js";
import { later, placeOf } from "./store.js";

const PAGE = 50;
const NEAR = 400;
const BEYOND = String(2n ** 64n - 1n); // No id is larger.

export class Messages {
  #store;
  #deeds;
  #list;
  #newest;
  #announcer;
  #views = new Map();
  #start = h("div", { class: "start" });
  #stream = h("div", {}, this.#start);
  #loading = null;
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

  /** Show a message that may be far above; returns false where it is not there. */
  async reveal(id) {
    const { current } = this.#store;
    const isAbove = () => this.#store.channel?.more && later(this.#store.channel.entries[0]?.id ?? BEYOND, id);
    while (isAbove()) {
      await this.#older();
      if (this.#store.current !== current) return true; // One has gone on elsewhere.
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
      h("h3", {}, "Welcome to #", h("bdi", {}, channel.name), "!"),
      h("p", {}, channel.more ? "Older messages come as you scroll." : ["This is where #", h("bdi", {}, channel.name), " begins. Type ", h("kbd", {}, "/"), " below to see what the bot can do, or follow the tour."]),
    );
  }

  /** Put entries where they belong by their id; those that are there are drawn anew. */
  #insert(entries) {
    const all = this.#store.channel.entries;
    const context = { store: this.#store, deeds: this.#deeds };
    for (const entry of entries.filter((each) => !this.#views.has(each.id))) {
      const view = new MessageView(entry, context);
      this.#views.set(entry.id, view);
      const before = this.#views.get(all[placeOf(all, entry.id) - 1]?.id)?.element ?? this.#start;
      before.after(view.element);
    }
    this.#draw(entries.map((entry) => entry.id));
  }

  /** Draw the entries of these ids where they are still there, and those that follow: each looks at the one above. */
  #draw(ids) {
    const all = this.#store.channel.entries;
    const places = new Set();
    for (const id of ids) {
      const place = placeOf(all, id);
      places.add(place);
      if (all[place]?.id === id) places.add(place + 1);
    }
    for (const place of places) {
      const entry = all[place];
      if (entry !== undefined) this.#views.get(entry.id)?.draw(entry, all[place - 1] ?? null);
    }
  }

  #changed({ channel, entries, fresh }) {
    if (channel !== this.#store.current) {
      this.#announce(fresh, `In #${this.#store.channelName(channel)}, `);
      return;
    }
    this.#insert(entries);
    this.#announce(entries);
    if (this.#atEnd) this.toEnd();
    else if (fresh.length) this.#newest.hidden = false;
  }

  #announce(entries, where = "") {
    const said = entries.map((entry) => spoken(entry, this.#store)).filter(Boolean);
    if (said.length) this.#announcer.textContent = where + said.at(-1);
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
    this.#draw(ids);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < 60;
    if (this.#atEnd) this.#newest.hidden = true;
    if (scrollTop < NEAR && this.#store.channel?.more) this.#older().catch(() => {}); // The next scroll asks again.
  }

  /** Load a page of older ones; whoever wants one while it is on its way waits for the same. */
  #older() {
    this.#loading ??= this.#load(this.#store.channel).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #load({ id, entries: [first] }) {
    const before = first?.id ?? BEYOND;
    const page = await this.#deeds.history(id, before, PAGE);
    const added = this.#store.older(id, first?.id, page);
    if (this.#store.current !== id) return;
    const looked = this.#views.get(before)?.element;
    const top = looked?.getBoundingClientRect().top;
    this.#insert(added);
    this.#drawStart(this.#store.channel);
    // What was looked at stays where it was, also where the browser does not see to it.
    if (looked) this.#list.scrollTop += looked.getBoundingClientRect().top - top;
  }
}
