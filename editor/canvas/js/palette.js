// Adding ops: the list on the left, and the box that opens where a wire is dropped, on double click, and by `/`.

import { emptied, h } from "./dom.js";

export class Palette {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    this.input = h("input", { type: "search", placeholder: "Search ops", "aria-label": "Search ops", oninput: () => this.fill() });
    this.list = h("div", { class: "ops" });
    this.element = h("aside", { class: "left panel", "aria-label": "Ops" }, h("div", { class: "field" }, this.input), this.list);
    this.store.on("add", (place) => this.ask(place));
    this.store.on("changed", (changed) => changed.parts && this.fill());
    this.closed = new Set();
  }

  async fill() {
    const text = this.input.value;
    const { entries } = await this.store.ask({ ask: "search", text });
    if (text !== this.input.value) return;
    const groups = new Map();
    for (const entry of entries) {
      const group = text ? "" : entry.group;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(entry);
    }
    emptied(this.list, [...groups].map(([group, found]) => this.group(group, found)));
    if (!entries.length) this.list.append(h("p", { class: "none" }, "Nothing fits."));
  }

  group(name, entries) {
    const rows = entries.map((entry) => h("button", { type: "button", class: "op", draggable: "true", title: entry.says,
      onclick: (event) => this.add(entry, { byMouse: event.detail > 0 }), ondragstart: (event) => event.dataTransfer.setData("text/x-op", JSON.stringify(entry)),
      ...(entry.command.part && this.page.parts.handlers(entry)) },
      h("span", { class: "label" }, entry.label), entry.note && h("span", { class: "note" }, entry.note)));
    const turned = (event) => this.closed[event.target.open ? "delete" : "add"](name);
    return name ? h("details", { open: !this.closed.has(name), ontoggle: turned }, h("summary", {}, name), ...rows) : h("div", {}, ...rows);
  }

  dropped(event) {
    const text = event.dataTransfer.getData("text/x-op");
    if (!text) return;
    event.preventDefault();
    const [x, y] = this.page.view.at(event.clientX, event.clientY);
    this.add(JSON.parse(text), { at: [x, y], byMouse: true });
  }

  // Search for what can be added; given a port, only for what its wire fits.
  ask({ figure, port, clientX, clientY }) {
    const box = this.page.stage.getBoundingClientRect();
    const at = clientX === undefined ? null : [clientX - box.left, clientY - box.top];
    const question = { ask: "search", ...(port && { wire: port.wire, circuit: figure.circuit }) };
    const place = clientX === undefined ? undefined : this.page.view.at(clientX, clientY);
    this.page.search.show({
      placeholder: port ? `Add behind ${port.name} ${port.type}` : "Add a node or run a command",
      hint: `${port ? "Only what fits this wire. " : ""}Attributes may follow: linear m -> k`,
      at,
      find: async (text) => {
        const { entries } = await this.store.ask({ ...question, text });
        const added = entries.slice(0, 60).map((entry) => ({ ...entry, take: (byMouse) => this.add(entry, { figure, port, at: place, byMouse }) }));
        return port ? [...added, ...this.output(text, figure, port)] : [...this.commands(text), ...added];
      },
    });
  }

  // A wire may also leave the circuit.
  output(text, figure, port) {
    return "output".startsWith(text.toLowerCase()) ? [{ label: "Output", note: "O", says: "A new output of the circuit", take: () => this.page.faces.addOutput({ figure, port }) }] : [];
  }

  commands(text) {
    if (!text) return [];
    return this.page.actions.commands()
      .filter((one) => one.says.toLowerCase().includes(text.toLowerCase()))
      .map((one) => ({ label: one.says, note: one.shown, take: () => this.page.actions[one.action]() }));
  }

  // Who adds by mouse is asked for the attributes at once; who types has said them, and goes on.
  add(entry, { figure, port, at, byMouse }) {
    if (byMouse) this.page.inspector.ask();
    const command = { ...entry.command };
    if (port && entry.port !== null) {
      command.inputs = [...Array(entry.port).fill(null), port.wire];
    }
    if (at && !port) command.at = at.map(Math.round);
    this.store.doAll([command], figure?.circuit ?? "");
  }
}
