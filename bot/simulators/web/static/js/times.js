// Writes Discord's times, and keeps those that speak of "ago" true while the page is open.

import { h } from "./dom.js";

const LOCALE = "en";
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
const FORMATS = Object.fromEntries(
  Object.entries(STYLES).map(([style, how]) => [style, new Intl.DateTimeFormat(LOCALE, how)]),
);
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
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
export function moment(seconds, style = "f") {
  if (Math.abs(seconds) > LATEST) return null;
  const date = new Date(seconds * 1000);
  const element = h("time", { datetime: date.toISOString(), title: FORMATS.F.format(date) });
  if (style === "R") element.dataset.since = seconds;
  element.textContent = style === "R" ? relative(seconds) : FORMATS[style].format(date);
  return element;
}

/** When a message was written: the time today, the date as well before. */
export function stamp(isoText) {
  const date = new Date(isoText);
  const today = date.toDateString() === new Date().toDateString();
  const text = today ? FORMATS.t.format(date) : FORMATS.s.format(date);
  return h("time", { class: "stamp", datetime: isoText, title: FORMATS.F.format(date) }, text);
}

/** "3 minutes ago". */
export function relative(seconds, now = Date.now() / 1000) {
  const ahead = seconds - now;
  for (const [unit, size] of UNITS) {
    if (Math.abs(ahead) >= size || unit === "second") {
      return RELATIVE.format(Math.trunc(ahead / size), unit);
    }
  }
  return "";
}

/** Let the times tick; called once. */
export function tick() {
  setInterval(() => {
    const now = Date.now() / 1000;
    for (const element of document.querySelectorAll("time[data-since]")) {
      const text = relative(Number(element.dataset.since), now);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
