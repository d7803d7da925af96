// Knows what can be typed after "/": the commands by their full names, and what their options take.

import { things } from "./components.js";
import { bare } from "./names.js";

const [SUBCOMMAND, GROUP] = [1, 2];
const [STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [3, 4, 5, 6, 7, 8, 9, 10];
const MENU_OF = { [USER]: 5, [ROLE]: 6, [MENTIONABLE]: 7, [CHANNEL]: 8 };

/** All commands that can be used, flat: {path, shown, description, options}. */
export function leaves(commands, locale) {
  const found = [];
  const walk = (item, path, shown) => {
    const inside = item.options ?? [];
    const nested = inside.filter((each) => each.type === SUBCOMMAND || each.type === GROUP);
    if (nested.length === 0) {
      const description = localized(item, "description", locale);
      found.push({ path: path.join(" "), shown: shown.join(" "), description, options: inside });
    }
    for (const each of nested) walk(each, [...path, each.name], [...shown, localized(each, "name", locale)]);
  };
  for (const command of commands.filter((each) => each.type === 1)) {
    walk(command, [command.name], [localized(command, "name", locale)]);
  }
  return found.sort((a, b) => a.shown.localeCompare(b.shown));
}

/** The commands that typed text may mean, best first. */
export function matching(all, typed) {
  const wanted = typed.toLowerCase().trim().replace(/\s+/g, " ");
  const score = (leaf) => {
    const name = leaf.shown.toLowerCase();
    if (name.startsWith(wanted) || leaf.path.startsWith(wanted)) return 0;
    if (name.split(" ").some((word) => word.startsWith(wanted))) return 1;
    if (name.includes(wanted)) return 2;
    return leaf.description.toLowerCase().includes(wanted) ? 3 : 9;
  };
  return all
    .map((leaf) => [score(leaf), leaf])
    .filter(([rank]) => rank < 9)
    .sort(([a], [b]) => a - b)
    .map(([, leaf]) => leaf);
}

/** The command that a text names in full, with what was typed behind it; or null. */
export function typedInFull(all, text) {
  for (const leaf of all) {
    for (const name of [leaf.path, leaf.shown]) {
      const rest = behind(text, name.split(" "));
      if (rest !== null) return { leaf, rest };
    }
  }
  return null;
}

/** What stands behind these words and the gap after each; null where a text begins otherwise. */
function behind(text, words) {
  let rest = text;
  for (const word of words) {
    const [all, found] = /^(\S+)\s+/.exec(rest) ?? [];
    if (found?.toLowerCase() !== word.toLowerCase()) return null;
    rest = rest.slice(all.length);
  }
  return rest;
}

/** What an option is called and means, in the reader's language. */
export function about(option, locale) {
  return { name: localized(option, "name", locale), description: localized(option, "description", locale) };
}

/** What an option offers without asking the bot: [{name, value}], or null where it offers nothing. */
export function offered(option, store) {
  if (option.choices?.length) {
    return option.choices.map((each) => ({ name: localized(each, "name", store.locale), value: each.value }));
  }
  if (option.type === BOOLEAN) return [{ name: "True", value: true }, { name: "False", value: false }];
  if (!(option.type in MENU_OF)) return null;
  return things(MENU_OF[option.type], store).map((each) => ({ name: each.label, value: each.value }));
}

/** Those of the offered that fit what was typed. */
export function fitting(choices, typed) {
  const wanted = bare(typed);
  const first = choices.filter((each) => bare(each.name).startsWith(wanted));
  return [...first, ...choices.filter((each) => !first.includes(each) && bare(each.name).includes(wanted))];
}

/** Turn what was typed into the value that is sent; throws a sentence where it is none. */
export function valueOf(option, text, store) {
  const choices = offered(option, store);
  if (choices !== null) {
    const meant = choices.find((each) => same(each.name, text)) ?? choices.find((each) => same(String(each.value), text));
    if (meant === undefined) throw new Error(`${option.name}: choose one of those that are offered.`);
    return meant.value;
  }
  switch (option.type) {
    case INTEGER:
      if (!/^-?\d{1,15}$/.test(text.trim())) throw new Error(`${option.name} wants a whole number.`);
      return bounded(option, Number(text), "min_value", "max_value", Number(text));
    case NUMBER:
      if (text.trim() === "" || !Number.isFinite(Number(text))) throw new Error(`${option.name} wants a number.`);
      return bounded(option, Number(text), "min_value", "max_value", Number(text));
    case STRING:
      return bounded(option, text, "min_length", "max_length", [...text].length);
    default:
      throw new Error(`${option.name}: this page cannot give what it wants.`);
  }
}

function bounded(option, value, low, high, size) {
  if (size < (option[low] ?? size) || size > (option[high] ?? size)) {
    const unit = low === "min_length" ? " characters" : "";
    throw new Error(`${option.name} wants ${option[low] ?? "any"} to ${option[high] ?? "any"}${unit}.`);
  }
  return value;
}

function same(a, b) {
  return bare(a.trim()) === bare(b.trim());
}

function localized(item, key, locale) {
  return item[`${key}_localizations`]?.[locale] ?? item[key];
}
