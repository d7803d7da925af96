// Builds elements. Text goes in as text nodes only: nothing here or elsewhere reads markup.

const SAFE_SCHEMES = new Set(["http:", "https:"]);

/** Make an element. `on` holds listeners, `class` the classes; all else becomes an attribute. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...flat(children));
  return element;
}

/** Set attributes: true is an empty one, false and null take it away. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/** Put these children in the place of all that an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
}

/** Do the same without touching those that are there already, in this order. */
export function sync(element, children) {
  const wanted = flat(children).filter((child) => child !== "");
  for (const child of [...element.childNodes]) {
    if (!wanted.includes(child)) child.remove();
  }
  wanted.forEach((child, at) => {
    if (element.childNodes[at] !== child) element.insertBefore(child, element.childNodes[at] ?? null);
  });
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Return an address that may be followed, or null: `javascript:` and the like may not. */
export function safeAddress(text) {
  try {
    const url = new URL(text, location.href);
    return SAFE_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that leaves the page behind a new tab, or plain text where the address is none. */
export function link(address, ...children) {
  const href = safeAddress(address);
  if (href === null) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", title: href }, ...children);
}

let last = 0;

/** An id that no other element has. */
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** Change an element's children without taking the focus from the one that had it. */
export function keepFocus(container, change) {
  const held = container.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.dataset.key;
  change();
  if (key === undefined || container.contains(document.activeElement)) return;
  const again = [...container.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key);
  again?.focus({ preventScroll: true });
}
