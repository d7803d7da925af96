// Owns the right: each make-believe panel with its servers as they truly are, and the switches.

import { fill, h, keepFocus, set } from "./dom.js";
import { visibleName } from "./names.js";

const FAULTS = { down: "is down", slow: "is slow", throttle: "throttles" };
const KINDS = {
  pterodactyl: "Pterodactyl 1.x",
  pterodactyl_v07: "Pterodactyl 0.7",
  pterodactyl_legacy: "Pterodactyl 0.6",
  vpsorg: "vps.org",
  cvm: "CVM",
};

export class World {
  #store;
  #turn;
  #bot = h("div", { class: "bot-row" });
  #panels = h("div", { class: "world" });
  #trouble = h("p", { class: "world-trouble", role: "alert" });
  #views = new Map();

  /** `turn(keys)` asks for a switch to be turned, and is a promise. */
  constructor(store, turn, section) {
    this.#store = store;
    this.#turn = turn;
    fill(
      section,
      h("h2", { id: "world-title" }, "Behind the scenes"),
      h("p", { class: "about" }, "The make-believe panels as they truly are. Break something, and see what the bot tells."),
      this.#bot,
      this.#trouble,
      this.#panels,
    );
    store.addEventListener("world", () => this.#draw());
  }

  #draw() {
    const { bot, panels } = this.#store.world;
    this.#drawBot(bot);
    const there = new Set(panels.map((panel) => panel.id));
    for (const [id, view] of this.#views) {
      if (there.has(id)) continue;
      view.element.remove();
      this.#views.delete(id);
    }
    for (const panel of panels) {
      if (!this.#views.has(panel.id)) {
        const view = new PanelView(panel.id, (keys) => this.#do(keys));
        this.#views.set(panel.id, view);
        this.#panels.append(view.element);
      }
      this.#views.get(panel.id).draw(panel);
    }
  }

  #drawBot(bot) {
    this.#bot.classList.toggle("on", bot.connected);
    const restart = bot.can_restart && h("button", { type: "button", class: "little-button", "data-key": "restart-bot", "aria-disabled": String(!bot.connected), on: { click: () => bot.connected && this.#do({ switch: "restart-bot" }) } }, "Restart it");
    keepFocus(this.#bot, () => fill(this.#bot, h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "text", role: "status" }, bot.connected ? "The bot is connected" : "The bot is not connected"), restart));
  }

  async #do(keys) {
    this.#trouble.textContent = "";
    try {
      return await this.#turn(keys);
    } catch (refusal) {
      this.#trouble.textContent = refusal.message;
      // The switches show what is, not what was wished.
      this.#draw();
      return null;
    }
  }
}

class PanelView {
  #do;
  #id;
  #title = h("h3");
  #fault = h("select");
  #servers = h("ul");
  #views = new Map();

  constructor(id, turn) {
    this.#id = id;
    this.#do = turn;
    this.#fault.addEventListener("change", () => turn({ switch: "fault", panel: id, fault: this.#fault.value || null }));
    const name = h("input", { type: "text", maxlength: 191, placeholder: "A new server's name", "aria-label": "A new server's name" });
    const add = h("form", { class: "add", autocomplete: "off" }, name, h("button", { type: "submit", class: "little-button" }, "Add"));
    add.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#add(name);
    });
    this.element = h("section", { class: "panel", "data-panel": id }, h("div", { class: "panel-head" }, this.#title, this.#fault), this.#servers, add);
  }

  draw(panel) {
    fill(this.#title, panel.name, h("small", {}, KINDS[panel.kind] ?? panel.kind));
    this.element.classList.toggle("faulty", panel.fault !== null);
    set(this.#fault, { "aria-label": `How ${panel.name} works` });
    const options = [["", "works"], ...panel.faults.map((each) => [each, FAULTS[each] ?? each])];
    if (this.#fault.options.length !== options.length) {
      fill(this.#fault, options.map(([value, text]) => h("option", { value }, text)));
    }
    this.#fault.value = panel.fault ?? "";
    this.#drawServers(panel.servers);
  }

  #drawServers(servers) {
    const there = new Set(servers.map((server) => server.id));
    for (const [id, view] of this.#views) {
      if (there.has(id)) continue;
      const hadFocus = view.element.contains(document.activeElement);
      view.element.remove();
      this.#views.delete(id);
      if (hadFocus) this.#fault.focus();
    }
    for (const server of servers) {
      if (!this.#views.has(server.id)) {
        const view = new ServerView((keys) => this.#do({ server: server.id, ...keys }));
        this.#views.set(server.id, view);
        this.#servers.append(view.element);
      }
      this.#views.get(server.id).draw(server);
    }
  }

  async #add(input) {
    if (input.value === "") {
      input.focus();
      return;
    }
    if (await this.#do({ switch: "add", panel: this.#id, name: input.value })) input.value = "";
  }
}

class ServerView {
  #do;
  #drawn = "";

  constructor(turn) {
    this.#do = turn;
    this.element = h("li", { class: "server" });
  }

  draw(server) {
    const drawn = JSON.stringify(server);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const known = ["running", "starting", "stopping", "offline"].includes(server.state);
    this.element.className = `server state-${server.condition || !known ? "other" : server.state}`;
    this.element.dataset.server = server.name;
    this.element.dataset.state = server.state;
    const offline = server.state === "offline";
    keepFocus(this.element, () =>
      fill(
        this.element,
        h("span", { class: "dot", "aria-hidden": "true" }),
        h("span", { class: "name", title: server.node }, visibleName(server.name)),
        h("span", { class: "state" }, [server.condition?.replace("_", " "), server.state].filter(Boolean).join(", ")),
        h(
          "div",
          { class: "deeds" },
          offline
            ? this.#button("life", "Start", { switch: "power", signal: "start" }, server)
            : this.#button("life", "Crash", { switch: "crash" }, server),
          this.#button("hang", "Hang in starting", { switch: "hang", on: !server.hangs }, server, server.hangs),
          this.#button("remove", "Remove", { switch: "remove" }, server),
        ),
      ),
    );
  }

  /** A button of a server; the focus stays with its `place`, whatever stands there next. */
  #button(place, text, keys, server, pressed = null) {
    const on = { click: () => this.#do(keys) };
    return h("button", { type: "button", class: "little-button", "data-key": place, "aria-pressed": pressed === null ? null : String(pressed), "aria-label": `${text}: ${server.name}`, on }, text);
  }
}
