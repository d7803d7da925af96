// Owns the form that the bot has opened: its fields, what is filled in, and sending it.

import { choiceOf } from "./components.js";
import { fill, freshId, h } from "./dom.js";
import { markdown } from "./markdown.js";
import { menu } from "./menus.js";

const LONG = 2;

/**
 * Show a modal of Discord's; `submit(values)` is a promise, and on its failure the form stays. Where it
 * was closed meanwhile, `tell(sentence)` hears of the failure.
 */
export function openForm(modal, { store, submit, tell }) {
  const fields = new Map();
  const titleId = freshId("form");
  const trouble = h("p", { class: "form-trouble", role: "alert" });
  const send = h("button", { type: "submit", class: "button primary" }, "Submit");
  const cancel = h("button", { type: "button", class: "button plain" }, "Cancel");
  const form = h(
    "form",
    { class: "form", autocomplete: "off" },
    h("h2", { id: titleId }, modal.title),
    h("div", { class: "form-body" }, modal.components.map((part) => drawn(part, { fields, store }))),
    trouble,
    h("div", { class: "form-end" }, cancel, send),
  );
  const dialog = h("dialog", { "aria-labelledby": titleId }, form);
  const returnTo = document.activeElement;
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (returnTo?.isConnected) returnTo.focus({ preventScroll: true });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sending();
  });
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector("input, textarea, .menu-button")?.focus();
  return dialog;

  async function sending() {
    if (send.classList.contains("busy")) return;
    send.classList.add("busy");
    trouble.textContent = "";
    const values = Object.fromEntries([...fields].map(([customId, read]) => [customId, read()]));
    try {
      await submit(values);
      dialog.close();
    } catch (refusal) {
      if (dialog.open) trouble.textContent = refusal.message;
      else tell(`${modal.title}: ${refusal.message}`);
    } finally {
      send.classList.remove("busy");
    }
  }
}

function drawn(part, context) {
  switch (part.type) {
    case 18:
      return field(part.component, part.label, part.description, context);
    case 1:
      return h("div", {}, part.components.map((inner) => field(inner, inner.label, null, context)));
    case 10:
      return h("div", { class: "md" }, markdown(part.content, context.store.names));
    default:
      return h("p", { class: "unknown" }, `(A part of type ${part.type}, which this page does not know.)`);
  }
}

function field(item, label, description, { fields, store }) {
  const required = item.required !== false;
  const box = h("div", { class: "field" });
  const title = [label, required && h("span", { class: "must", "aria-hidden": "true" }, "*")];
  const more = description ? h("p", { class: "about", id: freshId("about") }, description) : null;
  if (item.type === 4) {
    const input = textInput(item, required, more?.id);
    fields.set(item.custom_id, () => input.value);
    fill(box, h("label", { for: input.id }, title), more, input);
  } else if ([3, 5, 6, 7, 8].includes(item.type)) {
    const made = menu({ ...choiceOf(item, store), label, required, description: more?.id });
    fields.set(item.custom_id, made.values);
    fill(box, h("span", { class: "label" }, title), more, made.element);
  } else {
    fill(box, h("p", { class: "unknown" }, `(A field of type ${item.type}, which this page does not know.)`));
  }
  return box;
}

function textInput(item, required, description) {
  const common = {
    id: freshId("field"),
    placeholder: item.placeholder,
    minlength: item.min_length,
    maxlength: item.max_length ?? 4000,
    required,
    autocomplete: "off",
    "aria-describedby": description,
    "data-field": item.custom_id,
  };
  if (item.style !== LONG) return h("input", { ...common, type: "text", value: item.value });
  return h("textarea", common, item.value ?? "");
}
