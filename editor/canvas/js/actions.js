// Everything a person can do besides the mouse gestures, by name: toolbar, keys, menus and the command palette call these.

import { neighbour, SHORTCUTS } from "./keys.js";
import { connect } from "./wiring.js";
import { ARRANGING } from "./arrange.js";

export class Actions {
  constructor(page) {
    this.page = page;
    this.store = page.store;
    Object.assign(this, ARRANGING);
  }

  undo() {
    this.store.do({ ask: "undo" });
  }

  redo() {
    this.store.do({ ask: "redo" });
  }

  // Nodes go; a wire that is selected is taken off the ports that read it.
  remove() {
    const chosen = this.store.chosen();
    const wires = [...this.store.selection].filter((id) => id.startsWith("wire:")).map((id) => id.slice(5));
    const circuit = chosen[0]?.circuit ?? "";
    const nodes = chosen.filter((one) => one.kind === "node" && one.circuit === circuit).map((one) => one.node);
    const commands = nodes.length ? [{ do: "RemoveNodes", ids: nodes }] : [];
    for (const one of chosen) {
      if (one.kind === "input") commands.push({ do: "RemoveInput", name: one.id.slice(3) });
      if (one.kind === "output") commands.push({ do: "RemoveOutput", name: one.id.slice(4) });
    }
    for (const figure of wires.length ? this.store.figures() : []) {
      figure.ins.forEach((port, place) => {
        const end = figure.kind === "output" ? { port: figure.id.slice(4) } : { node: figure.node, port: place };
        if (wires.includes(port.array) && figure.circuit === "") commands.push({ do: "Disconnect", ...end });
      });
    }
    this.store.doAll(commands, circuit);
  }

  nodes() {
    return this.store.chosen().filter((one) => one.kind === "node" && one.circuit === "");
  }

  ids() {
    return this.nodes().map((one) => one.node);
  }

  duplicate() {
    if (this.ids().length) this.store.do({ do: "Duplicate", ids: this.ids() });
  }

  copy() {
    if (!this.ids().length) return false;
    // what is pasted at once waits for what is being copied
    this.copying = this.take();
    return this.copying;
  }

  async take() {
    const { text } = await this.store.ask({ ask: "copy", ids: this.ids() });
    this.page.copied = text;
    await navigator.clipboard?.writeText(text).catch(() => null);
  }

  async cut() {
    await this.copy();
    this.remove();
  }

  async paste() {
    await this.copying;
    // a browser that asks for permission, or never answers, leaves what was copied on this page
    const patience = new Promise((done) => setTimeout(() => done(""), 1000));
    const read = await Promise.race([navigator.clipboard?.readText().catch(() => "") ?? "", patience]);
    const fragment = data(read) ?? data(this.page.copied);
    if (fragment) this.store.do({ do: "Paste", fragment });
    else this.page.toast("Paste: expected nodes that were copied, found none. Copy some first.");
  }

  rename() {
    this.page.inspector.rename();
  }

  // Nodes that are all disabled are enabled again.
  disable() {
    const { disabled = [] } = this.store.state;
    const chosen = this.nodes();
    const does = chosen.every((one) => disabled.includes(one.id)) ? "Enable" : "Disable";
    this.store.doAll(chosen.map((one) => ({ do: does, node: one.node })));
  }

  group() {
    if (this.ids().length) this.page.name("Name of the subcircuit", "part", (name) =>
      this.store.do({ do: "MakeSubcircuit", ids: this.ids(), name }));
  }

  repeat() {
    if (this.ids().length) this.page.name("How often, such as 6 or n", "6", (said) =>
      this.store.do({ do: "WrapRepeat", ids: this.ids(), times: Number.isInteger(Number(said)) ? Number(said) : said }));
  }

  scan() {
    if (this.ids().length) this.page.name("The axis to go along", "t", (axis) => this.store.do({ do: "WrapScan", ids: this.ids(), axis }));
  }

  frame() {
    if (this.ids().length) this.page.name("Title of the frame", "Frame", (title) => this.store.do({ do: "Frame", nodes: this.ids(), title }));
  }

  inline() {
    for (const figure of this.nodes()) this.store.do({ do: "Expand", node: figure.node });
  }

  colour(name) {
    if (this.ids().length) this.store.do({ do: "Colour", ids: this.ids(), colour: name });
  }

