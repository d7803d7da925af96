// Owns the guided tour: its steps, and how each notices by itself that it was done.

import { fill, h, keepFocus } from "./dom.js";
import { keep, recall } from "./kept.js";
import { LOADING } from "./message.js";

const KEPT = "deckhand-tour";
const RUNNING = "🟢";
// News says of a server what it did; a list or a board says " · " and its state.
const WENT_DOWN = /(?:💥|🔴) \*\*((?:\\.|[^*\\])+)\*\*(?! ·)/gu;
const TEST = "🧪";
const RESTART = /^(server )?restart$|:restart:/;
const POWER = /^(restart|status|server (start|stop|restart|kill|status|logs|command))$/;

/**
 * `done(seen)` looks at what just happened: {kind: "entry", entry, me, channel},
 * {kind: "asked", command, options}, {kind: "pressed", button}, {kind: "crashed", server}. Only what
 * is done in this window counts: `self` is who one is in it, `servers` what the panels truly have.
 */
const STEPS = [
  {
    id: "list",
    title: "See the servers",
    text: ["Ask for the list: type ", ["/server list"], " and press Enter. All kinds of panel are in it."],
    show: { as: "moderator", command: "server list" },
    done: () => (seen) => answered(seen, (entry) => entry.command === "server list"),
  },
  {
    id: "card",
    title: "Open a status card",
    text: ["Choose ", ["/status"], " and a server. The names are suggested while you type."],
    show: { as: "moderator", command: "status", options: { server: "Survival" } },
    done: () => (seen) => answered(seen, (entry) => /^(server )?status$/.test(entry.command ?? "") && hasButton(entry.message.components)),
  },
  {
    id: "restart",
    title: "Restart it, and know that it worked",
    text: ["Be Hugo, a helper, and press Restart on the card, or use ", ["/restart"], ". Watch the receipt to its end."],
    show: { as: "helper", command: "restart", options: { server: "Survival" } },
    done: restartSeen,
  },
  {
    id: "denied",
    title: "Be refused",
    text: ["Be Gus, a guest, and try ", ["/restart"], ". The answer is private and gives nothing away."],
    show: { as: "guest", command: "restart", options: { server: "Survival" } },
    done: deniedSeen,
  },
  {
    id: "crash",
    title: "Let a server crash",
    text: ["Let all changes be told in #alerts: ", ["/notify add"], ". Then press Crash beside Creative, below, and look into #alerts."],
    show: { as: "moderator", command: "notify add", options: { channel: "#alerts", events: "all changes" } },
    done: crashSeen,
  },
  {
    id: "grant",
    title: "Give a right",
    text: ["Be Mia again and use ", ["/access allow"], ": let Gus restart servers. Then be Gus, and try again."],
    show: { as: "moderator", command: "access allow", options: { action: "operator", member: "@Gus" } },
    done: () => (seen) => answered(seen, (entry) => entry.command === "access allow" && hasButton(entry.message.components)),
  },
];

export class Tour {
  #store;
  #show;
  #section;
  #done = new Set();
  #played = "";
  #open;
  #watching;

