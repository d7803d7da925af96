// Owns what stands around the chat: who one is, the channels, the drawers and the connection.

import { avatar } from "./components.js";
import { fill, h, keepFocus, set } from "./dom.js";

const LOCALES = { "en-US": "English", "zh-CN": "简体中文" };

/** Who one is: a choice among the members that can be become. */
export function membersSwitch(store, become, fieldset) {
  const legend = fieldset.querySelector("legend");
  store.addEventListener("state", () => {
    const choices = store.members.filter((each) => each.key !== null);
    keepFocus(fieldset, () => fill(fieldset, legend, choices.map((each) => choice(each))));
  });

  function choice(member) {
    const input = h("input", { type: "radio", name: "member", value: member.key, checked: member.key === store.me, "data-key": `member-${member.key}`, on: { change: () => become(member.key) } });
    const number = store.members.indexOf(member);
    return h("label", { class: "member" }, input, avatar(member.name, number, true), h("span", {}, h("b", {}, member.name), h("small", {}, member.key)));
  }
}

/** The language of the member's Discord. */
export function localeSwitch(store, choose, select) {
  fill(select, Object.entries(LOCALES).map(([value, text]) => h("option", { value, lang: value }, text)));
  select.addEventListener("change", () => choose(select.value));
  store.addEventListener("state", () => {
    const locale = store.self?.locale ?? "en-US";
    if (!(locale in LOCALES) && ![...select.options].some((each) => each.value === locale)) select.append(h("option", { value: locale }, locale));
    select.value = locale;
  });
}

/** The guild's name and channels, with what was not read yet. */
export function channelList(store, { name, list, heading }) {
  const draw = () => {
    name.textContent = store.guild.name;
    heading.textContent = store.channel?.name ?? "…";
    document.title = `#${store.channel?.name ?? ""} · ${store.guild.name}`;
    keepFocus(list, () => fill(list, store.channels.map((channel) => h("li", {}, button(channel)))));
  };
  for (const event of ["state", "channel", "entries", "gone"]) store.addEventListener(event, draw);

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

/** A part of the page that a button opens and closes where the window is narrow. */
export function drawer(button, part, { closeOn = null } = {}) {
  const open = (yes) => {
    part.classList.toggle("open", yes);
    set(button, { "aria-expanded": String(yes) });
  };
  button.addEventListener("click", () => {
    open(!part.classList.contains("open"));
    if (part.classList.contains("open")) part.querySelector("button, select, input")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !part.classList.contains("open")) return;
    open(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!part.contains(event.target) && !button.contains(event.target)) open(false);
  });
  if (closeOn) part.addEventListener("click", (event) => event.target.closest(closeOn) && open(false));
}

/** Say that the connection is lost, if it does not come back at once. */
export function connectionBar(bar) {
  let timer = null;
  return (up) => {
    clearTimeout(timer);
    if (up) {
      bar.hidden = true;
      bar.textContent = "";
      return;
    }
    timer = setTimeout(() => {
      bar.hidden = false;
      bar.textContent = "The demo does not answer. Trying again …";
    }, 400);
  };
}
