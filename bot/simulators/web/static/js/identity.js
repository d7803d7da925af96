// Owns the change from one member to another: one after the other, and what was asked last counts.

export class Identity {
  #store;
  #ask;
  #wanted = null;
  #changing = null;

  /** `ask(key)` asks to be somebody, and is a promise; a `state` follows. */
  constructor(store, ask) {
    this.#store = store;
    this.#ask = ask;
  }

  /** Who one is, or is about to be. */
  get key() {
    return this.#wanted ?? this.#store.me;
  }

  /** Be somebody; resolves with whether one is, for another may be asked for meanwhile. */
  async become(key) {
    this.#wanted = key;
    this.#changing ??= this.#change().finally(() => {
      this.#wanted = null;
      this.#changing = null;
    });
    await this.#changing;
    return this.#store.me === key;
  }

  async #change() {
    while (this.#wanted !== this.#store.me) {
      const listening = new AbortController();
      const told = new Promise((resolve) => this.#store.addEventListener("state", resolve, { signal: listening.signal }));
      try {
        await this.#ask(this.#wanted);
        await told;
      } finally {
        listening.abort();
      }
    }
  }
}