  /** `show({as, command, options})` prepares a step in the composer. */
  constructor(store, show, section) {
    this.#store = store;
    this.#show = show;
    this.#section = section;
    this.#open = recall("localStorage", KEPT) !== "hidden";
    this.#watching = new Map(STEPS.map((step) => [step.id, step.done()]));
    store.addEventListener("entries", ({ detail }) => {
      const channel = store.channels.find((each) => each.id === detail.channel)?.name;
      for (const entry of detail.entries) this.see({ kind: "entry", entry, channel });
    });
    store.addEventListener("state", () => this.#resume());
    this.#draw();
  }

  /** Take notice of something that happened. */
  see(seen) {
    const before = this.#done.size;
    const { self, world } = this.#store;
    const servers = world.panels.flatMap((panel) => panel.servers);
    for (const [id, done] of this.#watching) {
      if (!this.#done.has(id) && done({ ...seen, self, servers })) this.#done.add(id);
    }
    if (this.#done.size === before) return;
    keep("sessionStorage", KEPT, JSON.stringify([this.#played, ...this.#done]));
    this.#draw();
  }

  /** Go on where this window was before it was loaded again, unless it is another demo by now. */
  #resume() {
    const guild = this.#store.guild.id;
    if (guild === this.#played) return;
    const [played, ...done] = JSON.parse(recall("sessionStorage", KEPT) ?? "[]");
    this.#played = guild;
    this.#done = new Set(played === guild ? done : []);
    this.#draw();
  }

  #draw() {
    const now = STEPS.find((step) => !this.#done.has(step.id));
    const toggle = h("button", { type: "button", class: "little-button", "data-key": "toggle", "aria-expanded": String(this.#open), on: { click: () => this.#toggle() } }, this.#open ? "Hide" : "Show");
    const head = h("h2", { id: "tour-title" }, "Guided tour", h("span", { class: "end", role: "status" }, `${this.#done.size} of ${STEPS.length} done`), toggle);
    const end = now === undefined && h("p", { class: "tour-end" }, "That was all of it. Go on as you like: break a panel below, restart the bot, press the old buttons.");
    keepFocus(this.#section, () => fill(this.#section, head, this.#open && h("ol", {}, STEPS.map((step, index) => this.#step(step, index, step === now))), this.#open && end));
  }

  #step(step, index, now) {
    const done = this.#done.has(step.id);
    const text = step.text.map((part) => (Array.isArray(part) ? h("code", {}, part[0]) : part));
    return h(
      "li",
      { class: ["step", done && "done", now && "now"].filter(Boolean).join(" "), "data-step": step.id, "aria-current": now ? "step" : null },
      h("span", { class: "mark", "aria-hidden": "true" }, done ? "✓" : String(index + 1)),
      h("h3", {}, step.title, done && h("span", { class: "hidden" }, " (done)")),
      now && h("p", {}, text),
      now && h("button", { type: "button", class: "little-button main", "data-key": "show", on: { click: () => this.#show(step.show) } }, "Prepare it for me"),
    );
  }

  #toggle() {
    this.#open = !this.#open;
    keep("localStorage", KEPT, this.#open ? "shown" : "hidden");
    this.#draw();
  }
}

/** A restart that was asked for, and then the end of its receipt: no buttons, and the sign of running. */
function restartSeen() {
  let asker = null;
  return (seen) => {
    if (RESTART.test(seen.command ?? seen.button ?? "")) asker = seen.self.id;
    if (asker === null || seen.kind !== "entry" || seen.entry.private) return false;
    const { message } = seen.entry;
    const said = JSON.stringify(message);
    return message.author.bot && !hasButton(message.components) && said.includes(RUNNING) && said.includes(`<@${asker}>`);
  };
}

/** A guest who names a server that there is, and is told in private that there is none. */
function deniedSeen() {
  let asked = false;
  return (seen) => {
    if (seen.kind === "asked") {
      const named = String(seen.options.server ?? "").toLowerCase();
      asked = seen.self.key === "guest" && seen.servers.some((server) => server.name.toLowerCase() === named);
    }
    const refused = (entry) => entry.private && POWER.test(entry.command ?? "") && !hasButton(entry.message.components);
    return asked && answered(seen, refused);
  };
}

/** News of a server that was crashed by hand: not asked for here and now, and no mere test. */
function crashSeen() {
  const crashed = new Set();
  return (seen) => {
    if (seen.kind === "crashed") crashed.add(seen.server);
    if (seen.kind !== "entry" || seen.channel !== "alerts") return false;
    const { message } = seen.entry;
    if (!message.author.bot || message.interaction_metadata) return false;
    const said = texts(message.components);
    // Signs of Markdown in a name are taken back by a backslash, and long names are cut.
    const named = [...said.matchAll(WENT_DOWN)].map(([, name]) => name.replaceAll("\\", ""));
    const fits = (server) => named.some((name) => name.startsWith(server.replaceAll("\\", "").slice(0, 20)));
    return !said.includes(TEST) && [...crashed].some(fits);
  };
}

/** The answer to what was asked in this window. */
function answered({ kind, entry, self }, fits) {
  if (kind !== "entry" || entry.message.flags & LOADING) return false;
  return entry.message.interaction_metadata?.user.id === self.id && fits(entry);
}

function hasButton(components) {
  return components.some((item) => item.type === 2 || hasButton(item.components ?? []));
}

function texts(components) {
  return components.map((item) => [item.content ?? "", texts(item.components ?? [])].join("\n")).join("\n");
}
