// The page: bar above, ops on the left, canvas in the middle, panels on the right.

import { emptied, h, svg } from "./dom.js";
import { Store } from "./store.js";
import { View } from "./view.js";
import { Drawing } from "./drawing.js";
import { Wiring } from "./wiring.js";
import { Pointer } from "./pointer.js";
import { Keys } from "./keys.js";
import { SearchBox } from "./search.js";
import { Actions } from "./actions.js";
import { Palette } from "./palette.js";
import { Inspector } from "./inspector.js";
import { Panels } from "./panels.js";
import { Marks } from "./marks.js";
import { Faces } from "./faces.js";
import { Reasons } from "./reasons.js";
import { Minimap } from "./minimap.js";
import { Help, Menu } from "./menu.js";
import { Heat } from "./heat.js";
import { Parts } from "./parts.js";
import { Bar } from "./bar.js";

// The least zoom at which labels can be read.
const READABLE = 0.7;
// What is seen of the wires that leave a new node.
const LEAVING = 64;

class Page {
  constructor(model) {
    this.store = new Store(model);
    this.ground = svg("g", { class: "ground" });
    this.surface = svg("svg", { class: "surface", tabindex: 0, role: "application", "aria-label": "Canvas" }, this.ground);
    this.toasts = h("div", { class: "toast", role: "alert", hidden: true });
    this.stage = h("main", { class: "stage" }, this.surface, this.toasts);
    this.view = new View(this.surface, this.ground);
    this.drawing = new Drawing(this.store, this.ground);
    this.wiring = new Wiring(this.stage, this.store, this.view, this.drawing);
    this.pointer = new Pointer(this.stage, this.surface, this.store, this.view, this.drawing, this.wiring);
    this.search = new SearchBox(this.stage);
    this.actions = new Actions(this);
    this.parts = new Parts(this);
    this.palette = new Palette(this);
    this.inspector = new Inspector(this);
    this.panels = new Panels(this);
    this.marks = new Marks(this);
    this.faces = new Faces(this);
    this.reasons = new Reasons(this);
    this.minimap = new Minimap(this);
    this.menu = new Menu(this);
    this.help = new Help(this);
    this.heat = new Heat(this);
    this.bar = new Bar(this);
    this.root = h("div", { class: "app" }, this.bar.element, this.palette.element, this.stage, this.panels.element, this.menu.element, this.help.element);
    this.keys = new Keys(this.root, this.store, this.view, this.actions);
    this.follow();
    this.store.apply(JSON.parse(model.start));
    new ResizeObserver(() => this.sized()).observe(this.stage);
    new MutationObserver(() => this.covered()).observe(document.documentElement, { attributeFilter: ["data-covered"] });
  }

  follow() {
    this.store.on("changed", (changed) => changed.fragments && this.steady());
    this.store.on("dismiss", () => this.search.hide());
    this.store.on("selected", () => this.told());
    this.store.on("settled", (message) => this.arrived(message));
    this.store.on("settled", (message) => message.fresh && this.reopened());
    this.store.on("taken", (number) => (this.root.dataset.taken = number));
    this.store.on("refused", (reason) => reason && this.toast(reason));
    this.stage.addEventListener("dragover", (event) => event.preventDefault());
    this.stage.addEventListener("drop", (event) => this.dropped(event));
    this.root.addEventListener("done", () => this.home());
  }

  // The picture is placed anew after a gesture: look where most of it went, so that nothing jumps. One that was seen
  // whole and has outgrown the view is seen whole again.
  steady() {
    const { untouched } = this.view;
    if (untouched && this.fitted && this.outgrown()) this.open();
    else this.keep();
    this.view.untouched = untouched;
    this.places = new Map(this.store.figures().map((one) => [one.id, one.box]));
  }

  outgrown() {
    const { width, height } = this.store.state;
    const size = this.view.size();
    return width * this.view.zoom > this.view.free() || height * this.view.zoom > size.height;
  }

  keep() {
    const places = new Map(this.store.figures().map((one) => [one.id, one.box]));
    if (this.places && this.fitted) {
      const moves = [...places].filter(([id]) => this.places.has(id)).map(([id, box]) => {
        const before = this.places.get(id);
        return [box[0] - before[0], box[1] - before[1]];
      });
      const [dx, dy] = [0, 1].map((side) => median(moves.map((move) => move[side])));
      if (dx || dy) this.view.pan(-dx * this.view.zoom, -dy * this.view.zoom);
    }
  }

