// Dragging nodes: they follow the pointer with the wires that meet them; on drop Python is told and places all anew.

import { bent, ends, parsed } from "./curves.js";
import { columnAt, passed } from "./neighbours.js";

const NEAR = 3;
// A drag of less than that is none.
const LEAST = 4;

export class Move {
  constructor(store, drawing, ids) {
    this.store = store;
    this.drawing = drawing;
    this.figures = ids.map((id) => store.state.figures[id]).filter((figure) => figure && figure.kind === "node");
    this.parts = this.figures.flatMap((figure) => this.partsOf(figure));
    this.wires = this.meeting();
    this.dx = this.dy = 0;
    this.waiting = 0;
  }

  // The drawn parts of a figure: what lies inside a block that is open comes along.
  partsOf(figure) {
    const names = [`node:${figure.id}`, `ground:${figure.id}`];
    const found = names.map((id) => this.drawing.elements.get(id));
    found.push(this.drawing.handles.get(figure.id));
    const within = `${figure.id}/`;
    if (figure.open || figure.ins.some((port) => !port.wire)) {
      for (const [id, element] of this.drawing.elements) {
        const path = id.slice(id.indexOf(":") + 1);
        if (path.startsWith(within)) found.push(element);
      }
      for (const [id, element] of this.drawing.handles) if (id.startsWith(within)) found.push(element);
    }
    return found.filter(Boolean);
  }

  // Wires of which an end lies on the edge of what is dragged, and which of their points go along.
  meeting() {
    const found = [];
    const arrays = new Set(this.figures.flatMap((figure) => [...figure.ins, ...figure.outs].map((port) => port.array)));
    for (const array of arrays) {
      for (const path of this.drawing.elements.get(`wire:${array}`)?.querySelectorAll("path") ?? []) {
        const commands = parsed(path.getAttribute("d"));
        const places = ends(commands);
        const moves = places.map(([x, y]) => this.figures.some((figure) => onEdge(figure, x, y)));
        if (moves.some(Boolean)) found.push({ path, commands, moves, before: path.getAttribute("d") });
      }
    }
    return found;
  }

  to(dx, dy) {
    this.dx = dx;
    this.dy = dy;
    this.waiting ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.waiting = 0;
    const place = `translate(${this.dx} ${this.dy})`;
    for (const part of this.parts) part.setAttribute("transform", place);
    for (const { path, commands, moves } of this.wires) path.setAttribute("d", bent(commands, moves, this.dx, this.dy));
  }

  drop() {
    const commands = this.figures.length === 1 && !this.drawing.many ? this.placed(this.figures[0]) : this.pinned();
    if (!commands.length) return this.cancel();
    if (this.waiting) cancelAnimationFrame(this.waiting);
    this.draw();
    this.store.doAll(commands, this.figures[0].circuit);
    const parts = this.parts;
    const wires = this.wires;
    const rev = this.store.rev;
    // What Python has not sent anew by then goes back to where it was.
    const settled = () => {
      if (this.store.rev === rev || this.done) return;
      this.done = true;
      for (const part of parts) part.removeAttribute("transform");
      for (const { path, before } of wires) if (path.isConnected) path.setAttribute("d", before);
    };
    this.store.on("settled", settled);
  }

  // Several nodes keep their order and columns, and are pinned where they are dropped.
  pinned() {
    const { circuit } = this.figures[0] ?? {};
    // what an op draws inside itself is its own affair
    if (Math.abs(this.dy) < LEAST || !this.figures.length || circuit === null) return [];
    return this.figures.filter((figure) => figure.circuit === circuit).map((figure) => this.pin(figure, this.dy));
  }

  // One node that is dragged past others lies beyond them from then on, wherever that is; else it is pinned.
  placed(figure) {
    if (figure.circuit === null) return [];
    const column = columnAt(this.store, figure, this.dx);
    const hints = Math.abs(this.dy) < LEAST ? [] : passed(this.drawing, this.store, figure, this.dy);
    if (column === figure.column && !hints.length) return this.pinned();
    const pin = { do: "Pin", node: figure.node };
    const held = column === figure.column ? this.store.state.columns?.[figure.id] : column;
    return [...hints, held ? { ...pin, column: held } : pin];
  }

  // Where a node should lie, from where it would lie by itself.
  pin(figure, dy) {
    const { pins = {}, columns = {} } = this.store.state;
    const held = columns[figure.id];
    return { do: "Pin", node: figure.node, dy: Math.round((pins[figure.id] ?? 0) + dy), ...(held && { column: held }) };
  }

  cancel() {
    if (this.waiting) cancelAnimationFrame(this.waiting);
    for (const part of this.parts) part.removeAttribute("transform");
    for (const { path, before } of this.wires) path.setAttribute("d", before);
  }
}

function onEdge({ box: [left, top, right, bottom] }, x, y) {
  return x >= left - NEAR && x <= right + NEAR && y >= top - NEAR && y <= bottom + NEAR;
}
