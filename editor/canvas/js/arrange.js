// The actions that say where nodes lie: up and down, at one height, evenly, and where the layout has them.

export const ARRANGING = {
  nudge(event, key) {
    const dy = key === "ArrowDown" ? 10 : -10;
    const chosen = this.nodes();
    this.store.doAll(chosen.map((one) => ({ do: "Pin", node: one.node, dy: (this.store.state.pins?.[one.id] ?? 0) + dy })));
  },

  align() {
    this.arrange("level");
  },

  spread() {
    this.arrange("even");
  },

  // Python knows where nodes come to lie: it chooses the pins, and says what keeps them from their place.
  async arrange(how) {
    const { say } = await this.store.ask({ ask: "arrange", how, ids: this.ids() });
    if (say) this.page.toast(say);
  },

  tidy() {
    this.free(this.store.figures().filter((one) => this.store.state.pins?.[one.id]).map((one) => one.node));
  },

  untie() {
    this.free(this.ids());
  },

  free(ids) {
    if (ids.length) this.store.do({ do: "Tidy", ids });
  },
};
