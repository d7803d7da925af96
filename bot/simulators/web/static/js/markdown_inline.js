// Reads the Markdown within a line or paragraph, in one pass. Touches no document.
//
// Anybody can write anything: no part of a text is looked at again and again. A sign that may
// close looks at the few nearest that are open, and what is never closed is plain in the end.

const MOST_OPEN = 32;
const PLAIN = /[^\\`<@[*_~|h]+|h(?!ttps?:\/\/)/y;
const ATOMS = [
  ["escape", /\\([^0-9A-Za-z\s])/y],
  ["time", /<t:(-?\d{1,14})(?::([tTdDfFRsS]))?>/y],
  ["emoji", /<a?:(\w{2,32}):(\d{1,20})>/y],
  ["user", /<@!?(\d{1,20})>/y],
  ["role", /<@&(\d{1,20})>/y],
  ["channel", /<#(\d{1,20})>/y],
  ["command", /<\/([-\p{L}\p{N}_ ]{1,100}):(\d{1,20})>/uy],
  ["everyone", /@(everyone|here)\b/y],
  ["address", /<(https?:\/\/[^\s<>]+)>/y],
  ["link", /\[((?:\\.|[^[\]\\\n])+)\]\(\s*<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"\n]*")?\s*\)/y],
  ["address", /(https?:\/\/[^\s<]+[^\s<.,:;"')\]*_~|])/y],
  ["sign", /~~|\|\||(?:\*{1,3}(?!\*)|_{1,3}(?!_))/y],
  // More of them mean nothing; nor does a run of backticks that opens no code.
  ["plain", /\*+|_+|`+|[^]/y],
];
const KINDS = { "*": ["emphasis", "strong"], _: ["emphasis", "underline"], "~": ["", "strike"], "|": ["", "spoiler"] };

/** Return the pieces of a text within a line or paragraph. */
export function inline(text) {
  const nest = new Nest();
  const codes = new Codes(text);
  for (let at = 0; at < text.length; ) {
    const code = text[at] === "`" ? codes.from(at) : null;
    if (code !== null) {
      nest.add({ kind: "code", text: code.text });
      at = code.end;
      continue;
    }
    const [kind, found] = atom(text, at);
    const before = text[at - 1] ?? " ";
    at += found[0].length;
    if (kind === "sign") nest.sign(found[0], before, text[at] ?? " ");
    else if (kind === "plain") nest.write(found[0]);
    else if (kind === "escape") nest.write(found[1]);
    else nest.add(piece(kind, found));
  }
  return nest.pieces;
}

/** What stands at this place: a kind, and what was found with its groups. */
function atom(text, at) {
  PLAIN.lastIndex = at;
  const plain = PLAIN.exec(text);
  if (plain) return ["plain", plain];
  for (const [kind, pattern] of ATOMS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return [kind, found];
  }
  throw new Error("Every character is something.");
}

function piece(kind, found) {
  switch (kind) {
    case "time":
      return { kind, seconds: Number(found[1]), style: found[2] ?? "f", text: found[0] };
    case "link":
      // No link is within a name of a link: brackets are not.
      return { kind, address: found[2], inside: inline(found[1]) };
    case "address":
      return { kind: "link", address: found[1], inside: [{ kind: "plain", text: found[1] }] };
    case "emoji":
    case "command":
      return { kind, name: found[1] };
    default:
      return { kind, id: found[1] };
  }
}

/** The code of a text: what stands between two runs of as many backticks. */
class Codes {
  #text;
  #runs = new Map();

  constructor(text) {
    this.#text = text;
    for (const { 0: run, index } of text.matchAll(/`+/g)) {
      const starts = this.#runs.get(run.length);
      if (starts) starts.push(index);
      else this.#runs.set(run.length, [index]);
    }
    // The next one is taken from the end.
    for (const starts of this.#runs.values()) starts.reverse();
  }

  /** The code that begins at this place, and where it ends; null where it is not closed. */
  from(at) {
    let start = at;
    while (this.#text[start] === "`") start += 1;
    const ahead = this.#runs.get(start - at) ?? [];
    while (ahead.length && ahead.at(-1) < start) ahead.pop();
    if (ahead.length === 0) return null;
    const inside = this.#text.slice(start, ahead.at(-1));
    // These spaces only keep backticks apart that belong to the code.
    const padded = inside.startsWith(" `") && inside.endsWith("` ") && inside.length > 3;
    return { text: padded ? inside.slice(1, -1) : inside, end: ahead.at(-1) + start - at };
  }
}

/** The pieces that were read so far, and the signs among them that may still be closed. */
class Nest {
  pieces = [];
  #open = [];

  add(piece) {
    this.pieces.push(piece);
  }

  write(text) {
    const last = this.pieces.at(-1);
    if (last?.kind === "plain" && last !== this.#open.at(-1)?.piece) last.text += text;
    else this.add({ kind: "plain", text });
  }

  /** Take a sign that stands between two characters. */
  sign(sign, before, after) {
    const letter = sign[0];
    const anywhere = letter === "|";
    let left = sign.length;
    if (anywhere || /\S/.test(before)) left = this.#close(letter, left, /\w/.test(after));
    if (left === 0) return;
    const piece = { kind: "plain", text: letter.repeat(left) };
    if (anywhere || /\S/.test(after)) {
      this.#open.push({ letter, left, piece, at: this.pieces.length, inWord: /\w/.test(before) });
      if (this.#open.length > MOST_OPEN) this.#open.shift();
    }
    this.add(piece);
  }

  /** Close with so many letters what they fit; returns how many are left. */
  #close(letter, count, beforeWord) {
    let left = count;
    while (left > 0) {
      // One closes one, two close two, and three are both.
      const index = this.#open.findLastIndex((each) => each.letter === letter && (each.left === left || each.left === 3 || left === 3));
      const opener = this.#open[index];
      if (opener === undefined || opener.at === this.pieces.length - 1) break;
      const taken = Math.min(opener.left, left, 2);
      // The signs of snake_case_names are none.
      if (letter === "_" && taken === 1 && (opener.inWord || beforeWord)) break;
      const inside = this.pieces.splice(opener.at + 1);
      this.#open.length = index + 1;
      opener.left -= taken;
      left -= taken;
      if (opener.left === 0) {
        this.#open.pop();
        this.pieces.pop();
      } else {
        opener.piece.text = letter.repeat(opener.left);
      }
      this.add({ kind: KINDS[letter][taken - 1], inside });
    }
    return left;
  }
}
