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

  // Nodes inside open blocks belong to definitions, of which each is a gesture of its own.
  tidy() {
    const wished = new Set(this.store.state.wished);
    const found = new Map();
    for (const { id, kind, node, circuit } of this.store.figures()) {
      if (kind === "node" && wished.has(id)) found.set(circuit, (found.get(circuit) ?? new Set()).add(node));
    }
    for (const [circuit, ids] of found) this.free([...ids], circuit);
  },

  untie() {
    this.free(this.ids());
  },

  free(ids, circuit = "") {
    if (ids.length) this.store.doAll([{ do: "Tidy", ids }], circuit);
  },
};
