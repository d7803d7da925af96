// Knows how names are written: what of them can be seen, their first letters, and when two are the same.

const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A name as it is shown: one of which nothing can be seen is a question mark. */
export function visibleName(name) {
  return name.replace(UNSEEN, "").trim() === "" ? "?" : name;
}

/** A short name for the eyes: the first letters of up to two words. */
export function initials(name) {
  const words = name.replace(UNSEEN, "").split(/\s+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}

/** A name as it is compared with what was typed: its sign may be left out. */
export function bare(name) {
  return name.toLowerCase().replace(/^[@#]/, "");
}
