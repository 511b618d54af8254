// The tabs on the right: what is selected, sizes, code, problems.

import { emptied, h } from "./dom.js";
import { Code } from "./code.js";
import { Sizes } from "./sizes.js";

// So many problems are offered fixes: the others mostly follow from them.
const OFFERED = 12;
const TABS = ["Node", "Sizes", "Code", "Problems"];

export class Panels {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.code = new Code(page);
    this.sizes = new Sizes(page);
    this.problems = h("div", { class: "problem-list" });
    const bodies = { Node: page.inspector.element, Sizes: this.sizes.element, Code: this.code.element, Problems: this.problems };
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

  // Open a tab and go to the first thing in it.
  enter(place) {
    const name = TABS[place];
    this.open(name);
    (this.bodies.get(name).querySelector("input, select, textarea, button:not(:disabled)") ?? this.tabs.get(name)).focus();
  }

  changed(changed) {
    if (changed.problems) this.fillProblems();
    if (this.shown === "Code") this.code.refresh();
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
    if (place < OFFERED) this.page.reasons.offer(one, fixes);
    return h("div", { class: "problem" },
      h("button", { type: "button", class: "jump", disabled: !figure, onclick: () => this.page.actions.go(figure) }, one.text),
      fixes);
  }
}
