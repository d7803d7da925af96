// Owns the websocket: asks and hears, and connects again when the connection is lost.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 3000;

export const NO_CONNECTION = "There is no connection just now.";

/** What a request was refused with: `reason` is failed, refused, bad or lost. */
class Refusal extends Error {
  constructor(reason, text) {
    super(text);
    this.reason = reason;
  }
}

export class Socket {
  #member;
  #hear;
  #connection = null;
  #asked = new Map();
  #last = 0;
  #wait = FIRST_WAIT;
  #wasOpen = false;

  /** `hear(frame)` gets what the server says by itself, `state(up)` whether there is a connection. */
  constructor(member, { hear, state }) {
    this.#member = member;
    this.#hear = hear;
    this.state = state;
  }

  /** As whom to connect from now on. */
  set member(key) {
    this.#member = key;
  }

  /** Connect, now and whenever the connection is lost. */
  open() {
    const query = this.#member ? `?as=${encodeURIComponent(this.#member)}` : "";
    const connection = new WebSocket(`ws://${location.host}/socket${query}`);
    this.#connection = connection;
    connection.addEventListener("open", () => {
      this.#wait = FIRST_WAIT;
      this.#wasOpen = true;
      this.state(true);
    });
    connection.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    connection.addEventListener("close", () => this.#lost());
  }

  /** Ask for something; resolves with the result, rejects with a `Refusal`. */
  ask(what, keys = {}) {
    return new Promise((resolve, reject) => {
      if (this.#connection?.readyState !== WebSocket.OPEN) {
        reject(new Refusal("lost", `${NO_CONNECTION} Try again in a moment.`));
        return;
      }
      this.#last += 1;
      this.#asked.set(this.#last, { resolve, reject });
      this.#connection.send(JSON.stringify({ ...keys, do: what, request: this.#last }));
    });
  }

  #receive(frame) {
    if (frame.type !== "result") {
      this.#hear(frame);
      return;
    }
    const waiting = this.#asked.get(frame.request);
    this.#asked.delete(frame.request);
    if (frame.ok) waiting?.resolve(frame);
    else waiting?.reject(new Refusal(frame.reason, frame.reason === "failed" ? "The application did not respond." : frame.error));
  }

  #lost() {
    this.state(false);
    // Nobody is called what the page's address says.
    if (!this.#wasOpen) this.#member = null;
    const text = "The connection was lost; it is not known whether this was done.";
    for (const { reject } of this.#asked.values()) reject(new Refusal("lost", text));
    this.#asked.clear();
    setTimeout(() => this.open(), this.#wait);
    this.#wait = Math.min(this.#wait * 1.6, LONGEST_WAIT);
  }
}
