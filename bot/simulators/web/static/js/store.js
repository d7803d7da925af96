// Keeps what the server has told, and tells the rest of the page. Draws nothing, asks for nothing.

import { visibleName } from "./names.js";

/**
 * Events: `state` (all is new), `surroundings` (who and where there is has changed), `entries` {channel, entries, fresh}, `gone` {channel, ids},
 * `commands`, `world`, `channel` (another one is looked at).
 */
export class Store extends EventTarget {
  guild = { id: "", name: "", locale: "en-US" };
  application = { id: "", name: "" };
  me = "";
  members = [];
  roles = [];
  channels = [];
  commands = [];
  world = { bot: { connected: false, can_restart: false }, panels: [] };
  current = "";
  #seen = new Map();

  /** Take a frame of the server. */
  hear(frame) {
    switch (frame.type) {
      case "state":
        this.#all(frame);
        break;
      case "surroundings":
        this.#surroundings(frame);
        break;
      case "entries":
        this.#entries(frame.channel, frame.entries);
        break;
      case "gone":
        this.#gone(frame.channel, new Set(frame.ids));
        break;
      case "commands":
        this.commands = frame.commands;
        this.#tell("commands");
        break;
      case "world":
        this.world = frame.world;
        this.#tell("world");
        break;
    }
  }

  /** Look at a channel. */
  look(id) {
    if (!this.channels.some((each) => each.id === id)) return;
    this.current = id;
    this.#read(this.channel);
    this.#tell("channel");
  }

  /** Put what stands before an entry there, unless it is not the first one any more: all may be new. */
  older(id, before, { entries, more }) {
    const channel = this.channels.find((each) => each.id === id);
    if (channel === undefined || channel.entries[0]?.id !== before) return [];
    channel.entries = [...entries, ...channel.entries];
    channel.more = more;
    return entries;
  }

  /** The channel that is looked at. */
  get channel() {
    return this.channels.find((each) => each.id === this.current);
  }

  /** Who one is. */
  get self() {
    return this.members.find((each) => each.key === this.me);
  }

  /** The language of whom one is. */
  get locale() {
    return this.self?.locale ?? "en-US";
  }

  /** How many entries of a channel were not looked at yet. */
  unread(channel) {
    const seen = this.#seen.get(channel.id) ?? "0";
    return channel.entries.filter((entry) => later(entry.id, seen)).length;
  }

  user = (id) => this.members.find((each) => each.id === id)?.name ?? null;
  role = (id) => this.roles.find((each) => each.id === id)?.name.replace(/^@/, "") ?? null;
  channelName = (id) => this.channels.find((each) => each.id === id)?.name ?? null;

  /** What Markdown asks for names, and the language of its times. */
  get names() {
    return { user: this.user, role: this.role, channel: this.channelName, locale: this.locale };
  }

  #all(frame) {
    const before = this.me;
    this.commands = frame.commands;
    this.world = frame.world;
    this.#around(frame);
    for (const channel of this.channels) {
      if (before === "" || !this.#seen.has(channel.id)) this.#read(channel);
    }
    if (this.channel) this.#read(this.channel);
    this.#tell("state");
    this.#tell("commands");
    this.#tell("world");
  }

  #surroundings(frame) {
    const [before, language] = [this.current, this.locale];
    const known = new Map(this.channels.map((each) => [each.id, each]));
    for (const each of frame.channels) {
      // What stands in a channel comes along where it is a new one.
      const { entries, more } = each.entries ? each : known.get(each.id);
      Object.assign(each, { entries, more });
    }
    this.#around(frame);
    this.#tell("surroundings");
    if (this.current !== before) this.#tell("channel");
    if (this.locale !== language) this.#tell("commands");
  }

  #around({ guild, application, me, members, roles, channels }) {
    for (const each of [guild, application, ...members, ...roles, ...channels]) each.name = visibleName(each.name);
    Object.assign(this, { guild, application, me, members, roles, channels });
    if (this.channel === undefined) this.current = this.channels[0]?.id ?? "";
  }

  #entries(id, entries) {
    const channel = this.channels.find((each) => each.id === id);
    if (channel === undefined) return;
    const first = channel.entries[0]?.id;
    // What stands above all that is here comes with its neighbours, or there would be a hole.
    const fitting = entries.filter((entry) => !channel.more || first === undefined || !later(first, entry.id));
    const fresh = [];
    for (const entry of fitting) {
      const at = placeOf(channel.entries, entry.id);
      if (channel.entries[at]?.id === entry.id) channel.entries[at] = entry;
      else fresh.push(entry);
    }
    if (fresh.length) {
      channel.entries = [...channel.entries, ...fresh].sort((a, b) => (later(a.id, b.id) ? 1 : -1));
    }
    if (id === this.current) this.#read(channel);
    this.#tell("entries", { channel: id, entries: fitting, fresh });
  }

  #gone(id, ids) {
    const channel = this.channels.find((each) => each.id === id);
    if (channel === undefined) return;
    channel.entries = channel.entries.filter((entry) => !ids.has(entry.id));
    this.#tell("gone", { channel: id, ids });
  }

  #read(channel) {
    const newest = channel.entries.at(-1)?.id ?? "0";
    if (later(newest, this.#seen.get(channel.id) ?? "")) this.#seen.set(channel.id, newest);
  }

  #tell(event, detail = null) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

/** Where an entry stands among sorted ones; where it does not, the place of the one that follows. */
export function placeOf(entries, id) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (later(id, entries[middle].id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an id is newer: they are numbers, too large for numbers of the language. */
export function later(a, b) {
  return a.length === b.length ? a > b : a.length > b.length;
}
