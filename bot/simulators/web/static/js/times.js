// Writes Discord's times in a language, and keeps those that speak of "ago" true while the page is open.

import { h } from "./dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const FORMATS = new Map(); // They are costly to make.
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const LATEST = 8.64e12; // the last second that a Date can hold

/** `<t:1700000000:R>` as an element, or null where no such moment exists. */
export function moment(seconds, style, locale) {
  if (Math.abs(seconds) > LATEST) return null;
  const date = new Date(seconds * 1000);
  const text = style === "R" ? relative(seconds, locale) : written(date, style, locale);
  return h("time", { lang: locale, datetime: date.toISOString(), title: written(date, "F", locale), "data-since": style === "R" ? seconds : null }, text);
}

/** When a message was written: the time today, the date as well before. */
export function stamp(isoText, locale) {
  const date = new Date(isoText);
  const today = date.toDateString() === new Date().toDateString();
  return h("time", { class: "stamp", lang: locale, datetime: isoText, title: written(date, "F", locale) }, written(date, today ? "t" : "s", locale));
}

/** Let the times tick; called once. */
export function tick() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-since]")) {
      const text = relative(Number(element.dataset.since), element.lang);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}

function written(date, style, locale) {
  return formats(locale)[style].format(date);
}

/** "3 minutes ago". */
function relative(seconds, locale) {
  const ahead = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([name, length]) => Math.abs(ahead) >= length || name === "second");
  return formats(locale).R.format(Math.trunc(ahead / size), unit);
}

function formats(locale) {
  if (!FORMATS.has(locale)) {
    const made = Object.entries(STYLES).map(([style, how]) => [style, new Intl.DateTimeFormat(locale, how)]);
    FORMATS.set(locale, { ...Object.fromEntries(made), R: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }) });
  }
  return FORMATS.get(locale);
}
