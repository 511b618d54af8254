// Costs, and export: the picture as it will be printed, while one chooses how.

import { emptied, h } from "./dom.js";

const LABELS = { format: "Format", paper: "Paper", theme: "Colours", dialect: "Habits", heat: "Coloured by cost" };
const SAID = { d24: "by hand (d24)", d26: "formal (d26)", "": "not", tikz: "TikZ picture", tex: "LaTeX document", dot: "graphviz dot", svg: "SVG", pdf: "PDF", png: "PNG" };

export class Cost {
  constructor() {
    this.body = h("div", { class: "drawer-body cost" });
    this.element = h("div", {}, h("h2", {}, "Costs"), this.body);
  }

  fill({ html }) {
    this.body.innerHTML = html;
  }
}

export class Export {
  constructor(side) {
    this.side = side;
    this.form = h("div", { class: "choices" });
    this.picture = h("button", { type: "button", class: "preview", title: "Look at it in full", onclick: () => this.side.sheet.picture(this.state.svg) });
    this.command = h("code", { class: "command" });
    this.element = h("div", { class: "export" }, h("h2", {}, "Export"), h("div", { class: "drawer-body" }, this.form, this.picture,
      h("p", { class: "hint" }, "The same file on the command line:"), this.command));
  }

  fill(state) {
    this.state = state;
    const same = JSON.stringify([state.options, state.choice]);
    if (same !== this.known) this.choices(state);
    this.known = same;
    this.command.textContent = state.command;
    this.picture.disabled = !state.svg;
    if (state.svg) this.picture.innerHTML = state.svg;
    else emptied(this.picture, h("span", { class: state.fail ? "problem" : "none" }, state.fail || "Too large for a preview; it is drawn when you download it."));
  }

  choices({ options, choice }) {
    const fields = Object.entries(LABELS).map(([name, label]) => this.select(name, label, options[name], choice[name]));
    const switches = Object.entries(options.switches).map(([name, label]) => this.check(name, label, choice[name]));
    const download = h("button", { type: "button", class: "action main", onclick: () => this.send(true) }, "Download");
    emptied(this.form, h("div", { class: "pairs" }, fields), h("div", {}, switches), download);
  }

  select(name, label, values, chosen) {
    const made = h("select", { name, onchange: () => this.set(name, made.value) }, values.map((one) => h("option", { value: one, selected: one === chosen }, SAID[one] ?? one)));
    return h("label", { class: "field" }, h("span", { class: "field-name" }, label), made);
  }

  check(name, label, on) {
    const made = h("input", { type: "checkbox", name, checked: on, onchange: () => this.set(name, made.checked) });
    return h("label", { class: "field switch" }, made, label);
  }

  set(name, value) {
    this.state.choice[name] = value;
    this.send(false);
  }

  send(download) {
    this.side.send({ panel: "export", choice: this.state.choice, download });
  }
}
