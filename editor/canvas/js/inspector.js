// What is selected: its name, its attributes as a form, its wires and its documentation.

import { emptied, h } from "./dom.js";

export class Inspector {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.element = h("div", { class: "inspector" });
    this.store.on("selected", () => this.fill());
    this.store.on("changed", () => this.fill());
  }

  async fill() {
    const chosen = [...this.store.selection];
    const figure = chosen.length === 1 ? this.store.state.figures[chosen[0]] : null;
    if (chosen.length > 1) return this.several(chosen);
    if (!figure) return this.nothing(chosen[0]);
    if (figure.kind !== "node") return this.port(figure);
    const { form } = await this.store.askOnce({ ask: "describe", figure: figure.id });
    if (!this.store.selection.has(figure.id) || !form) return;
    this.node(figure, form);
    const lacking = form.fields.find((one) => one.required);
    if (this.asks && lacking) this.to(`[aria-label="${lacking.name}"]`);
    this.asks = false;
  }

  // The node that comes next is asked for what it needs.
  ask() {
    this.asks = true;
  }

  nothing(wire) {
    const { state } = this.store;
    if (wire?.startsWith("wire:")) return this.wire(wire.slice(5));
    const says = (part) => (value) => this.store.do({ do: "SetDoc", [part]: value });
    const axes = (state.sizes ?? []).filter((one) => one.axis && one.says);
    this.show(
      h("h2", {}, "Circuit"),
      field("Name", text(state.title ?? "", says("name"), "circuit name")),
      field("Description", area(state.doc ?? "", says("doc"), "circuit description")),
      field("Source", area(state.source ?? "", says("source"), "circuit source"), "The paper it is from."),
      axes.length > 0 && section("Axes", h("dl", {}, ...axes.flatMap((axis) => [h("dt", {}, axis.name), h("dd", {}, axis.says)]))),
      h("div", { class: "row-buttons" }, action("Add an input", () => this.page.faces.addInput()),
        action("Add an output", () => this.page.faces.addOutput({})), action("Add a node", () => this.page.actions.palette())));
  }

  show(...children) {
    // what is being typed in is not taken away
    const active = this.element.getRootNode().activeElement;
    if (active && this.element.contains(active) && this.shown === this.key()) {
      this.late = () => this.fill();
      return active.addEventListener("blur", () => this.late?.(), { once: true });
    }
    this.shown = this.key();
    emptied(this.element, children);
  }

  key() {
    return [...this.store.selection].join(" ");
  }

  several(chosen) {
    const { actions } = this.page;
    this.show(h("h2", {}, `${chosen.length} selected`),
      h("p", { class: "doc" }, "Copy, arrange or remove them, or make one circuit of them."),
      h("div", { class: "row-buttons" }, action("Duplicate", () => actions.duplicate()), action("Align", () => actions.align()),
        chosen.length > 2 && action("Spread evenly", () => actions.spread()), action("Make a subcircuit", () => actions.group()),
        this.page.parts.usable && action("Save as a part", () => actions.keep()), action("Remove", () => actions.remove())));
  }

  wire(array) {
    const maker = this.store.figures().find((one) => one.outs.some((port) => port.array === array));
    const readers = this.store.figures().filter((one) => one.ins.some((port) => port.array === array));
    const type = maker?.outs.find((port) => port.array === array)?.type ?? "";
    this.show(h("h2", {}, "Wire"), h("p", { class: "type" }, type),
      section("From", ...[maker].filter(Boolean).map((one) => this.link(one))),
      section("To", ...readers.map((one) => this.link(one))));
  }

  link(figure) {
    return h("button", { type: "button", class: "link", onclick: () => this.page.actions.go(figure) },
      figure.id.replace(/^(in|out):/, ""), h("span", { class: "note" }, figure.op));
  }

  port(figure) {
    const input = figure.kind === "input";
    const name = figure.id.replace(/^(in|out):/, "");
    const port = input ? figure.outs[0] : figure.ins[0];
    const does = input ? "SetInput" : "SetOutput";
    const { type = "", doc = "" } = this.store.state.ends?.[figure.id] ?? {};
    const typed = text(type, (value) => this.store.do({ do: does, name, type: value }), "type");
    typed.placeholder = port.type;
    this.show(h("h2", {}, input ? "Input" : "Output"),
      field("Name", text(name, (value) => this.store.do({ do: does, name, rename: value }), "name")),
      field("Type", typed, input ? "Axes in order, such as [y m], Natural(v)[t]" : "Declare it to have it checked."),
      field("Description", area(doc, (value) => this.store.do({ do: does, name, doc: value }), "description")),
      this.problems(figure),
      h("div", { class: "row-buttons" }, action("Remove", () => this.page.actions.remove())));
  }

  node(figure, form) {
    const name = figure.id.split("/").pop();
    const set = (attribute, value) => this.store.doAll([{ do: "SetAttribute", node: figure.node, attribute, value }], figure.circuit);
    this.name = text(name, (value) => this.store.doAll([{ do: "RenameNode", node: figure.node, name: value }], figure.circuit), "name");
    const [first, ...more] = form.doc.split("\n\n");
    this.show(
      h("h2", {}, form.op, figure.circuit && h("span", { class: "note" }, `in ${figure.circuit}`)),
      h("p", { class: "doc" }, first.replaceAll("`", "")),
      field("Name", this.name),
      ...form.fields.map((one) => this.attribute(one, set)),
      this.problems(figure),
      section("Inputs", ...figure.ins.map((port) => wireRow(port, "nothing connected"))),
      section("Outputs", ...figure.outs.map((port) => wireRow(port, "?"))),
      more.length > 0 && h("details", { class: "more" }, h("summary", {}, "More about it"), h("p", { class: "doc" }, more.join("\n\n").replaceAll("`", ""))));
  }

  attribute(one, set) {
    const label = one.required ? one.name : h("span", {}, one.name, h("span", { class: "note" }, one.default === "" ? "" : `${one.default}`));
    if (one.kind === "switch") {
      return h("label", { class: "field switch" }, h("input", { type: "checkbox", "aria-label": one.name, ...(one.value && { checked: true }),
        onchange: (event) => set(one.name, event.target.checked) }), h("span", {}, one.name));
    }
    if (one.kind === "choice") {
      const options = one.choices.map((choice) => h("option", { value: choice, ...(choice === one.value && { selected: true }) }, `${choice || "none"}`));
      return field(label, h("select", { "aria-label": one.name, onchange: (event) => set(one.name, event.target.value) }, ...options));
    }
    const taken = (value) => {
      if (value === "" && !one.required) return set(one.name, null);
      const number = Number(value);
      set(one.name, ["whole", "number"].includes(one.kind) && !Number.isNaN(number) ? number : value);
    };
    return field(label, text(one.value, taken, one.name));
  }

  problems(figure) {
    const found = (this.store.state.problems ?? []).filter((one) => one.figure === figure.id);
    return found.length ? h("div", { class: "problems" }, ...found.map((one) => h("p", { class: "problem" }, one.text))) : null;
  }

  rename() {
    this.page.panels.open("Node");
    this.name?.focus();
    this.name?.select();
  }

  focus() {
    this.to("input, select");
  }

  to(selector) {
    this.page.panels.open("Node");
    const found = this.element.querySelector(selector);
    found?.focus();
    found?.select?.();
  }

  addNote([x, y]) {
    this.page.name("Text of the note", "Note", (said) => this.store.do({ do: "Note", text: said, at: [x, y].map(Math.round) }));
  }
}

