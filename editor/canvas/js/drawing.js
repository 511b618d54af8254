// The picture: fragments of SVG in layers as Python sends them, and above them what can be pointed at.

import { svg } from "./dom.js";
import { distance, parsed, polyline } from "./curves.js";

const MANY = 250;
const LAYERS = ["ground", "separator", "wire", "node", "label"];

export class Drawing {
  constructor(store, ground) {
    this.store = store;
    this.defs = svg("defs");
    this.layers = Object.fromEntries(LAYERS.map((name) => [name, svg("g", { class: `layer ${name}s` })]));
    this.figureLayer = svg("g", { class: "figures", role: "group", "aria-label": "Circuit" });
    this.above = svg("g", { class: "above" });
    ground.append(this.defs, ...LAYERS.map((name) => this.layers[name]), this.figureLayer, this.above);
    this.elements = new Map();
    this.handles = new Map();
    this.lines = new Map();
    store.on("changed", (changed) => this.changed(changed));
    store.on("selected", () => this.mark());
  }

  changed(changed) {
    if (changed.outlines) this.outlines(changed.outlines.set ?? {});
    if (changed.fragments) this.fragments(changed.fragments);
    if (changed.figures) this.figures(changed.figures);
    this.mark();
  }

  outlines(added) {
    for (const [id, d] of Object.entries(added)) this.defs.append(svg("path", { id, d }));
  }

  fragments({ set = {}, drop = [] }) {
    for (const id of drop) {
      this.elements.get(id)?.remove();
      this.elements.delete(id);
      this.lines.delete(id);
    }
    const fresh = Object.fromEntries(LAYERS.map((name) => [name, []]));
    for (const [id, [layer, , markup]] of Object.entries(set)) {
      const element = this.elements.get(id);
      this.lines.delete(id);
      if (element) element.innerHTML = markup;
      else fresh[layer].push(id);
    }
    for (const [layer, ids] of Object.entries(fresh)) if (ids.length) this.added(layer, ids, set);
    if (Object.values(set).some(([layer]) => layer === "ground")) this.stack();
  }

  // New fragments of a layer are parsed together: one by one takes several times as long.
  added(layer, ids, set) {
    const place = this.layers[layer].childElementCount;
    const markup = ids.map((id) => `<g>${set[id][2]}</g>`).join("");
    this.layers[layer].insertAdjacentHTML("beforeend", markup);
    const made = this.layers[layer].children;
    ids.forEach((id, number) => {
      made[place + number].dataset.id = id;
      this.elements.set(id, made[place + number]);
    });
  }

  // Grounds of blocks lie over those of the blocks around.
  stack() {
    const { fragments } = this.store.state;
    const grounds = [...this.layers.ground.children];
    grounds.sort((one, other) => (fragments[one.dataset.id]?.[1] ?? 0) - (fragments[other.dataset.id]?.[1] ?? 0));
    this.layers.ground.append(...grounds);
  }

  figures({ set = {}, drop = [] }) {
    const focused = this.figureLayer.getRootNode().activeElement?.dataset?.id;
    for (const id of drop) {
      this.handles.get(id)?.remove();
      this.handles.delete(id);
    }
    this.many = Object.keys(this.store.state.figures).length > MANY;
    const order = [];
    for (const [id, figure] of Object.entries(set)) {
      const handle = this.handle(figure);
      const known = this.handles.get(id);
      if (known) known.replaceWith(handle);
      else order.push(handle);
      this.handles.set(id, handle);
    }
    this.figureLayer.append(...order);
    this.nest();
    // who walks by keyboard stays where they are
    if (drop.includes(focused)) this.figureLayer.ownerSVGElement.focus({ preventScroll: true });
    if (focused in set) this.handles.get(focused).focus({ preventScroll: true });
  }

  // What lies inside a block that is open must come after it, to be on top.
  nest() {
    const open = [...this.handles.values()].filter((one) => one.classList.contains("open"));
    open.sort((one, other) => one.dataset.id.split("/").length - other.dataset.id.split("/").length);
    this.figureLayer.prepend(...open);
  }

  handle(figure) {
    const [left, top, right, bottom] = figure.box;
    const kind = figure.open ? "figure open" : `figure ${figure.kind}`;
    const group = svg("g", { class: kind, "data-id": figure.id, role: "button", tabindex: 0, "aria-label": spoken(figure) });
    group.append(
      svg("rect", { class: "body", x: left - 3, y: top - 3, width: right - left + 6, height: bottom - top + 6, rx: 6 }),
    );
    // where there are many, ports are made when the pointer or the focus comes near
    if (this.many) for (const near of ["pointerover", "focus"]) group.addEventListener(near, () => this.ports(group, figure), { once: true });
    else this.ports(group, figure);
    return group;
  }

  ports(group, figure) {
    if (group.querySelector(".port")) return;
    const [left, top, right, bottom] = figure.box;
    // the ports of a small glyph leave room to take hold of it
    const reach = figure.kind === "node" ? Math.max(3, Math.min(9, (right - left) / 3, (bottom - top) / 3)) : 9;
    figure.ins.forEach((port, place) => group.append(socket(port, place, "in", reach)));
    figure.outs.forEach((port, place) => group.append(socket(port, place, "out", reach)));
  }

  mark() {
    const { selection } = this.store;
    const element = (id) => this.handles.get(id) ?? this.elements.get(id);
    for (const id of this.marked ?? []) if (!selection.has(id)) element(id)?.classList.remove("chosen");
    for (const id of selection) element(id)?.classList.add("chosen");
    this.marked = new Set(selection);
  }

  // The wire fragment nearest to a place, within a distance.
  wireAt(x, y, within) {
    let best = null;
    for (const [id, [layer]] of Object.entries(this.store.state.fragments)) {
      if (layer !== "wire") continue;
      for (const points of this.polylines(id)) {
        const away = distance(points, x, y);
        if (away < within) [best, within] = [id, away];
      }
    }
    return best;
  }

  polylines(id) {
    if (!this.lines.has(id)) {
      const paths = this.elements.get(id)?.querySelectorAll("path.wire") ?? [];
      this.lines.set(id, [...paths].map((path) => polyline(parsed(path.getAttribute("d")))));
    }
    return this.lines.get(id);
  }
}

function socket(port, place, side, reach) {
  const label = `${side === "in" ? "input" : "output"} ${port.name} ${port.type}`.trim();
  const state = side === "in" && !port.wire ? " vacant" : "";
  return svg("g", { class: `port ${side}${state}`, "data-side": side, "data-place": place, role: "img", "aria-label": label },
    svg("circle", { class: "reach", cx: port.x, cy: port.y, r: reach }),
    svg("circle", { class: "dot", cx: port.x, cy: port.y, r: Math.min(4.5, reach) }));
}

export function spoken(figure) {
  const name = figure.id.replace(/^(in|out):/, "");
  if (figure.kind === "input") return `input ${name} ${figure.outs[0]?.type ?? ""}`;
  if (figure.kind === "output") return `output ${name} ${figure.ins[0]?.type ?? ""}`;
  const given = figure.ins.map((port) => port.type || "nothing connected").join(", ");
  const made = figure.outs.map((port) => port.type).join(", ");
  return `${figure.op} ${name}: ${given || "no inputs"} to ${made || "nothing"}`;
}
