// Why a node is red, said beside it on the canvas, with what mends it.

import { emptied, h } from "./dom.js";

const SHOWN = 3;
const OFFERED = 3;

export class Reasons {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.element = h("div", { class: "reasons", role: "status", "aria-label": "Problems here", hidden: true });
    page.stage.append(this.element);
    this.store.on("selected", () => this.fill());
    this.store.on("changed", () => this.fill());
    page.view.onMove(() => this.place());
  }

  of(figure) {
    return (this.store.state.problems ?? []).filter((one) => one.figure === figure.id);
  }

  fill() {
    const chosen = this.store.chosen();
    this.figure = chosen.length === 1 ? chosen[0] : null;
    // a port that lacks its wire is seen as it is
    const found = this.figure ? this.of(this.figure).filter((one) => !one.vacant) : [];
    this.element.hidden = !found.length;
    const key = JSON.stringify([this.store.rev, found]);
    if (!found.length || key === this.key) return this.place();
    this.key = key;
    emptied(this.element, found.slice(0, SHOWN).map((one) => this.reason(one)));
    this.place();
  }

  reason(one) {
    const fixes = h("div", { class: "row-buttons", hidden: true });
    this.offer(one, fixes, OFFERED);
    return h("div", { class: "reason" }, h("p", {}, one.text), fixes);
  }

  place() {
    if (this.element.hidden || !this.figure) return;
    const { width, height } = this.page.view.size();
    const [left, top, , bottom] = this.figure.box;
    const [x, low] = this.page.view.onSurface(left, bottom);
    const high = this.page.view.onSurface(left, top)[1];
    const tall = this.element.offsetHeight;
    const y = low + tall + 24 < height ? low + 16 : high - tall - 16;
    this.element.style.translate = `${Math.max(8, Math.min(x, width - this.element.offsetWidth - 8))}px ${Math.max(8, y)}px`;
  }

  // What mends it is tried by Python, so it comes a little later.
  async offer(one, row, most = Infinity) {
    const labels = (await this.fixes(one)).slice(0, most);
    row.hidden = !labels.length;
    emptied(row, labels.map((label, choice) => h("button", { type: "button", class: "action", onclick: () => this.apply(one, choice) }, label)));
    this.place();
  }

  async fixes(one) {
    return (await this.store.askOnce({ ask: "fixes", text: one.text })).fixes;
  }

  apply(one, choice) {
    this.store.do({ do: "ApplyFix", problem: one.text, choice });
    this.page.home();
  }

  // The same by keyboard: choose from all that is offered for a node.
  async choose(figure) {
    const offered = [];
    for (const one of this.of(figure)) {
      (await this.fixes(one)).forEach((label, choice) => offered.push({ label, says: one.text, take: () => this.apply(one, choice) }));
    }
    this.page.search.show({
      placeholder: "Choose what mends it",
      find: (text) => offered.filter((entry) => entry.label.toLowerCase().includes(text.toLowerCase())),
    });
  }
}
