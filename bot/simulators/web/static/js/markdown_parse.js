// Reads Discord's Markdown into a tree of plain objects. Touches no document.

const DEEPEST = 12;

const INLINE = [
  // Order matters: what stands first wins.
  ["escape", /\\([^0-9A-Za-z\s])/y],
  ["code", /(`+)([\s\S]*?[^`])\1(?!`)/y],
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
  ["both", /\*\*\*(?=\S)([\s\S]*?\S)\*\*\*(?!\*)/y],
  ["strong", /\*\*(?=\S)((?:\\[\s\S]|[^\\])*?[^\s\\])\*\*(?!\*)/y],
  ["underline", /__((?:\\[\s\S]|[^\\])+?)__(?!_)/y],
  ["emphasis", /\*(?=\S)((?:\*\*(?!\*)[\s\S]*?\*\*|\\[\s\S]|[^*\\])+?)\*(?!\*)/y],
  ["emphasis", /_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)/y],
  ["strike", /~~(?=\S)([\s\S]*?\S)~~/y],
  ["spoiler", /\|\|([\s\S]+?)\|\|/y],
];
const NESTING = new Set(["both", "strong", "underline", "emphasis", "strike", "spoiler"]);
const SPECIAL = /[\\`<@[*_~|h]/g;
const LIST = /^( *)(?:([-*])|(\d{1,9})\.) +(\S.*)$/;

/** Return the blocks of a text: paragraphs, headings, subtexts, quotes, lists and code. */
export function parse(text, depth = 0) {
  const blocks = [];
  const fence = /```(?:([\w+.#-]+)\n)?\n*([\s\S]*?)\n*```/g;
  let done = 0;
  for (const found of text.matchAll(fence)) {
    if (found[2] === "") continue;
    addLines(blocks, text.slice(done, found.index).replace(/\n$/, ""), depth);
    blocks.push({ kind: "fence", language: found[1] ?? "", text: found[2] });
    done = found.index + found[0].length;
    if (text[done] === "\n") done += 1;
  }
  addLines(blocks, text.slice(done), depth);
  return blocks;
}

function addLines(blocks, text, depth) {
  if (text === "") return;
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) blocks.push({ kind: "text", inside: inline(paragraph.join("\n"), depth) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const read = depth < DEEPEST ? block(lines, at, depth) : null;
    if (read === null) {
      paragraph.push(lines[at]);
      at += 1;
    } else {
      flush();
      blocks.push(read.block);
      at = read.next;
    }
  }
  flush();
}

function block(lines, at, depth) {
  const line = lines[at];
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading) {
    const inside = inline(heading[2].trim(), depth);
    return { block: { kind: "heading", level: heading[1].length, inside }, next: at + 1 };
  }
  const small = /^-# +(\S.*)$/.exec(line);
  if (small) return { block: { kind: "small", inside: inline(small[1], depth) }, next: at + 1 };
  if (line.startsWith(">>> ")) {
    const rest = [line.slice(4), ...lines.slice(at + 1)].join("\n");
    return { block: { kind: "quote", inside: parse(rest, depth + 1) }, next: lines.length };
  }
  if (line.startsWith("> ")) {
    let next = at;
    while (next < lines.length && lines[next].startsWith("> ")) next += 1;
    const quoted = lines.slice(at, next).map((each) => each.slice(2)).join("\n");
    return { block: { kind: "quote", inside: parse(quoted, depth + 1) }, next };
  }
  return LIST.test(line) ? list(lines, at, depth) : null;
}

function list(lines, at, depth) {
  const first = LIST.exec(lines[at]);
  const indent = first[1].length;
  const ordered = first[3] !== undefined;
  const items = [];
  let next = at;
  while (next < lines.length) {
    const item = LIST.exec(lines[next]);
    if (item === null || item[1].length < indent) break;
    if (item[1].length > indent + 1 && items.length && depth < DEEPEST) {
      const inner = list(lines, next, depth + 1);
      items.at(-1).below.push(inner.block);
      next = inner.next;
      continue;
    }
    if ((item[3] !== undefined) !== ordered) break;
    items.push({ inside: inline(item[4], depth), below: [] });
    next += 1;
  }
  const start = ordered ? Number(first[3]) : null;
  return { block: { kind: "list", ordered, start, items }, next };
}

/** Return the pieces of a text within a line or paragraph. */
export function inline(text, depth = 0) {
  const pieces = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = depth < DEEPEST ? match(text, at) : null;
    if (found === null) {
      SPECIAL.lastIndex = at + 1;
      const next = SPECIAL.exec(text)?.index ?? text.length;
      plain += text.slice(at, next);
      at = next;
      continue;
    }
    const [kind, groups] = found;
    at += groups[0].length;
    if (kind === "escape") {
      plain += groups[1];
      continue;
    }
    if (plain) pieces.push({ kind: "plain", text: plain });
    plain = "";
    pieces.push(piece(kind, groups, depth + 1));
  }
  if (plain) pieces.push({ kind: "plain", text: plain });
  return pieces;
}

function match(text, at) {
  for (const [kind, pattern] of INLINE) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text);
    if (groups !== null && !(kind === "emphasis" && text[at] === "_" && /\w/.test(text[at - 1] ?? ""))) {
      return [kind, groups];
    }
  }
  return null;
}

function piece(kind, groups, depth) {
  if (kind === "both") {
    return { kind: "strong", inside: [{ kind: "emphasis", inside: inline(groups[1], depth) }] };
  }
  if (NESTING.has(kind)) return { kind, inside: inline(groups[1], depth) };
  switch (kind) {
    case "code":
      return { kind, text: groups[2].replace(/^ (`.*`) $/s, "$1") };
    case "time":
      return { kind, seconds: Number(groups[1]), style: groups[2] ?? "f", text: groups[0] };
    case "link":
      return { kind, address: groups[2], inside: inline(groups[1], depth) };
    case "address":
      return { kind: "link", address: groups[1], inside: [{ kind: "plain", text: groups[1] }] };
    case "emoji":
      return { kind, name: groups[1] };
    case "command":
      return { kind, name: groups[1] };
    default:
      return { kind, id: groups[1] };
  }
}
