// Puts the page together: what is heard goes to the store, what people do goes to the socket.

import { Composer } from "./composer.js";
import { openForm } from "./forms.js";
import { Identity } from "./identity.js";
import { Messages } from "./messages.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { channelList, connectionBar, drawer, localeSwitch, membersSwitch } from "./surroundings.js";
import { themeSwitch } from "./theme.js";
import { tick } from "./times.js";
import { Tour } from "./tour.js";
import { World } from "./world.js";

const $ = (id) => document.getElementById(id);
const store = new Store();
const bar = connectionBar($("connection"));
const identity = new Identity(store, (key) => ask("become", { member: key }));
const socket = new Socket(new URLSearchParams(location.search).get("as"), {
  hear: (frame) => store.hear(frame),
  state: bar,
});

const ask = (what, keys) => socket.ask(what, keys);

const tell = (sentence) => {
  $("trouble").textContent = sentence;
};

/** Ask the bot for something, and show the form that its answer may bring to whoever has asked. */
async function askBot(what, keys) {
  const asker = identity.key;
  const { modal, interaction } = await ask(what, keys);
  if (!modal || asker !== identity.key) return;
  openForm(modal, { store, submit: (values) => askBot("submit", { interaction, values }), tell });
}

/** Do something with a message, and say below it what went wrong. */
async function onMessage(view, request) {
  view.fail("");
  try {
    await request();
  } catch (refusal) {
    view.fail(refusal.message);
  }
}

const deeds = {
  async click(view, item, button) {
    button.classList.add("busy");
    button.setAttribute("aria-busy", "true");
    tour.see({ kind: "pressed", button: item.custom_id });
    await onMessage(view, () => askBot("click", { message: view.entry.id, custom_id: item.custom_id }));
    button.classList.remove("busy");
    button.removeAttribute("aria-busy");
  },
  select: (view, item, values) =>
    onMessage(view, () => askBot("select", { message: view.entry.id, custom_id: item.custom_id, values })),
  dismiss: (view) => onMessage(view, () => ask("dismiss", { message: view.entry.id })),
  history: (channel, before, limit) => ask("history", { channel, before, limit }),
  async jump(id, channel = store.current) {
    if (channel !== store.current) store.look(channel);
    try {
      if (channel !== store.current || !(await messages.reveal(id))) tell("That message is not here.");
    } catch (refusal) {
      tell(refusal.message);
    }
  },
  async slash(leaf, options, channel) {
    tour.see({ kind: "asked", command: leaf.path, options });
    messages.toEnd();
    await askBot("slash", { channel, command: leaf.path, options });
  },
  async autocomplete(leaf, option, typed, options) {
    return (await ask("autocomplete", { channel: store.current, command: leaf.path, option, typed, options })).choices;
  },
  say: (text, channel) => ask("say", { channel, text }),
};

/** Wait for what a switch has asked for, and say why it was refused. */
async function trying(request) {
  try {
    return await request;
  } catch (refusal) {
    tell(refusal.message);
    throw refusal;
  }
}

async function prepare({ as, command, options }) {
  const isNow = await trying(identity.become(as)).catch(() => false);
  if (!isNow) return;
  closeSide();
  if (!composer.prepare(command, options)) tell(`/${command} is not offered just now.`);
}

async function turn(keys) {
  if (keys.switch === "crash") {
    const servers = store.world.panels.flatMap((panel) => panel.servers);
    tour.see({ kind: "crashed", server: servers.find((each) => each.id === keys.server)?.name ?? "" });
  }
  return ask("world", keys);
}

themeSwitch($("theme"));
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.focus();
});
store.addEventListener("state", () => {
  socket.member = store.me;
  // After a reload one is still the same.
  history.replaceState(null, "", `?as=${encodeURIComponent(store.me)}`);
});
membersSwitch(store, identity, (key) => trying(identity.become(key)), $("members"));
localeSwitch(store, (locale) => trying(ask("locale", { locale })), $("locale"));
channelList(store, { name: $("guild-name"), list: $("channel-list"), heading: $("channel-name") });
drawer($("open-channels"), $("channels"), { closeOn: "li button" });
const closeSide = drawer($("open-world"), $("side"));
const messages = new Messages(store, deeds, { list: $("messages"), newest: $("newest"), announcer: $("announcer") });
const composer = new Composer(store, deeds, {
  form: $("composer"),
  line: $("composer-line"),
  hint: $("hint"),
  trouble: $("trouble"),
  list: $("suggestions"),
});
new World(store, turn, $("world"));
const tour = new Tour(store, prepare, $("tour"));
tick();
socket.open();
