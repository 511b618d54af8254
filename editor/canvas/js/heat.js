// Nodes coloured by what they cost, or by what training made of them, and the legend of that.

import { emptied, h, svg } from "./dom.js";

export class Heat {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.choice = h("select", { "aria-label": "Colour nodes by", title: "Colour nodes by", onchange: () => this.ask() });
    this.legend = h("div", { class: "legend", role: "status", hidden: true });
    page.stage.append(this.legend);
    this.hot = new Set();
    this.store.on("changed", (changed) => {
      if (changed.choices) this.offer();
      if (changed.heat || changed.figures) this.fill();
      if (changed.legend) this.tell();
    });
  }

  offer() {
    const { choices } = this.store.state;
    emptied(this.choice, Object.entries(choices).map(([value, says]) => h("option", { value }, value ? says : "Colour by …")));
  }

  ask() {
    this.store.do({ ask: "heat", by: this.choice.value });
    this.page.home();
  }

  fill() {
    const { heat = {} } = this.store.state;
    const ids = new Set(Object.keys(heat));
    for (const id of new Set([...ids, ...this.hot])) this.colour(this.page.drawing.handles.get(id), heat[id]);
    this.hot = ids;
  }

  colour(handle, found) {
    if (!handle) return;
    handle.classList.toggle("hot", Boolean(found));
    handle.style.setProperty("--heat", found ? `${Math.round(found[0] * 100)}%` : "");
    handle.querySelector(":scope > title")?.remove();
    if (found) handle.prepend(svg("title", {}, found[1]));
  }

  tell() {
    const { by = "", title = "", low = "", high = "", problem = "" } = this.store.state.legend ?? {};
    this.choice.value = by;
    this.legend.hidden = !by;
    emptied(this.legend, h("strong", {}, title), problem
      ? h("span", { class: "none-hot" }, problem)
      : h("span", { class: "scale" }, h("span", {}, low), h("i", {}), h("span", {}, high)));
  }
}
