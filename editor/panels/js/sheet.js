// A sheet over the page: what differs between two circuits, a picture in full, a link to be copied.

import { button, emptied, h } from "./dom.js";

export class Sheet {
  constructor(side) {
    this.side = side;
    this.body = h("div", { class: "sheet-body" });
    this.element = h("dialog", { class: "over", onclick: (event) => event.target === this.element && this.element.close() }, this.body);
  }

  show(title, ...content) {
    emptied(this.body, button("Close", "close", () => this.element.close()), h("h2", {}, title), ...content);
    if (!this.element.open) this.element.showModal();
  }

  // Which two are compared: the open document, its versions, other documents.
  choice(place, which) {
    const { versions, documents, current } = this.side.panels.files.state;
    const others = documents.filter((one) => one.name !== current);
    const options = [["now", `${current}, now`], ...versions.map((one) => [`version:${one.name}`, one.name]), ...others.map((one) => [`document:${one.name}`, one.name])];
    const taken = () => this.side.send({ panel: "files", do: "compare", before: which[0], after: which[1], [place]: made.value });
    const made = h("select", { "aria-label": place, onchange: taken },
      options.map(([value, label]) => h("option", { value, selected: value === which[place === "before" ? 0 : 1] }, label)));
    return made;
  }

  compare({ before, after, rows, names, which }) {
    const pictures = [[names[0], before], [names[1], after]].map(([name, svg]) => {
      const drawn = h("div", { class: "drawn" });
      drawn.innerHTML = svg;
      return h("figure", {}, h("figcaption", {}, name), drawn);
    });
    const listed = rows.map(([kind, where, what]) => h("tr", { class: kind }, h("td", {}, kind), h("td", {}, where), h("td", {}, what)));
    const line = h("div", { class: "two" }, "From", this.choice("before", which), "to", this.choice("after", which));
    this.show("What differs", line, h("div", { class: "legend-line" }, ["added", "removed", "changed"].map((kind) => h("span", { class: kind }, kind))),
      ...pictures, rows.length ? h("table", {}, h("tbody", {}, listed)) : h("p", { class: "fine" }, "Nothing differs."));
  }

  picture(svg) {
    const drawn = h("div", { class: "drawn paper" });
    drawn.innerHTML = svg;
    this.show("As it is printed", drawn);
  }

  link(address) {
    const text = h("input", { type: "text", value: address, readonly: true, "aria-label": "Link" });
    this.show("Link to this circuit", h("p", { class: "hint" }, "Copy it from here: the browser gave no clipboard."), text);
    text.select();
  }
}
