// Knows what this browser was asked to keep. A browser may forbid it: then it is forgotten with the page.

/** What was kept under a name in `localStorage` or `sessionStorage`, or null. */
export function recall(storage, name) {
  try {
    return window[storage].getItem(name);
  } catch {
    return null;
  }
}

/** Keep a text under a name, if the browser lets us. */
export function keep(storage, name, text) {
  try {
    window[storage].setItem(name, text);
  } catch {
    // Nothing is said of it: the page works all the same.
  }
}
