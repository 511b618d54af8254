// The tabs on the right: what is selected, sizes, code, problems.

import { emptied, h } from "./dom.js";
import { Code } from "./code.js";
import { text } from "./inspector.js";

// So many problems are offered fixes: the others mostly follow from them.
const OFFERED = 12;
const TABS = ["Node", "Sizes", "Code", "Problems"];

export class Panels {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.code = new Code(page);
    this.sizes = h("div", { class: "sizes" });
    this.problems = h("div", { class: "problem-list" });
    const bodies = { Node: page.inspector.element, Sizes: this.sizes, Code: this.code.element, Problems: this.problems };
    this.tabs = new Map(TABS.map((name) => [name, h("button", { type: "button", role: "tab", onclick: () => this.open(name) }, name)]));
    this.bodies = new Map(TABS.map((name) => [name, h("div", { class: "tab-body", role: "tabpanel", "aria-label": name }, bodies[name])]));
    this.element = h("aside", { class: "right panel", "aria-label": "Details" },
      h("div", { class: "tabs", role: "tablist" }, ...this.tabs.values()), ...this.bodies.values());
    this.store.on("changed", (changed) => this.changed(changed));
    this.open("Node");
  }

  open(name) {
    this.shown = name;
    for (const [one, tab] of this.tabs) tab.setAttribute("aria-selected", String(one === name));
    for (const [one, body] of this.bodies) body.hidden = one !== name;
    this.element.classList.toggle("wide", name === "Code");
    if (name === "Code") this.code.refresh();
  }

  changed(changed) {
    if (changed.sizes) this.fillSizes();
    if (changed.problems) this.fillProblems();
    if (this.shown === "Code") this.code.refresh();
  }

  fillSizes() {
    const { sizes = [] } = this.store.state;
    const rows = sizes.map((size) => h("tr", {},
      h("th", { scope: "row" }, size.name), h("td", {}, size.free ? this.number(size) : h("span", { class: "followed" }, size.formula)),
      h("td", { class: "value" }, size.free ? "" : `${size.number ?? "?"}`), h("td", { class: "says" }, size.says)));
    emptied(this.sizes, rows.length
      ? h("table", {}, h("tbody", {}, ...rows)) : h("p", { class: "none" }, "No sizes yet."));
  }

  number(size) {
    const taken = (value) => {
      const number = value.trim() === "" ? null : Number(value);
      if (number === null || Number.isInteger(number)) this.store.do({ do: "SetSize", name: size.name, value: number });
      else this.page.toast(`${size.name}: expected a whole number, found '${value}'. Write digits only.`);
    };
    const input = text(size.given ?? "", taken, `size ${size.name}`);
    input.placeholder = size.default ?? "open";
    input.inputMode = "numeric";
    return input;
  }

  fillProblems() {
    const { problems = [] } = this.store.state;
    const tab = this.tabs.get("Problems");
    emptied(tab, "Problems", problems.length ? h("span", { class: "count" }, String(problems.length)) : null);
    emptied(this.problems, problems.map((one, place) => this.problem(one, place)));
    if (!problems.length) this.problems.append(h("p", { class: "fine" }, "No problems."));
    const broken = new Set(problems.map((one) => one.figure));
    for (const [id, handle] of this.page.drawing.handles) handle.classList.toggle("broken", broken.has(id));
  }

  problem(one, place) {
    const figure = this.store.state.figures[one.figure];
    const fixes = h("div", { class: "row-buttons", hidden: true });
    if (place < OFFERED) this.offer(one, fixes);
    return h("div", { class: "problem" },
      h("button", { type: "button", class: "jump", disabled: !figure, onclick: () => this.page.actions.go(figure) }, one.text),
      fixes);
  }

  // What mends it is tried by Python, so it comes a little later.
  async offer(one, row) {
    const { fixes } = await this.store.askOnce({ ask: "fixes", text: one.text });
    row.hidden = !fixes.length;
    emptied(row, fixes.map((label, choice) =>
      h("button", { type: "button", class: "action", onclick: () => this.store.do({ do: "ApplyFix", problem: one.text, choice }) }, label)));
  }
}