  // What is in the middle stays there; a circuit that was fitted is fitted again.
  sized() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width) return;
    if (!this.fitted) this.open();
    else if (this.view.untouched) this.fit();
    else this.view.pan((width - this.fitted[0]) / 2, (height - this.fitted[1]) / 2);
    this.fitted = [width, height];
  }

  // A panel lies over the canvas, or no longer: a circuit that was fitted is fitted into what is left.
  covered() {
    const edge = Number(document.documentElement.dataset.covered ?? 0);
    this.view.covered = Math.max(0, edge - this.stage.getBoundingClientRect().left);
    if (this.fitted && this.view.untouched) this.open();
  }

  // The circuit, as far as it can be read: one that is very wide is shown from its beginning at first.
  open() {
    this.fit();
    if (this.view.zoom >= READABLE) return;
    const { height } = this.stage.getBoundingClientRect();
    const width = this.view.free();
    this.view.fit([0, 0, (width - 64) / READABLE, (height - 64) / READABLE], READABLE);
    this.view.y = (height - this.store.state.height * this.view.zoom) / 2;
    this.view.changed();
  }

  // Another document: nothing of the last one is selected, asked for or looked at.
  reopened() {
    this.store.select([]);
    this.search.hide();
    this.toasts.hidden = true;
    this.open();
  }

  // What is new is shown, and who works on the canvas goes on from there.
  arrived(message) {
    const id = message.look ?? message.selection?.[0];
    this.look(id);
    const active = this.root.getRootNode().activeElement;
    if (message.selection?.length && (!active || active === this.surface || this.surface.contains(active))) this.home();
    this.root.dataset.rev = this.store.rev;
  }

  // Who looks into wires is told which one is selected, or which one what is selected makes.
  told() {
    const [id] = this.store.selection.size === 1 ? this.store.selection : [];
    const wire = id?.startsWith("wire:") ? id.slice(5) : this.store.state.figures[id]?.outs[0]?.array;
    if (wire && wire !== this.looked) this.store.do({ ask: "chosen", wire });
    this.looked = wire;
  }

  // The focus goes to what is selected, else to the canvas.
  home() {
    const chosen = this.store.chosen()[0];
    (this.drawing.handles.get(chosen?.id) ?? this.surface).focus({ preventScroll: true });
  }

  // Show what is new or was opened with the wires that leave it, whole if it fits.
  look(id) {
    const figure = this.store.state.figures[id];
    if (!figure) return;
    const { untouched } = this.view;
    this.reveal([...figure.box.slice(0, 2), figure.box[2] + LEAVING, figure.box[3]]);
    this.view.untouched = untouched;
  }

  reveal(box) {
    const { height } = this.view.size();
    const fits = (box[2] - box[0]) * this.view.zoom < this.view.free() - 96 && (box[3] - box[1]) * this.view.zoom < height - 96;
    if (fits) this.view.reveal(box);
    else this.fit([box]);
  }

  fit(boxes = null) {
    const { width, height } = this.store.state;
    const found = boxes ?? [[0, 0, width, height]];
    this.view.fit([0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...found.map((box) => box[side]))));
    this.view.untouched = !boxes;
  }

  // What went wrong, or with `fine` what was done and how it is taken back.
  toast(text, { fine = false, undo = null } = {}) {
    const taken = () => {
      this.toasts.hidden = true;
      undo();
    };
    emptied(this.toasts, h("span", {}, text), undo && h("button", { type: "button", class: "take-back", onclick: taken }, "Undo"));
    this.toasts.classList.toggle("fine", fine);
    this.toasts.hidden = false;
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => (this.toasts.hidden = true), 8000);
  }

  // Ask for a line of text; with `removed`, offer to take away what it names.
  name(label, value, taken, removed, at = null) {
    this.search.show({
      placeholder: label,
      hint: label,
      value,
      at,
      find: (text) => [{ label: text || value, take: () => taken(text || value) }, ...(removed ? [{ label: "Remove it", take: removed }] : [])],
    });
  }

  async dropped(event) {
    const file = event.dataTransfer.files[0];
    if (!file) return this.palette.dropped(event);
    event.preventDefault();
    const document = parsedJson(await file.text());
    if (document) this.store.do({ do: "Import", document });
    else this.toast(`${file.name}: expected a *.circuit.json file, found none. Drop another.`);
  }

  theme(name) {
    this.root.dataset.theme = name;
  }
}

function parsedJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length ? sorted[sorted.length >> 1] : 0;
}

export function render({ model }) {
  return new Page(model).root;
}
