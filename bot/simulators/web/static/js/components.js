// Draws the components of a message as Discord keeps them. What is pressed goes to `deeds`.

import { h, link, safeAddress } from "./dom.js";
import { markdown, spoiler } from "./markdown.js";
import { menu } from "./menus.js";
import { initials } from "./names.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };
const LINK = 5;
// What the server lets a browser show; all else it sends as a download.
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/**
 * `context` has names (for Markdown), store, and deeds: click(component, button) and
 * select(component, values).
 */
export function component(item, context) {
  switch (item.type) {
    case 1:
      return h("div", { class: "row part" }, below(item, context));
    case 2:
      return button(item, context);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return choice(item, context);
    case 9:
      return h("div", { class: "section part" }, h("div", {}, below(item, context)), item.accessory && component(item.accessory, context));
    case 10:
      return h("div", { class: "md part" }, markdown(item.content, context.names));
    case 11:
      return hide(item, picture(item.media, item.description, "thumbnail"));
    case 12:
      return h("div", { class: "gallery part" }, item.items.map((each) => hide(each, picture(each.media, each.description))));
    case 13:
      return hide(item, file(item.file.url, item.name ?? lastOf(item.file.url), item.size));
    case 14:
      return h("div", { class: ["separator part", item.divider !== false && "divider", item.spacing === 2 && "wide"].filter(Boolean).join(" ") });
    case 17:
      return container(item, context);
    default:
      return h("div", { class: "unknown part" }, `(A component of type ${item.type}, which this page does not know.)`);
  }
}

/** An attachment of a message: a picture, or a file to save. */
export function attachment(item) {
  if (PICTURES.includes(item.content_type)) {
    return h("div", { class: "picture part" }, picture(item, item.description ?? item.filename));
  }
  return file(item.url, item.filename, item.size);
}

/** An embed: what bots wrote before there were components. */
export function embed(item, names) {
  const text = (value) => h("div", { class: "md" }, markdown(value, names));
  const box = h(
    "div",
    { class: "embed part" },
    item.title && h("div", { class: "embed-title" }, item.title),
    item.description && text(item.description),
    (item.fields ?? []).map((field) => h("div", {}, h("b", {}, field.name), text(field.value))),
    item.footer?.text && h("div", { class: "small" }, item.footer.text),
  );
  return accent(box, item.color);
}

/** The options that a menu of people, roles or channels offers. */
export function things(kind, store) {
  const people = store.members.map((each) => ({ value: each.id, label: `@${each.name}`, description: each.bot ? "app" : null }));
  const roles = store.roles.map((each) => ({ value: each.id, label: each.name.startsWith("@") ? each.name : `@${each.name}` }));
  const channels = store.channels.map((each) => ({ value: each.id, label: `#${each.name}` }));
  return { 5: people, 6: roles, 7: [...roles, ...people], 8: channels }[kind] ?? [];
}

/** What a menu has to be made of, from Discord's component. */
export function choiceOf(item, store) {
  const defaults = new Set((item.default_values ?? []).map((each) => each.id));
  const options =
    item.type === 3
      ? item.options.map((each) => ({ ...each, emoji: each.emoji?.name }))
      : things(item.type, store).map((each) => ({ ...each, default: defaults.has(each.value) }));
  return {
    options,
    placeholder: item.placeholder || "Make a selection",
    min: item.min_values ?? 1,
    max: item.max_values ?? 1,
    disabled: item.disabled ?? false,
    key: item.custom_id,
  };
}

function below(item, context) {
  return item.components.map((inner) => component(inner, context));
}

function container(item, context) {
  const box = h("div", { class: "container part" }, below(item, context));
  return hide(item, accent(box, item.accent_color));
}

function accent(box, color) {
  if (typeof color === "number") box.style.setProperty("--accent", `#${color.toString(16).padStart(6, "0")}`);
  return box;
}

function button(item, context) {
  const emoji = item.emoji ? h("span", { class: "emoji" }, item.emoji.id ? `:${item.emoji.name}:` : item.emoji.name) : null;
  const inside = [emoji, item.label && h("span", {}, item.label)];
  if (item.style === LINK) {
    const element = link(item.url, inside, h("span", { "aria-hidden": "true" }, " ↗"));
    element.classList.add("button");
    return element;
  }
  const name = item.label || item.emoji?.name;
  const element = h("button", { type: "button", class: `button ${STYLES[item.style] ?? "secondary"}`, disabled: item.disabled, "data-key": item.custom_id, "aria-label": item.label ? null : name }, inside);
  element.addEventListener("click", () => {
    if (!element.classList.contains("busy")) context.deeds.click(item, element);
  });
  return element;
}

function choice(item, context) {
  const made = menu({ ...choiceOf(item, context.store), onChoose: (values) => context.deeds.select(item, values) });
  made.element.classList.add("part");
  return made.element;
}

function picture(media, description, kind = "") {
  const source = safeAddress(media.url);
  const own = source !== null && new URL(source).origin === location.origin;
  // Nothing is fetched from outside: a foreign picture is a link.
  if (!own) return link(media.url, `🖼 ${description || lastOf(media.url)}`);
  return h("img", { src: source, alt: description ?? "", class: kind, loading: "lazy" });
}

function file(url, name, size) {
  const bytes = typeof size === "number" ? h("span", { class: "small" }, sized(size)) : null;
  return h("div", { class: "file part" }, h("span", { "aria-hidden": "true" }, "📄"), link(url, name), bytes);
}

function hide(item, element) {
  return item.spoiler ? spoiler([element], "div") : element;
}

function lastOf(url) {
  return url.split("/").at(-1) || url;
}

function sized(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** A round face with the first letters of a name; the bot, whose number is null, has its own. */
export function avatar(name, number, little = false) {
  if (number === null) return h("span", { class: "avatar app-face" }, h("img", { src: "/static/icon.svg", alt: "" }));
  return h("span", { class: `avatar face-${number % 6}${little ? " little" : ""}`, "aria-hidden": "true" }, initials(name));
}