function wireRow(port, otherwise) {
  return h("p", { class: "wire-row" }, h("span", {}, port.name), h("code", {}, port.type || otherwise));
}

export function section(title, ...children) {
  return children.length ? h("section", {}, h("h3", {}, title), ...children) : null;
}

export function field(label, control, hint) {
  return h("label", { class: "field" }, h("span", { class: "field-name" }, label), control, hint && h("span", { class: "hint" }, hint));
}

// A line of text that is told when it is left or Enter is pressed, if it has changed.
export function text(value, taken, name) {
  return told(h("input", { type: "text" }), value, taken, name, (event) => event.key === "Enter");
}

// Text of several lines, in which Enter begins another.
export function area(value, taken, name) {
  return told(h("textarea", { rows: 3 }), value, taken, name, (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey));
}

function told(element, value, taken, name, ends) {
  let last = String(value ?? "");
  element.value = last;
  for (const [key, one] of Object.entries({ "aria-label": name ?? "", spellcheck: "false", autocomplete: "off" })) element.setAttribute(key, one);
  const tell = () => {
    // one that is taken off the page while it is typed in goes on in its successor
    if (element.value === last || element.dataset.gone) return;
    last = element.value;
    taken(last);
  };
  element.addEventListener("blur", tell);
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") element.value = last;
    else if (ends(event)) tell();
    else return;
    event.preventDefault();
    element.dispatchEvent(new CustomEvent("done", { bubbles: true, composed: true, detail: event.key }));
  });
  return element;
}

export function action(label, pressed) {
  return h("button", { type: "button", class: "action", onclick: pressed }, label);
}
