// Owns menus: a button that opens a list, by mouse or by keyboard alone. Knows nothing of messages.

import { fill, freshId, h, set } from "./dom.js";

/**
 * Make a menu. `options` are {label, value, description?, emoji?, default?}; `onChoose(values)` is
 * called when a choice is complete: at once where one is wanted, on closing where several may be;
 * `description` is the id of the element that describes it.
 */
export function menu({ options, placeholder, min = 1, max = 1, disabled = false, required = false, key, label, description, onChoose }) {
  const chosen = new Set(options.filter((each) => each.default).map((each) => each.value));
  const several = max > 1;
  const listId = freshId("list");
  let active = -1;
  let before = "";
  let typed = "";
  let typedAt = 0;

  const button = h("button", {
    type: "button",
    class: "menu-button",
    role: "combobox",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-label": label ?? placeholder,
    "aria-describedby": description,
    "aria-required": String(required),
    "data-key": key,
    disabled,
  });
  const list = h("ul", { id: listId, class: "menu-list", role: "listbox", popover: "manual", "aria-label": label ?? placeholder, "aria-multiselectable": String(several) });
  const items = options.map((option, index) =>
    h(
      "li",
      { id: freshId("option"), role: "option", "aria-selected": "false", on: { pointerdown: (event) => event.preventDefault(), click: () => choose(index) } },
      several && h("span", { class: "tick", "aria-hidden": "true" }),
      option.emoji && h("span", { class: "emoji" }, option.emoji),
      h("span", { class: "option-text" }, h("span", { class: "option-label" }, option.label), option.description && h("span", { class: "option-description" }, option.description)),
    ),
  );
  fill(list, items.length ? items : h("li", { class: "menu-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "There is nothing to choose."));
  button.addEventListener("click", () => (isOpen() ? close() : open()));
  button.addEventListener("keydown", onKey);
  button.addEventListener("blur", () => close());
  show();
  return { element: h("div", { class: "menu" }, button, list), button, values: () => [...chosen] };

  function isOpen() {
    return button.getAttribute("aria-expanded") === "true";
  }

  function open() {
    if (disabled || isOpen()) return;
    button.focus();
    before = [...chosen].join("\n");
    button.setAttribute("aria-expanded", "true");
    list.showPopover();
    place();
    // The list stands above the page, which moves below it.
    document.addEventListener("scroll", place, true);
    addEventListener("resize", place);
    activate(Math.max(0, options.findIndex((each) => chosen.has(each.value))));
  }

  function close({ cancelled = false } = {}) {
    if (!isOpen()) return;
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-activedescendant");
    if (list.isConnected) list.hidePopover();
    document.removeEventListener("scroll", place, true);
    removeEventListener("resize", place);
    if (!several || [...chosen].join("\n") === before) return;
    if (cancelled || chosen.size < min) {
      chosen.clear();
      for (const value of before.split("\n").filter(Boolean)) chosen.add(value);
      show();
    } else {
      onChoose?.([...chosen]);
    }
  }

  function place() {
    const box = button.getBoundingClientRect();
    const height = list.offsetHeight;
    const above = box.bottom + height + 8 > innerHeight && box.top > height + 8;
    list.style.setProperty("left", `${box.left}px`);
    list.style.setProperty("width", `${box.width}px`);
    list.style.setProperty("top", `${above ? box.top - height - 4 : box.bottom + 4}px`);
  }

  function choose(index) {
    const option = options[index];
    if (option === undefined) return;
    if (several) {
      if (!chosen.delete(option.value) && chosen.size < max) chosen.add(option.value);
      show();
      return;
    }
    const again = chosen.has(option.value);
    chosen.clear();
    if (!(again && min === 0)) chosen.add(option.value);
    show();
    close();
    onChoose?.([...chosen]);
  }

  function activate(index) {
    active = Math.min(Math.max(index, 0), options.length - 1);
    items.forEach((item, at) => item.classList.toggle("active", at === active));
    set(button, { "aria-activedescendant": items[active]?.id });
    items[active]?.scrollIntoView({ block: "nearest" });
  }

  function onKey(event) {
    const moves = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8, Home: 0, End: options.length - 1 };
    if (event.key in moves) {
      event.preventDefault();
      if (isOpen()) activate(moves[event.key]);
      else open();
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      close({ cancelled: true });
    } else if ((event.key === "Enter" || event.key === " ") && isOpen()) {
      event.preventDefault();
      choose(active);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ") {
      jump(event.key);
    }
  }

  function jump(letter) {
    open();
    typed = (Date.now() - typedAt < 800 ? typed : "") + letter.toLowerCase();
    typedAt = Date.now();
    const found = options.findIndex((each) => each.label.toLowerCase().startsWith(typed));
    if (found >= 0) activate(found);
  }

  function show() {
    const texts = options.filter((each) => chosen.has(each.value)).map((each) => [each.emoji, each.label].filter(Boolean).join(" "));
    fill(button, h("span", { class: texts.length ? "menu-value" : "menu-placeholder" }, texts.join(", ") || placeholder), h("span", { class: "chevron", "aria-hidden": "true" }));
    button.setAttribute("aria-label", [label ?? placeholder, ...texts].join(": "));
    items.forEach((item, at) => item.setAttribute("aria-selected", String(chosen.has(options[at].value))));
  }
}
