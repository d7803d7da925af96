// Turns the tree of Discord's Markdown into elements. Names of people and channels come from `names`.

import { h, link } from "./dom.js";
import { parse } from "./markdown_parse.js";
import { moment } from "./times.js";

const BAR = /([▰▱]{2,})/;
const TAGS = { strong: "strong", emphasis: "em", underline: "u", strike: "s" };

/** The elements of a text. `names` has user(id), role(id) and channel(id), each a text or null, and locale. */
export function markdown(text, names) {
  return parse(text).map((block) => blockElement(block, names));
}

function blockElement(block, names) {
  switch (block.kind) {
    case "heading":
      // The page has headings of its own above these.
      return h("div", { class: `heading heading-${block.level}`, role: "heading", "aria-level": block.level + 3 }, pieces(block.inside, names));
    case "small":
      return h("div", { class: "small" }, pieces(block.inside, names));
    case "quote":
      return h("blockquote", {}, block.inside.map((inner) => blockElement(inner, names)));
    case "fence":
      return h("pre", { tabindex: 0, role: "region", "aria-label": "Code" }, h("code", {}, block.text));
    case "list":
      return listElement(block, names);
    default:
      return h("div", { class: "paragraph" }, pieces(block.inside, names));
  }
}

function listElement(block, names) {
  const items = block.items.map((item) =>
    h("li", {}, pieces(item.inside, names), item.below.map((inner) => blockElement(inner, names))),
  );
  return block.ordered ? h("ol", { start: block.start }, items) : h("ul", {}, items);
}

function pieces(tree, names) {
  return tree.map((piece) => pieceElement(piece, names));
}

function pieceElement(piece, names) {
  if (piece.kind in TAGS) return h(TAGS[piece.kind], {}, pieces(piece.inside, names));
  switch (piece.kind) {
    case "plain":
      return plain(piece.text);
    case "code":
      return h("code", {}, piece.text);
    case "time":
      return moment(piece.seconds, piece.style, names.locale) ?? document.createTextNode(piece.text);
    case "link":
      return link(piece.address, pieces(piece.inside, names));
    case "spoiler":
      return spoiler(pieces(piece.inside, names));
    case "emoji":
      return document.createTextNode(`:${piece.name}:`);
    case "command":
      return h("span", { class: "mention" }, `/${piece.name}`);
    case "everyone":
      return h("span", { class: "mention" }, `@${piece.id}`);
    case "user":
      return h("span", { class: "mention" }, `@${names.user(piece.id) ?? "unknown-user"}`);
    case "role":
      return h("span", { class: "mention" }, `@${names.role(piece.id) ?? "unknown-role"}`);
    default:
      return h("span", { class: "mention" }, `#${names.channel(piece.id) ?? "unknown"}`);
  }
}

/** A text; the bars that are drawn in it are for the eyes, and read out they would be endless. */
function plain(text) {
  return text.split(BAR).map((part, at) => (at % 2 ? h("span", { "aria-hidden": "true" }, part) : part));
}

/** Something that is hidden until it is asked for. */
export function spoiler(children, tag = "span") {
  const inside = h("span", { class: "spoiler-text", "aria-hidden": "true" }, children);
  inside.inert = true;
  const asks = { role: "button", "aria-label": "Spoiler: show it" };
  const cover = h(tag, { class: "spoiler", tabindex: 0, ...asks }, inside);
  const listening = new AbortController();
  const open = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    listening.abort();
    cover.classList.add("open");
    for (const name of Object.keys(asks)) cover.removeAttribute(name);
    inside.removeAttribute("aria-hidden");
    inside.inert = false;
    // Whoever has opened it by a key goes on from here.
    cover.tabIndex = -1;
  };
  cover.addEventListener("click", open, { signal: listening.signal });
  cover.addEventListener("keydown", open, { signal: listening.signal });
  return cover;
}
