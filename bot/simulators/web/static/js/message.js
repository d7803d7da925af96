// Draws one entry of a channel: who wrote it, what it says, and what hangs on it.

import { attachment, avatar, component, embed, things } from "./components.js";
import { h, keepFocus, set, sync } from "./dom.js";
import { markdown } from "./markdown.js";
import { visibleName } from "./names.js";
import { stamp } from "./times.js";

/** The flag of a message that has no content yet. */
export const LOADING = 128;
const MENTION = /<(@&|@!?|#)(\d+)>/g;
const LINK = /^https:\/\/discord\.com\/channels\/(\d+)\/(\d+)\/(\d+)$/;
const GROUP_MS = 7 * 60 * 1000;

export class MessageView {
  #context;
  #kept = new Map();
  #body = h("div", { class: "body" });
  #content = h("div", { class: "content" });
  #failure = h("p", { class: "failed", role: "alert", hidden: true });

  /** `context` has store and deeds: click, select, dismiss, jump. */
  constructor(entry, context) {
    this.#context = context;
    this.element = h("article", { class: "message", "data-id": entry.id });
    this.#body.addEventListener("click", (event) => this.#follow(event));
    set(this.#body, { lang: languageOf(entry, context.store) });
    this.draw(entry, null);
  }

  /**
   * Draw what differs from what is drawn; `previous` is the entry above it. All else stays as it
   * is: menus stay open, and the focus where it was.
   */
  draw(entry, previous) {
    this.entry = entry;
    const { store } = this.#context;
    const { message } = entry;
    const grouped = previous !== null && belongs(entry, previous);
    const pinged = message.mentions.some((each) => each.id === store.self?.id) || message.mention_roles.some((id) => store.self?.roles.includes(id));
    const author = authorOf(message, store);
    this.element.className = ["message", grouped && "grouped", entry.private && "private", pinged && "pinged"].filter(Boolean).join(" ");
    set(this.element, { "aria-label": `${author.name}${entry.private ? ", only you can see this" : ""}` });
    keepFocus(this.element, () => {
      const user = message.interaction_metadata?.user.id;
      const about = [entry.command, store.user(user), message.message_reference];
      const above = this.#keep("above", about, () => this.#above(entry));
      const face = this.#keep("face", [author, grouped], () => (grouped ? h("span") : avatar(author.name, author.number)));
      const head = this.#keep("head", [author, grouped, store.locale], () => (grouped ? null : this.#head(author, message)));
      const foot = this.#keep("foot", [entry.private, message.flags], () => this.#foot(entry));
      sync(this.#body, this.#parts(message));
      sync(this.#content, [head, this.#body, this.#failure, foot]);
      sync(this.element, [above, face, this.#content]);
    });
  }

  /** Whether nobody is choosing in it just now. */
  get restful() {
    return this.element.querySelector("[aria-expanded=true]") === null;
  }

  /** Say below the message that something went wrong; an empty text takes it away. */
  fail(text) {
    this.#failure.textContent = text;
    this.#failure.hidden = text === "";
  }

  /** Make an element, or return the one that was made of the same facts. */
  #keep(key, facts, make) {
    const text = JSON.stringify(facts);
    const before = this.#kept.get(key);
    if (before?.text === text) return before.element;
    const element = make();
    this.#kept.set(key, { text, element });
    return element;
  }

  #above(entry) {
    const { store } = this.#context;
    const { message } = entry;
    const user = message.interaction_metadata?.user;
    if (entry.command !== null && user) {
      const name = store.user(user.id) ?? visibleName(user.global_name ?? user.username);
      return h("div", { class: "used" }, h("b", {}, name), " used ", h("span", { class: "mention" }, `/${entry.command}`));
    }
    const target = message.message_reference?.message_id;
    if (!target) return null;
    const button = h("button", { type: "button", on: { click: () => this.#context.deeds.jump(target) } }, "this message");
    return h("div", { class: "used" }, "in answer to ", button);
  }

  #head(author, message) {
    return h("div", { class: "head" }, h("span", { class: "author" }, author.name), author.bot && h("span", { class: "app" }, "APP"), stamp(message.timestamp, this.#context.store.locale));
  }

  /** What the message says, part by part. */
  #parts(message) {
    if (message.flags & LOADING) return [this.#keep("thinking", null, () => this.#thinking())];
    const { store } = this.#context;
    const shows = (part) => [part, ...shown(part, store)];
    const context = { names: store.names, store, deeds: this.#deeds() };
    const inside = new Set(JSON.stringify(message.components).match(/\/attachments\/[^"]+/g) ?? []);
    const files = message.attachments.filter((each) => !inside.has(each.url));
    return [
      message.content && this.#keep("content", shows(message.content), () => h("div", { class: "md" }, markdown(message.content, store.names))),
      ...message.embeds.map((each, at) => this.#keep(`embed ${at}`, shows(each), () => embed(each, store.names))),
      ...files.map((each, at) => this.#keep(`file ${at}`, each, () => attachment(each))),
      ...message.components.map((each, at) => this.#keep(`part ${at}`, shows(each), () => component(each, context))),
      message.edited_timestamp && this.#keep("edited", null, () => h("span", { class: "edited" }, "(edited)")),
    ];
  }

  #thinking() {
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    return h("span", { class: "thinking" }, dots, h("bdi", {}, this.#context.store.application.name), "is thinking …");
  }

  #deeds() {
    const { deeds } = this.#context;
    return {
      click: (item, button) => deeds.click(this, item, button),
      select: (item, values) => deeds.select(this, item, values),
    };
  }

  #foot(entry) {
    if (!entry.private || entry.message.flags & LOADING) return null;
    const dismiss = h("button", { type: "button", "data-key": "dismiss", on: { click: () => this.#context.deeds.dismiss(this) } }, "Dismiss message");
    return h("div", { class: "foot" }, h("span", {}, "👁 Only you can see this ·"), dismiss);
  }

  #follow(event) {
    const link = event.target.closest("a");
    const [, guild, channel, id] = (link && LINK.exec(link.href)) ?? [];
    if (guild !== this.#context.store.guild.id) return;
    event.preventDefault();
    this.#context.deeds.jump(id, channel);
  }
}

/** What a screen reader is told of a new message. */
export function spoken(entry, store) {
  const { message } = entry;
  if (message.flags & LOADING) return "";
  const texts = [message.content];
  let pressable = false;
  const walk = (items) => {
    for (const item of items) {
      if (item.type === 10) texts.push(item.content);
      pressable ||= item.type === 2;
      walk(item.components ?? []);
    }
  };
  walk(message.components);
  // What is edited again and again, such as a console, would drown all else; a receipt is news.
  if (message.edited_timestamp !== null && pressable) return "";
  const words = texts
    .filter(Boolean)
    .join(". ")
    .replace(MENTION, (_, mark, id) => mark[0] + (nameOf(mark, id, store.names) ?? "somebody"))
    .replace(/<t:\d+:?\w?>/g, "")
    .replace(/[*_#`~|\\<>▰▱]/g, "");
  return `${authorOf(message, store).name}: ${words.slice(0, 300)}`;
}

/** What a part of a message shows that is not written in it: names, what its menus offer, the language of times. */
function shown(part, store) {
  const text = JSON.stringify(part);
  const named = [...text.matchAll(MENTION)].map(([, mark, id]) => nameOf(mark, id, store.names));
  const offered = [...text.matchAll(/"type":([5-8])\b/g)].map(([, kind]) => things(Number(kind), store));
  return [named, offered, text.includes("<t:") && store.locale];
}

function nameOf(mark, id, names) {
  if (mark === "#") return names.channel(id);
  return mark === "@&" ? names.role(id) : names.user(id);
}

function authorOf(message, store) {
  const number = store.members.findIndex((each) => each.id === message.author.id);
  const known = store.members[number];
  return {
    name: known?.name ?? visibleName(message.author.global_name ?? message.author.username),
    bot: message.author.bot ?? false,
    number: message.author.bot ? null : number,
  };
}

/** The language that an entry came in, where it is known: the bot speaks to one in theirs, to all in the guild's. */
function languageOf({ private: isPrivate, message }, store) {
  if (isPrivate) return store.locale;
  return message.author.bot ? store.guild.locale : null;
}

function belongs(entry, previous) {
  const [a, b] = [entry.message, previous.message];
  const alone = entry.command !== null || a.message_reference || entry.private !== previous.private;
  const apart = Date.parse(a.timestamp) - Date.parse(b.timestamp);
  return !alone && a.author.id === b.author.id && apart < GROUP_MS;
}
