// Reads Discord's Markdown into a tree of plain objects. Touches no document.

import { inline } from "./markdown_inline.js";

const DEEPEST = 12;
const FENCE = "```";
const LIST = /^( *)(?:([-*])|(\d{1,9})\.) +(\S.*)$/;

/** Return the blocks of a text: paragraphs, headings, subtexts, quotes, lists and code. */
export function parse(text, depth = 0) {
  const blocks = [];
  let done = 0;
  for (let open = text.indexOf(FENCE); open >= 0; ) {
    const close = text.indexOf(FENCE, open + FENCE.length);
    if (close < 0) break;
    const after = close + FENCE.length;
    const code = fenced(text.slice(open + FENCE.length, close));
    if (code !== null) {
      addLines(blocks, text.slice(done, text[open - 1] === "\n" ? Math.max(done, open - 1) : open), depth);
      blocks.push(code);
      done = text[after] === "\n" ? after + 1 : after;
    }
    open = text.indexOf(FENCE, after);
  }
  addLines(blocks, text.slice(done), depth);
  return blocks;
}

/** Code between fences, without the empty lines around it; null where nothing else is there. */
function fenced(inside) {
  const language = /^([\w+.#-]+)\n/.exec(inside);
  let from = language?.[0].length ?? 0;
  let to = inside.length;
  while (from < to && inside[from] === "\n") from += 1;
  while (from < to && inside[to - 1] === "\n") to -= 1;
  return from === to ? null : { kind: "fence", language: language?.[1] ?? "", text: inside.slice(from, to) };
}

function addLines(blocks, text, depth) {
  if (text === "") return;
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) blocks.push({ kind: "text", inside: inline(paragraph.join("\n")) });
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
    const inside = inline(heading[2].trim());
    return { block: { kind: "heading", level: heading[1].length, inside }, next: at + 1 };
  }
  const small = /^-# +(\S.*)$/.exec(line);
  if (small) return { block: { kind: "small", inside: inline(small[1]) }, next: at + 1 };
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
    items.push({ inside: inline(item[4]), below: [] });
    next += 1;
  }
  const start = ordered ? Number(first[3]) : null;
  return { block: { kind: "list", ordered, start, items }, next };
}
