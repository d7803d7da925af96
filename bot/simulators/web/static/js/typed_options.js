// Reads options as they are typed or pasted in one line: `Survival reason:lag events:"all changes"`.

import { bare } from "./names.js";

const WORD = /\S*/y;
const NAME = /([^\s:"]{1,32}):/y;

/**
 * Part a text at the names of options: [{option, text, named}], in its order. What stands before the
 * first name, if anything, is for `first`. `called(name)` returns the option with that name, or undefined.
 */
export function partOptions(text, first, called) {
  const parts = [{ option: first, from: 0, named: false }];
  for (let at = 0; at < text.length; ) {
    NAME.lastIndex = at;
    const name = NAME.exec(text);
    const option = name ? called(name[1]) : undefined;
    const here = parts.at(-1);
    if (option && !here.named && text.slice(0, at).trim() === "") {
      at += name[0].length;
      Object.assign(here, { option, from: at, named: true });
    } else if (option && !parts.some((part) => part.option === option)) {
      here.to = at;
      at += name[0].length;
      parts.push({ option, from: at, named: true });
    }
    at = afterWord(text, at, text[at] === '"' && at === parts.at(-1).from);
    while (/\s/.test(text[at] ?? "")) at += 1;
  }
  // What is being typed may go on behind its last space.
  return parts.map(({ option, from, to, named }) => {
    const own = text.slice(from, to);
    return { option, named, text: to === undefined ? own.trimStart() : own.trim() };
  });
}

/** What a text in quotes means; one that is not closed yet is as good as closed. */
export function unquoted(text) {
  return /^".*"\s*$/s.test(text) ? text.trimEnd().slice(1, -1) : text.replace(/^"/, "");
}

/** Part a text behind a choice that is written out: {choice, rest}; null where it may be another one. */
export function afterChoice(text, choices) {
  const typed = bare(text);
  const names = choices.flatMap((each) => [bare(each.name), bare(String(each.value))]);
  if (names.some((name) => name.startsWith(typed))) return null;
  const whole = names.filter((name) => name && typed.startsWith(name) && /\s/.test(typed[name.length] ?? ""));
  if (whole.length === 0) return null;
  const end = text.length - typed.length + Math.max(...whole.map((name) => name.length));
  return { choice: text.slice(0, end), rest: text.slice(end).trimStart() };
}

function afterWord(text, at, isQuoted) {
  if (isQuoted) {
    const end = text.indexOf('"', at + 1);
    return end < 0 ? text.length : end + 1;
  }
  WORD.lastIndex = at;
  return at + WORD.exec(text)[0].length;
}
