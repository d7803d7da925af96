// Owns what stands around the chat: who one is, the channels, the drawers and the connection.

import { avatar } from "./components.js";
import { fill, h, keepFocus, set } from "./dom.js";
import { NO_CONNECTION } from "./socket.js";

const LOCALES = { "en-US": "English", "zh-CN": "简体中文" };

const CHANGES = ["state", "surroundings"];

/** Who one is: a choice among the members that can be become. `become(key)` is a promise. */
export function membersSwitch(store, identity, become, fieldset) {
  const legend = fieldset.querySelector("legend");
  let drawn = "";
  for (const event of CHANGES) store.addEventListener(event, draw);

  function draw() {
    const choices = store.members.filter((each) => each.key !== null);
    const facts = JSON.stringify(choices.map((each) => [each.key, each.name, store.members.indexOf(each)]));
    if (facts !== drawn) keepFocus(fieldset, () => fill(fieldset, legend, choices.map((each) => choice(each))));
    drawn = facts;
    mark();
  }

  /** Mark who one is, or is about to be; the focus of the keyboard goes with it. */
  function mark() {
    for (const input of fieldset.querySelectorAll("input")) {
      input.checked = input.value === identity.key;
      if (input.checked && fieldset.contains(document.activeElement)) input.focus({ preventScroll: true });
    }
  }

  function choice(member) {
    const change = () => become(member.key).catch(mark);
    const input = h("input", { type: "radio", name: "member", value: member.key, "data-key": `member-${member.key}`, on: { change } });
    const number = store.members.indexOf(member);
    return h("label", { class: "member" }, input, avatar(member.name, number, true), h("span", {}, h("b", {}, member.name), h("small", {}, member.key)));
  }
}

/** The language of the member's Discord. `choose(locale)` is a promise. */
export function localeSwitch(store, choose, select) {
  fill(select, Object.entries(LOCALES).map(([value, text]) => h("option", { value, lang: value }, text)));
  select.addEventListener("change", () => choose(select.value).catch(show));
  for (const event of CHANGES) store.addEventListener(event, show);

  function show() {
    const { locale } = store;
    if (![...select.options].some((each) => each.value === locale)) select.append(h("option", { value: locale }, locale));
    select.value = locale;
  }
}

/** The guild's name and channels, with what was not read yet. */
export function channelList(store, { name, list, heading }) {
  let drawn = "";
  const draw = () => {
    name.textContent = store.guild.name;
    heading.textContent = store.channel?.name ?? "…";
    document.title = `#${store.channel?.name ?? ""} · ${store.guild.name}`;
    const facts = JSON.stringify([store.current, store.channels.map((each) => [each.id, each.name, store.unread(each)])]);
    if (facts !== drawn) keepFocus(list, () => fill(list, store.channels.map((channel) => h("li", {}, button(channel)))));
    drawn = facts;
  };
  for (const event of [...CHANGES, "channel", "entries", "gone"]) store.addEventListener(event, draw);

  function button(channel) {
    const current = channel.id === store.current;
    const unread = current ? 0 : store.unread(channel);
    return h(
      "button",
      { type: "button", class: unread ? "unread" : null, "aria-current": current ? "true" : null, "data-key": channel.id, on: { click: () => store.look(channel.id) } },
      h("span", { class: "hash", "aria-hidden": "true" }, "#"),
      h("span", { class: "name" }, channel.name),
      unread > 0 && h("span", { class: "count", "aria-label": `${unread} new` }, unread > 49 ? "50+" : String(unread)),
    );
  }
}

/**
 * A part of the page that a button opens where the window is narrow, and that closes when one goes
 * on elsewhere; returns how to close it.
 */
export function drawer(button, part, { closeOn = null } = {}) {
  const open = (yes) => {
    part.classList.toggle("open", yes);
    set(button, { "aria-expanded": String(yes) });
  };
  const away = (target) => !part.contains(target) && !button.contains(target);
  button.addEventListener("click", () => {
    open(!part.classList.contains("open"));
    if (part.classList.contains("open")) part.querySelector("button, select, input")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !part.classList.contains("open")) return;
    open(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => away(event.target) && open(false));
  document.addEventListener("focusin", (event) => away(event.target) && open(false));
  if (closeOn) part.addEventListener("click", (event) => event.target.closest(closeOn) && open(false));
  return () => open(false);
}

/** Say that the connection is lost, if it does not come back at once; what was said of it then goes. */
export function connectionBar(bar) {
  let timer = null;
  return (up) => {
    clearTimeout(timer);
    if (up) {
      bar.hidden = true;
      bar.textContent = "";
      for (const said of document.querySelectorAll("[role=alert]")) {
        if (said.textContent.includes(NO_CONNECTION)) said.textContent = "";
      }
      return;
    }
    timer = setTimeout(() => {
      bar.hidden = false;
      bar.textContent = "The demo does not answer. Trying again …";
    }, 400);
  };
}
