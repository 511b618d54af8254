// The actions that say where nodes lie: up and down, at one height, evenly, and where the layout has them.

export const ARRANGING = {
  nudge(event, key) {
    const dy = key === "ArrowDown" ? 10 : -10;
    const { pins = {}, columns = {} } = this.store.state;
    this.store.doAll(this.nodes().map(({ id, node }) =>
      ({ do: "Pin", node, dy: (pins[id] ?? 0) + dy, ...(columns[id] && { column: columns[id] }) })));
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
    const { wished = [] } = this.store.state;
    this.free(this.store.figures().filter((one) => one.kind === "node" && wished.includes(one.id)).map((one) => one.node));
  },

  untie() {
    this.free(this.ids());
  },

  free(ids) {
    if (ids.length) this.store.do({ do: "Tidy", ids });
  },
};