  keep() {
    this.page.parts.keep();
  }

  all() {
    this.store.select(this.store.figures().filter((one) => one.kind === "node" && one.circuit === "").map((one) => one.id));
  }

  escape() {
    if (this.page.pointer.gesture) return this.page.pointer.cancel();
    this.page.search.hide();
    this.store.tell("dismiss");
    this.store.select([]);
  }

  // The figure that keys act on: the one with the focus, else the one that is selected.
  current() {
    const focused = this.page.root.getRootNode().activeElement?.closest?.(".figure")?.dataset.id;
    return this.store.state.figures[focused] ?? this.store.chosen()[0] ?? null;
  }

  go(figure) {
    if (!figure) return;
    this.store.select([figure.id]);
    this.page.drawing.handles.get(figure.id)?.focus({ preventScroll: true });
    this.page.view.reveal(figure.box);
  }

  walk(event, key) {
    this.go(neighbour(this.store, this.current(), key));
  }

  open() {
    const figure = this.current();
    if (!figure) return false;
    this.store.select([figure.id]);
    if (figure.opens && figure.kind === "node") this.store.do({ do: figure.open ? "Collapse" : "Open", path: figure.id });
    else this.page.inspector.focus();
  }

  fit() {
    const chosen = this.store.chosen();
    this.page.fit(chosen.length ? chosen.map((one) => one.box) : null);
  }

  larger() {
    this.page.view.zoomBy(1.25);
  }

  smaller() {
    this.page.view.zoomBy(0.8);
  }

  hold() {
    this.space(true);
  }

  space(held) {
    this.page.pointer.space = held;
    this.page.stage.classList.toggle("grab", held);
  }

  help() {
    this.page.help.toggle();
  }

  find() {
    this.page.search.show({
      placeholder: "Find a node, input or output",
      find: (text) => this.store.figures()
        .filter((one) => `${one.id} ${one.op}`.toLowerCase().includes(text.toLowerCase()))
        .slice(0, 50)
        .map((one) => ({ label: one.id.replace(/^(in|out):/, ""), note: one.op, take: () => this.go(one) })),
    });
  }

  // Ops to add and commands to run, in one box.
  palette() {
    this.page.palette.ask({});
  }

  append() {
    const figure = this.current();
    if (!figure?.outs.length) return this.palette();
    this.page.palette.ask({ figure, port: figure.outs[0] });
  }

  // Wiring without a mouse: choose an output if there are several, then from the ports that it fits.
  async wire() {
    const figure = this.current();
    if (!figure?.outs.length) return false;
    const port = figure.outs[0];
    const { ports } = await this.store.askOnce({ ask: "verdict", wire: port.wire, circuit: figure.circuit, figure: figure.id });
    const targets = [];
    for (const one of this.store.figures()) {
      one.ins.forEach((end, place) => {
        const reason = ports[`${one.id}|${place}`];
        if (reason !== undefined) targets.push({ figure: one, place, port: end, reason });
      });
    }
    targets.sort((a, b) => Boolean(a.reason) - Boolean(b.reason) || Boolean(a.port.wire) - Boolean(b.port.wire));
    this.page.search.show({
      placeholder: `Connect ${port.name} ${port.type} to`,
      find: (text) => targets
        .filter((one) => `${one.figure.id} ${one.port.name}`.toLowerCase().includes(text.toLowerCase()))
        .map((one) => ({
          label: `${one.figure.id.replace(/^out:/, "output ")} ${one.figure.kind === "node" ? one.port.name : ""}`,
          note: one.port.wire ? "connected" : "",
          says: one.reason,
          take: () => (one.reason ? this.page.toast(one.reason) : this.store.doAll([connect(port, one)], figure.circuit)),
        })),
    });
  }

  input() {
    this.page.faces.addInput();
  }

  output() {
    const figure = this.current();
    this.page.faces.addOutput(figure?.outs.length ? { figure, port: figure.outs[0] } : {});
  }

  panel(event, key) {
    this.page.panels.enter(Number(key) - 1);
  }

  mend() {
    const figure = this.current();
    if (!figure || !this.page.reasons.of(figure).length) return false;
    this.page.reasons.choose(figure);
  }

  commands() {
    return SHORTCUTS.filter((one) => !["walk", "nudge", "hold", "escape", "palette", "panel"].includes(one.action));
  }
}

function data(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}
