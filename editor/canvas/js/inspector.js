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
    if (this.store.selection.has(figure.id) && form) this.node(figure, form);
  }

  nothing(wire) {
    const { state } = this.store;
    if (wire?.startsWith("wire:")) return this.wire(wire.slice(5));
    const axes = (state.axes ?? []).filter((axis) => axis.says);
    this.show(
      h("h2", {}, state.title ?? ""), h("p", { class: "doc" }, state.doc || "Nothing selected."),
      axes.length > 0 && section("Axes", h("dl", {}, ...axes.flatMap((axis) => [h("dt", {}, axis.name), h("dd", {}, axis.says)]))),
      h("div", { class: "row-buttons" }, action("Add an input", () => this.addInput()), action("Add a node", () => this.page.actions.palette())));
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
    this.show(h("h2", {}, `${chosen.length} selected`),
      h("p", { class: "doc" }, "Remove, copy or duplicate them, or make a subcircuit of them."),
      h("div", { class: "row-buttons" }, action("Duplicate", () => this.page.actions.duplicate()),
        action("Make a subcircuit", () => this.page.actions.group()), action("Remove", () => this.page.actions.remove())));
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
    this.show(h("h2", {}, input ? "Input" : "Output"),
      field("Name", text(name, (value) => this.store.do({ do: does, name, rename: value }))),
      field("Type", text(port.type, (value) => this.store.do({ do: does, name, type: value })), "Axes in order, such as [y m], Natural(v)[t]"),
      h("div", { class: "row-buttons" }, action("Remove", () => this.page.actions.remove())));
  }

  node(figure, form) {
    const name = figure.id.split("/").pop();
    const set = (attribute, value) => this.store.doAll([{ do: "SetAttribute", node: figure.node, attribute, value }], figure.circuit);
    this.name = text(name, (value) => this.store.doAll([{ do: "RenameNode", node: figure.node, name: value }], figure.circuit));
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
    this.page.panels.open("Node");
    const first = this.element.querySelector("input, select");
    first?.focus();
    first?.select?.();
  }

  addInput() {
    const names = new Set(this.store.figures().map((one) => one.id));
    const free = ["x", "y", "z", "u", "v", "w"].find((name) => !names.has(`in:${name}`)) ?? "input";
    this.page.name("Name and type of the input, such as x [x m]", `${free} [${free} m]`, (said) => {
      const [, name, type] = said.match(/^\s*([^\s[]+)\s*(.*)$/) ?? [null, said, ""];
      this.store.do({ do: "AddInput", name, type: type || "[]" });
    });
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
  let last = String(value ?? "");
  const tell = (event) => {
    if (event.target.value === last) return;
    last = event.target.value;
    taken(last);
  };
  return h("input", { type: "text", value: last, "aria-label": name, spellcheck: "false", autocomplete: "off", onchange: tell,
    onkeydown: (event) => {
      if (event.key === "Enter") tell(event);
      if (event.key === "Escape") event.target.value = last;
      if (event.key === "Enter" || event.key === "Escape") event.target.blur();
      event.stopPropagation();
    } });
}

export function action(label, pressed) {
  return h("button", { type: "button", class: "action", onclick: pressed }, label);
}
