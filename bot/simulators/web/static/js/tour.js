// Owns the guided tour: its steps, and how each notices by itself that it was done.

import { fill, h, keepFocus } from "./dom.js";

const KEPT = "deckhand-tour";
const RUNNING = "🟢";
const WENT_DOWN = /💥|🔴/u;
const TEST = "🧪";
const POWER = /^(restart|status|server (start|stop|restart|kill|status|logs|command))$/;

/**
 * `done(seen)` looks at what just happened: {kind: "entry", entry, me, channel},
 * {kind: "asked", command}, {kind: "pressed", label}.
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
    done: () => (seen) => seen.me === "guest" && answered(seen, (entry) => entry.private && POWER.test(entry.command ?? "")),
  },
  {
    id: "crash",
    title: "Let a server crash",
    text: ["Let all changes be told in #alerts: ", ["/notify add"], ". Then press Crash beside Creative, below, and look into #alerts."],
    show: { as: "moderator", command: "notify add", options: { channel: "#alerts", events: "all changes" } },
    done: () => (seen) => seen.kind === "entry" && seen.channel === "alerts" && isBadNews(seen.entry.message),
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
  #open;
  #watching;

  /** `show({as, command, options})` prepares a step in the composer. */
  constructor(store, show, section) {
    this.#store = store;
    this.#show = show;
    this.#section = section;
    this.#open = recall() !== "hidden";
    this.#watching = new Map(STEPS.map((step) => [step.id, step.done()]));
    store.addEventListener("entries", ({ detail }) => {
      const channel = store.channels.find((each) => each.id === detail.channel)?.name;
      for (const entry of detail.entries) this.see({ kind: "entry", entry, channel });
    });
    this.#draw();
  }

  /** Take notice of something that happened. */
  see(seen) {
    const before = this.#done.size;
    for (const [id, done] of this.#watching) {
      if (!this.#done.has(id) && done({ ...seen, me: this.#store.me })) this.#done.add(id);
    }
    if (this.#done.size !== before) this.#draw();
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
    keep(this.#open ? "shown" : "hidden");
    this.#draw();
  }
}

/** A restart that was asked for, and then the end of its receipt: no buttons, and the sign of running. */
function restartSeen() {
  let asked = false;
  return (seen) => {
    if (/restart/i.test(seen.command ?? seen.label ?? "")) asked = true;
    if (!asked || seen.kind !== "entry" || seen.entry.private) return false;
    const { message } = seen.entry;
    return message.author.bot && !hasButton(message.components) && JSON.stringify(message).includes(RUNNING);
  };
}

/** News of a server that went down: not asked for here and now, and no mere test. */
function isBadNews(message) {
  const said = JSON.stringify(message.components);
  return message.author.bot && !message.interaction_metadata && WENT_DOWN.test(said) && !said.includes(TEST);
}

function answered(seen, fits) {
  return seen.kind === "entry" && !(seen.entry.message.flags & 128) && fits(seen.entry);
}

function hasButton(components) {
  return components.some((item) => item.type === 2 || hasButton(item.components ?? []));
}

function recall() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // A browser may forbid it.
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // Then it is forgotten with the page.
  }
}
